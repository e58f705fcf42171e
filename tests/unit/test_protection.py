"""What holds data or closes a door is kept from being destroyed, in every stack and by nobody's forgetting."""

from __future__ import annotations

import ast
import json
import lzma
from pathlib import Path

import pytest
import yaml

from shipway.models.load import load
from shipway.models.protection import HOLDS_DATA, KEEPS_CLOSED, is_lifted, is_protected, lifted_paths
from shipway.models.resolve import resolve
from shipway.models.waivers import Waiver

ROOT = Path(__file__).parents[2]
INTAKE = "prod-landing-zone/catalogs/claims/schemas/intake"


def waiver(path: str | None, rule: str = "R40") -> Waiver:
    day = "2027-01-31"
    return Waiver.model_validate(
        {"rule": rule, "owner": "halyard-platform-admins", "reason": "moves elsewhere", "expires": day, "path": path}
    )


def judged() -> tuple[str, ...]:
    """The types in policies/_protected.py, read as text: a judge shares no code with what it judges."""
    tree = ast.parse((ROOT / "policies" / "_protected.py").read_text(encoding="utf-8"))
    (value,) = [node.value for node in tree.body if isinstance(node, ast.Assign) and node.targets[0].id == "PROTECTED"]  # type: ignore[attr-defined]
    found: tuple[str, ...] = ast.literal_eval(value)
    return found


def test_what_is_protected_is_what_is_judged_and_is_the_providers() -> None:
    packed = (ROOT / "shipway/sandbox/facts/provider-schema-1.99.0.json.xz").read_bytes()
    (provider,) = json.loads(lzma.decompress(packed))["provider_schemas"].values()
    types = provider["resource_schemas"]
    assert sorted(name for name in types if is_protected(name)) == sorted(judged())
    assert types.keys() >= HOLDS_DATA | KEEPS_CLOSED


def test_a_waiver_lifts_what_it_names_and_what_is_below_it() -> None:
    lifted = lifted_paths([("prod-landing-zone", [waiver(INTAKE)])])
    assert is_lifted(f"{INTAKE}/schema", lifted)
    assert is_lifted(INTAKE, lifted)
    assert not is_lifted(f"{INTAKE}-archive/schema", lifted)
    assert not is_lifted("prod-landing-zone/catalogs/claims/catalog", lifted)


@pytest.mark.parametrize("item", [waiver(INTAKE, rule="R41"), waiver("test-landing-zone/catalogs"), waiver(None)])
def test_other_rules_other_stacks_and_no_path_lift_nothing(item: Waiver) -> None:
    assert lifted_paths([("prod-landing-zone", [item])]) == ()


def test_a_use_case_lifts_only_its_own_part_of_a_shared_stack() -> None:
    scope = "prod-landing-zone/bundles/claims-triage"
    assert lifted_paths([(scope, [waiver("prod-landing-zone/catalogs/claims")])]) == ()
    assert lifted_paths([(scope, [waiver("prod-landing-zone")])]) == (scope,)


def test_protection_is_a_field_of_the_environment_and_reaches_every_stack_of_it() -> None:
    stacks = {stack.name: stack for stack in resolve(load(ROOT)).stacks}
    declared = {path.stem: yaml.safe_load(path.read_text()) for path in (ROOT / "environments").glob("*.yaml")}
    for name, stack in stacks.items():
        assert stack.protected is declared[name.partition("-")[0]].get("protected", True), name
