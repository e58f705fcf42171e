"""Each rule, switched off, is missed: by the receipt of every scan, and by the test of its own examples."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from shipway.outside.checkov import Checkov
from shipway.scan.receipt import canaries, prove
from shipway.scan.rules import read_rules
from shipway.scan.scanner import RawResult, RawScan, ScanError

POLICIES = Path(__file__).parents[2] / "policies"
RULES = read_rules(POLICIES)
# Added to a rule's file, this makes it find everything good.
SWITCHED_OFF = """
from policies._rule import passed as _passed
RULE.judge = lambda block: iter((_passed(),))
"""


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> tuple[RawScan, RawScan]:
    """The canaries judged by the rules as they are, and by the same rules all switched off."""
    folder = tmp_path_factory.mktemp("off") / "policies"
    shutil.copytree(POLICIES, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for rule in RULES.rules:
        path = folder / f"{rule.module}.py"
        path.write_text(path.read_text(encoding="utf-8") + SWITCHED_OFF, encoding="utf-8")
    asked = canaries(RULES)
    return (
        Checkov().scan(asked.stacks, POLICIES, asked.projects),
        Checkov().scan(asked.stacks, folder, asked.projects),
    )


def _with_one_off(scans: tuple[RawScan, RawScan], rule_id: str) -> RawScan:
    """What a run says in which this rule alone is switched off; rules do not see each other."""
    on, off = scans
    stacks = tuple(
        replace(stack, results=_mixed(stack.results, other.results, rule_id))
        for stack, other in zip(on.stacks, off.stacks, strict=True)
    )
    projects = {
        project: {name: _mixed(results, off.projects[project][name], rule_id) for name, results in found.items()}
        for project, found in on.projects.items()
    }
    return RawScan(on.loaded, stacks, (), projects)


def _mixed(on: Sequence[RawResult], off: Sequence[RawResult], rule_id: str) -> tuple[RawResult, ...]:
    kept = [result for result in on if result.rule != rule_id]
    return tuple(sorted([*kept, *(result for result in off if result.rule == rule_id)]))


def test_with_all_on_every_rule_is_proven(scans: tuple[RawScan, RawScan]) -> None:
    assert {rule.id for rule in prove(RULES, scans[0], "checkov").rules} == RULES.ids


@pytest.mark.parametrize("rule_id", sorted(RULES.ids))
def test_a_rule_that_is_off_is_missed(scans: tuple[RawScan, RawScan], rule_id: str) -> None:
    with pytest.raises(ScanError, match=f"{rule_id} did not fail its own anti-pattern"):
        prove(RULES, _with_one_off(scans, rule_id), "checkov")


def _lines() -> Iterator[tuple[str, int]]:
    for rule in RULES.rules:
        lines = (POLICIES / f"{rule.module}.py").read_text(encoding="utf-8").splitlines()
        yield rule.module, len(lines)


def test_a_rule_is_read_in_one_sitting() -> None:
    assert {module for module, lines in _lines() if lines > 200} == set()
