"""The documentation cannot lie: both examples of every rule are run by the real checkov."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shipway.outside.checkov import Checkov
from shipway.scan.rules import RuleDocument, read_rules
from shipway.scan.scanner import RawResult, Scope, Status

POLICIES = Path(__file__).parents[2] / "policies"
RULES = read_rules(POLICIES)
IDS = sorted(RULES.ids)


JudgeStacks = Callable[[dict[str, tuple[RuleDocument, dict[str, Any]]]], dict[str, list[RawResult]]]


@pytest.fixture(scope="module")
def verdicts(judge_stacks: JudgeStacks) -> dict[str, list[Status]]:
    """What each rule says of the resources in its own examples."""
    examples = {}
    for rule in RULES.rules:
        bad = rule.stacks(rule.anti_pattern)
        examples[f"{rule.id} bad"] = rule, bad
        examples[f"{rule.id} good"] = rule, rule.stacks(rule.best_practice)
        examples[f"{rule.id} unknown"] = rule, {name: _unknown(stack) for name, stack in bad.items()}
    return {name: [result.status for result in found] for name, found in judge_stacks(examples).items()}


def _unknown(value: Any, depth: int = 0) -> Any:
    """The same stack with every value an expression."""
    if isinstance(value, dict):
        return {key: _unknown(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list):
        return [_unknown(inner, depth + 1) for inner in value]
    return "${var.later}"


@pytest.mark.parametrize("rule", IDS)
def test_anti_pattern_fails(verdicts: dict[str, list[Status]], rule: str) -> None:
    assert verdicts[f"{rule} bad"]
    assert set(verdicts[f"{rule} bad"]) == {Status.FAILED}


@pytest.mark.parametrize("rule", IDS)
def test_best_practice_passes(verdicts: dict[str, list[Status]], rule: str) -> None:
    assert verdicts[f"{rule} good"]
    assert set(verdicts[f"{rule} good"]) == {Status.PASSED}


@pytest.mark.parametrize("rule", IDS)
def test_unknown_values_never_pass(verdicts: dict[str, list[Status]], rule: str) -> None:
    assert verdicts[f"{rule} unknown"]
    assert Status.PASSED not in verdicts[f"{rule} unknown"]


def test_best_practice_of_one_rule_breaks_no_other() -> None:
    # Copying an example from the page must not lead to the next finding.
    stacks = {
        f"{name} of {rule.id}": json.dumps(stack).encode()
        for rule in RULES.rules
        for name, stack in rule.stacks(rule.best_practice).items()
    }
    # What else a stack must have, an example that shows one thing of it has not.
    alone = {rule.id for rule in RULES.rules if rule.scope is Scope.RESOURCE}
    for stack in Checkov().scan(stacks, POLICIES).stacks:
        broken = {result.rule for result in stack.results if result.status is not Status.PASSED}
        assert broken & alone == set(), stack.name
