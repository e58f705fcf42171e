"""Rules on plans: each example judged, what nobody knows never passed, a rule that is off or broken an error."""

from __future__ import annotations

import ast
import json
import lzma
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from shipway.guard.ground import bare_ground
from shipway.guard.judge import judge, prove
from shipway.guard.rules import PlanRule, PlanRuleError, example_plan
from shipway.outside.plan_rules import load_plan_rules
from shipway.plan.model import Action, Level, Plan
from shipway.plan.values import Record, Unknown, Value
from shipway.scan.rules import read_rules
from shipway.scan.scanner import ScanError, Status

ROOT = Path(__file__).parents[2]
POLICIES = ROOT / "policies"
RULES = {rule.id: rule for rule in load_plan_rules(POLICIES)}
GROUND = bare_ground(date(2026, 11, 21))
BOTH = [pytest.param(rule, id=rule.id) for rule in RULES.values()]


def statuses(plan: Plan, rule: PlanRule) -> dict[str, Status]:
    return {ruling.address: ruling.status for ruling in judge([plan], [rule], GROUND)}


@pytest.mark.parametrize("rule", BOTH)
def test_each_change_of_the_anti_pattern_is_caught_and_the_best_practice_passes_every_rule(rule: PlanRule) -> None:
    bad = example_plan(rule, rule.text.anti_pattern)
    caught = statuses(bad, rule)
    assert caught.keys() == {change.address for change in bad.changes}
    assert Status.PASSED not in caught.values()
    assert judge([example_plan(rule, rule.text.best_practice)], list(RULES.values()), GROUND) == ()


@pytest.mark.parametrize("rule", BOTH)
def test_an_action_that_nobody_knows_never_passes(rule: PlanRule) -> None:
    plan = example_plan(rule, rule.text.best_practice)
    strange = replace(plan, changes=tuple(replace(c, action=Action.UNRECOGNIZED) for c in plan.changes))
    assert set(statuses(strange, rule).values()) == {Status.UNKNOWN}


def hidden(value: Value) -> Value:
    return Record({name: hidden(inner) for name, inner in value.items()}) if isinstance(value, Record) else Unknown()


def test_a_value_that_decides_and_is_not_known_never_passes() -> None:
    for rule in (RULES["R02"], RULES["R68"]):
        plan = example_plan(rule, rule.text.best_practice)
        later = replace(plan, changes=tuple(replace(c, after=hidden(c.after)) for c in plan.changes))
        assert set(statuses(later, rule).values()) == {Status.UNKNOWN}, rule.id


@pytest.mark.parametrize(
    "action", [Action.DELETE, Action.REPLACE, Action.REPLACE_CREATE_FIRST, Action.FORGET, Action.CREATE_FORGET]
)
def test_every_way_to_lose_an_object_is_refused(action: Action) -> None:
    rule = RULES["R40"]
    plan = example_plan(rule, rule.text.best_practice)
    lost = replace(plan, changes=tuple(replace(change, action=action) for change in plan.changes))
    assert set(statuses(lost, rule).values()) == {Status.FAILED}
    # Compared as synthesized, as a pull request is, as well.
    assert set(statuses(replace(lost, level=Level.SYNTH), rule).values()) == {Status.FAILED}


def test_a_move_loses_nothing() -> None:
    rule = RULES["R40"]
    plan = example_plan(rule, rule.text.best_practice)
    moved = tuple(replace(c, action=Action.NO_OP, previous_address="databricks_schema.old") for c in plan.changes)
    assert statuses(replace(plan, changes=moved), rule) == {}


def test_what_is_not_protected_may_go_and_may_be_known_late() -> None:
    lax = replace(GROUND, protected=lambda _: False)
    for rule in (RULES["R40"], RULES["R68"]):
        assert judge([example_plan(rule, rule.text.anti_pattern)], [rule], lax) == ()


def test_an_identity_that_databricks_gives_out_is_known_by_its_reference() -> None:
    rule = RULES["R68"]
    plan = example_plan(rule, rule.text.anti_pattern)

    def from_(source: str) -> Plan:
        grant = Record({"principal": Unknown((source,)), "privileges": ("SELECT",)})
        return replace(plan, changes=tuple(replace(c, after=Record({"grant": (grant,)})) for c in plan.changes))

    assert statuses(from_("databricks_service_principal.run.application_id"), rule) == {}
    assert statuses(from_("data.external.who.result"), rule) != {}
    assert statuses(from_("databricks_service_principal.run.display_name"), rule) != {}


