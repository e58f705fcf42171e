"""Cases of rules, judged by the real checkov in one run."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from shipway.outside.checkov import Checkov
from shipway.scan.scanner import RawResult, Status

POLICIES = Path(__file__).parents[2] / "policies"

Case = tuple[str, str, dict[str, Any], Status]
"""A rule, a resource's type without its prefix, its attributes, and what the rule must say."""


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
