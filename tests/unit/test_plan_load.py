"""Reading a plan part by part: what comes out is what Python's own reader makes of the text, mistakes included."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.plan.load import UnreadablePlan, load
from shipway.plan.secrets import condensed

_NAMES = st.sampled_from(["before", "after", "before_sensitive", "after_sensitive", "a", "", 'q"\\'])
_VALUES = st.recursive(
    st.none() | st.booleans() | st.sampled_from([0, 1, 0.0, 1.0, -1, "", "x", 'a"b\\', "é\u2028"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=5),
    max_leaves=12,
)
_HEAD = {"format_version": "1.2", "terraform_version": "1.11.4"}


@given(st.dictionaries(_NAMES, _VALUES), st.sampled_from([None, 1]), st.booleans())
def test_what_is_read_is_what_stands_there(parts: dict[str, Any], indent: int | None, ascii_only: bool) -> None:
    document = {**_HEAD, "resource_changes": [], **parts}
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    # As text: 1, 1.0 and true are equal to Python, and are three things to a reviewer.
    assert repr(load(f" {text}\n", "plan.json")) == repr(document)


@given(st.data())
def test_a_broken_text_is_refused_where_python_refuses_it(data: st.DataObject) -> None:
    text = json.dumps({**_HEAD, "resource_changes": [{"a": [1, True, "b\\"]}], "empty": {}}, indent=1)
    at = data.draw(st.integers(0, len(text) - 1))
    broken = text[:at] + data.draw(st.sampled_from(["", ",", "}", '"', ":", "{", "]", "\\", " 7"])) + text[at + 1 :]
    try:
        wanted: Any = json.loads(broken)
    except json.JSONDecodeError as error:
        with pytest.raises(UnreadablePlan, match=f"line {error.lineno}, column {error.colno}"):
            load(broken, "plan.json")
        return
    try:
        assert load(broken, "plan.json") == wanted
    except UnreadablePlan as refused:
        # JSON, but another document, or one that two readers read in two ways.
        assert "plan.json: not JSON (Expecting" not in refused.message


@pytest.mark.parametrize("inside", ['{"a": 1, "a": 1}', '{"b": {"a": 1, "a": 2}}'])
def test_the_same_key_twice_is_refused_at_every_depth(inside: str) -> None:
    text = json.dumps(_HEAD)[:-1] + f', "resource_changes": [], "outer": {inside}}}'
    with pytest.raises(UnreadablePlan, match="same key twice"):
        load(text, "plan.json")


@pytest.mark.parametrize("name", ["planned_values", "prior_state"])
@pytest.mark.parametrize(
    "part", [None, 7, [], {}, {"root_module": None}, {"values": []}, {"values": {"root_module": 1}}]
)
def test_a_state_of_any_shape_is_left_to_those_who_read_it(name: str, part: Any) -> None:
    assert condensed(name, part) == part


def test_of_a_state_only_what_somebody_reads_is_kept() -> None:
    plain = {"mode": "managed", "type": "databricks_grants", "values": {"a": "b"}, "sensitive_values": {"a": []}}
    marked = {"mode": "managed", "type": "terraform_data", "values": {"a": "b"}, "sensitive_values": {"a": True}}
    typed = {"mode": "managed", "type": "databricks_token", "values": {"token_value": "b"}}
    asked = {"mode": "data", "type": "databricks_group", "values": {"id": "7"}}
    module = {"resources": [plain, marked, typed, asked], "child_modules": [{"resources": [plain, marked]}]}
    kept = {"resources": [marked, typed, asked], "child_modules": [{"resources": [marked], "child_modules": []}]}
    outputs = {"o": {"sensitive": True, "value": "secret"}}
    state = {"root_module": module, "outputs": outputs}
    assert condensed("planned_values", state) == {"root_module": kept, "outputs": outputs}
    assert condensed("prior_state", {"values": state}) == {"values": {"root_module": kept, "outputs": outputs}}
    assert condensed("configuration", state) is state
