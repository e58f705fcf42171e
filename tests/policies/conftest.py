"""Cases of rules, judged by the real checkov in one run."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from shipway.outside.checkov import Checkov
from shipway.scan.rules import RuleDocument
from shipway.scan.scanner import RawResult, Scope, Status

POLICIES = Path(__file__).parents[2] / "policies"

Case = tuple[str, str, dict[str, Any], Status]
"""A rule, a resource's type without its prefix, its attributes, and what the rule must say."""

Stacks = dict[str, dict[str, Any]]
"""Stacks by name, as a rule's example has them."""


@pytest.fixture(scope="session")
def judge_stacks() -> Callable[[dict[str, tuple[RuleDocument, Stacks]]], dict[str, list[RawResult]]]:
    """What each rule says of stacks that are its own; a rule of scope project sees them together. One run for all."""

    def judged(cases: dict[str, tuple[RuleDocument, Stacks]]) -> dict[str, list[RawResult]]:
        files, projects = {}, {}
        for name, (rule, stacks) in cases.items():
            texts = {stack: json.dumps(content).encode() for stack, content in stacks.items()}
            if rule.scope is Scope.PROJECT:
                projects[name] = texts
            else:
                (files[name],) = texts.values()
        scan = Checkov().scan(files, POLICIES, projects)
        said = {stack.name: stack.results for stack in scan.stacks}
        said |= {name: tuple(r for found in stacks.values() for r in found) for name, stacks in scan.projects.items()}
        return {name: [r for r in said[name] if r.rule == rule.id] for name, (rule, _) in cases.items()}

    return judged


@pytest.fixture(scope="session")
def judge() -> Callable[[Sequence[Case]], list[RawResult]]:
    """What each case's rule says of it; every case is a stack of its own, called by its number."""

    def judged(cases: Sequence[Case]) -> list[RawResult]:
        stacks = {
            str(index): json.dumps({"resource": {f"databricks_{kind}": {"x": conf}}}).encode()
            for index, (_, kind, conf, _) in enumerate(cases)
        }
        found = {stack.name: stack.results for stack in Checkov().scan(stacks, POLICIES).stacks}
        return [
            next(result for result in found[str(index)] if result.rule == rule)
            for index, (rule, *_) in enumerate(cases)
        ]

    return judged
