"""The documentation cannot lie: both examples of every rule are run by the real checkov."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from shipway.outside.checkov import Checkov
from shipway.scan.rules import read_rules
from shipway.scan.scanner import Status

POLICIES = Path(__file__).parents[2] / "policies"
RULES = read_rules(POLICIES)
IDS = sorted(RULES.ids)


@cache
def _verdicts() -> dict[tuple[str, str], list[Status]]:
    """What each rule says of the resources in its own examples, from one run over all of them."""
    examples = {}
    for rule in RULES.rules:
        bad, good = rule.example(rule.anti_pattern), rule.example(rule.best_practice)
        examples[f"{rule.id} bad"] = bad
        examples[f"{rule.id} good"] = good
        examples[f"{rule.id} unknown"] = _unknown(bad)
    scan = Checkov().scan({name: json.dumps(stack).encode() for name, stack in examples.items()}, POLICIES)
    return {
        (rule, kind): [result.status for result in stack.results if result.rule == rule]
        for stack in scan.stacks
        for rule, kind in [stack.name.split()]
    }


def _unknown(value: Any, depth: int = 0) -> Any:
    """The same stack with every value an expression."""
    if isinstance(value, dict):
        return {key: _unknown(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list):
        return [_unknown(inner, depth + 1) for inner in value]
    return "${var.later}"


@pytest.mark.parametrize("rule", IDS)
def test_anti_pattern_fails(rule: str) -> None:
    assert _verdicts()[rule, "bad"]
    assert set(_verdicts()[rule, "bad"]) == {Status.FAILED}


@pytest.mark.parametrize("rule", IDS)
def test_best_practice_passes(rule: str) -> None:
    assert _verdicts()[rule, "good"]
    assert set(_verdicts()[rule, "good"]) == {Status.PASSED}


@pytest.mark.parametrize("rule", IDS)
def test_unknown_values_never_pass(rule: str) -> None:
    assert _verdicts()[rule, "unknown"]
    assert Status.PASSED not in _verdicts()[rule, "unknown"]


def test_best_practice_of_one_rule_breaks_no_other() -> None:
    # Copying an example from the page must not lead to the next finding.
    stacks = {rule.id: json.dumps(rule.example(rule.best_practice)).encode() for rule in RULES.rules}
    for stack in Checkov().scan(stacks, POLICIES).stacks:
        assert {result.rule for result in stack.results if result.status is not Status.PASSED} == set(), stack.name