def test_an_attribute_that_no_configuration_sets_is_for_databricks_to_fill() -> None:
    rule = RULES["R68"]
    plan = example_plan(rule, rule.text.anti_pattern)
    unset = tuple(replace(change, configured=frozenset({"schema"})) for change in plan.changes)
    assert statuses(replace(plan, changes=unset), rule) == {}


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    copy = tmp_path / "policies"
    shutil.copytree(POLICIES, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


@pytest.mark.parametrize("rule", BOTH)
def test_a_rule_that_is_switched_off_is_missed(rule: PlanRule, policies: Path) -> None:
    path = policies / "plan" / f"{rule.text.module}.py"
    path.write_text(path.read_text() + "\n\ndef judge(change):\n    yield passed()\n")
    with pytest.raises(PlanRuleError, match=f"{rule.id} did not fail its own anti-pattern"):
        load_plan_rules(policies)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("\n\ndef judge(change):\n    raise SystemExit(0)\n", "raised SystemExit"),
        ("\n\ndef judge(change):\n    yield None\n", "raised AttributeError"),
        ("\n\ndef judge(change):\n    return iter(())\n", None),
        ("\njudge = 3\n", "no function `judge`"),
        ("\nKINDS = []\n", "wanted the types"),
        ("\nimport nowhere_at_all\n", "cannot be loaded"),
        ("\nraise SystemExit(0)\n", "cannot be loaded"),
    ],
)
def test_a_rule_that_is_broken_is_an_error_or_counts_like_a_failure(
    text: str, says: str | None, policies: Path
) -> None:
    path = policies / "plan" / "r40_nothing_protected_is_lost.py"
    path.write_text(path.read_text() + text)
    if says is None:
        rules = load_plan_rules(policies)
        plan = example_plan(RULES["R40"], RULES["R40"].text.best_practice)
        assert [ruling.status for ruling in judge([plan], rules, GROUND)] == [Status.UNKNOWN]
        return
    with pytest.raises(PlanRuleError, match=says):
        load_plan_rules(policies)


def test_without_rules_nothing_is_judged_and_that_is_an_error(policies: Path) -> None:
    shutil.rmtree(policies / "plan")
    with pytest.raises(PlanRuleError, match="no rules on plans"):
        load_plan_rules(policies)


@pytest.mark.parametrize("text", ["x: 1", "resource_changes: []", "resource_changes: [{address: a}]", "a: ["])
def test_an_example_that_is_no_plan_is_an_error(text: str) -> None:
    broken = replace(RULES["R40"], text=replace(RULES["R40"].text, anti_pattern=text))
    with pytest.raises(PlanRuleError):
        prove([broken])


def test_a_file_that_is_no_rule_is_an_error(policies: Path) -> None:
    (policies / "plan" / "more.py").write_text("KINDS = ('a',)\n")
    with pytest.raises(ScanError, match="is no rule"):
        load_plan_rules(policies)


def test_the_scan_does_not_take_them_for_its_own_and_knows_when_they_change(policies: Path) -> None:
    before = read_rules(policies)
    assert not {rule.module for rule in before.rules} & {rule.text.module for rule in RULES.values()}
    (policies / "plan" / "r40_nothing_protected_is_lost.py").unlink()
    assert read_rules(policies).digest != before.digest


def kinds_and_paths() -> Iterator[tuple[str, str]]:
    tree = ast.parse((POLICIES / "plan" / "r68_known_before_apply.py").read_text())
    names = {node.targets[0].id: node.value for node in tree.body if isinstance(node, ast.Assign)}  # type: ignore[attr-defined]
    (deciding,) = [node for node in tree.body if isinstance(node, ast.AnnAssign)]
    assert isinstance(deciding.value, ast.Dict)
    for key, value in zip(deciding.value.keys, deciding.value.values, strict=True):
        literal = names[value.id] if isinstance(value, ast.Name) else value
        assert key is not None
        yield from ((ast.literal_eval(key), path) for path in ast.literal_eval(literal))


def test_a_rule_reads_names_that_the_provider_has() -> None:
    packed = (ROOT / "shipway/sandbox/facts/provider-schema-1.99.0.json.xz").read_bytes()
    (provider,) = json.loads(lzma.decompress(packed))["provider_schemas"].values()
    types: dict[str, Any] = provider["resource_schemas"]
    assert {kind for rule in RULES.values() for kind in rule.kinds} <= types.keys()
    for kind, path in kinds_and_paths():
        block = types[kind]["block"]
        for name in path.split("."):
            attribute = block.get("attributes", {}).get(name)
            inner = block.get("block_types", {}).get(name)
            assert attribute or inner, f"{kind}.{path}"
            block = inner["block"] if inner else attribute.get("nested_type", {})
