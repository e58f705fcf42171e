"""What the rules are given is all that is in the stack, or the scan refuses it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipway.outside.checkov import Checkov
from shipway.outside.stack_json import read_stack
from shipway.scan.scanner import ScanError, Status

POLICIES = Path(__file__).parents[2] / "policies"
CATALOG = (
    '{"name": "c", "isolation_mode": "ISOLATED", "storage_root": "s3://x", "lifecycle": {"prevent_destroy": true}}'
)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "not a synthesized stack"),
        (b"{", "not a synthesized stack"),
        (b"[]", "got list"),
        (b"null", "got NoneType"),
        (b"\xff\xfe", "not a synthesized stack"),
        (b'{"a": NaN}', "NaN is no JSON"),
        (b"[" * 200_000, "not a synthesized stack"),
        (b'{"resource": []}', "resource is list"),
        (b'{"resource": {"t": [1]}}', "t is list"),
        (b'{"resource": {"t": {"n": [{"a": 1}]}}}', "t.n is list"),
        (b'{"resource": {"t": {"n": "x"}}}', "t.n is str"),
        (b'{"provider": {"databricks": ["x"]}}', "provider.databricks is str"),
        (b'{"resource": {"t": {"n": {"grant": [{"a": 1}, "x"]}}}}', "t.n.grant"),
        (b'{"resource": {"t": {"n": {"grant": [[{"a": 1}]]}}}}', "t.n.grant"),
        (b'{"resource": {"t": {"n": {"a": {"b": [["x"]]}}}}}', "t.n.a.b"),
        (b'{"resource": {"t": {"n": {"x": 1}}}, "resource": {}}', "'resource' stands twice"),
        (b'{"resource": {"t": {"n": {"x": 1, "x": 2}}}}', "'x' stands twice"),
    ],
)
def test_what_rules_would_not_see_is_refused(text: bytes, says: str) -> None:
    with pytest.raises(ScanError) as raised:
        read_stack("prod", text)
    assert says in str(raised.value)
    assert "prod" in str(raised.value)


def test_other_blocks_do_not_disturb() -> None:
    others = {
        "//": {"metadata": {"stackName": "s"}},
        "terraform": {"backend": {"s3": {}}, "required_version": ">= 1.5", "required_providers": {}},
        "data": {"databricks_service_principal": {"x": {"display_name": "x"}}},
        "locals": {"a": [["x"]]},
        "output": {"x": {"value": "${x}"}},
        "moved": [{"from": "a.b", "to": "a.c"}],
        "variable": {"x": {"type": "string"}},
    }
    stack = others | {"resource": {"databricks_catalog": {"c": json.loads(CATALOG)}}}
    (scanned,) = Checkov().scan({"s": json.dumps(stack).encode()}, POLICIES).stacks
    # R61 asks for another resource beside each catalog.
    assert {result.status for result in scanned.results if result.rule != "R61"} == {Status.PASSED}
    assert scanned.blocks == ("databricks_catalog.c",)


def test_a_large_stack_is_scanned() -> None:
    stack = {"resource": {"databricks_catalog": {f"c{index}": json.loads(CATALOG) for index in range(2000)}}}
    (scanned,) = Checkov().scan({"s": json.dumps(stack).encode()}, POLICIES).stacks
    assert len(scanned.blocks) == 2000
    # R61 asks for another resource beside each catalog.
    assert {result.status for result in scanned.results if result.rule != "R61"} == {Status.PASSED}


_KEYS = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=4)
_SCALARS = st.text(max_size=4) | st.integers() | st.booleans() | st.none()
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3), max_leaves=8
)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if not key.startswith("__"):
                yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
    elif value is not None:
        # checkov turns "True" into true; for Terraform they are the same.
        yield str(value).lower()


@settings(max_examples=200)
@given(st.dictionaries(_KEYS | st.just("tags"), _VALUES, max_size=4))
def test_every_value_reaches_the_rules_or_the_stack_is_refused(conf: dict[str, Any]) -> None:
    text = json.dumps({"resource": {"databricks_catalog": {"c": conf}}}).encode()
    try:
        stack = read_stack("s", text)
    except ScanError:
        return
    from checkov.terraform_json.parser import prepare_definition

    (entity,) = prepare_definition({"resource": stack["resource"]})["resource"]
    assert Counter(_strings(entity["databricks_catalog"]["c"])) == Counter(_strings(conf))
