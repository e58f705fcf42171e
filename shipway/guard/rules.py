"""The rules on plans: files in policies/plan/, found by listing it, each with its documentation and its two examples.

An example is a fragment of a plan's JSON. Before a rule judges anything it judges its own anti-pattern, in the same
run: a rule that does not fail it is an error, never a pass.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import yaml

from shipway.errors import ShipwayError
from shipway.plan.load import UnreadablePlan
from shipway.plan.model import Plan
from shipway.plan.read import read_plan
from shipway.scan.rules import RuleDocument, Severity, read_document

__all__ = ["FOLDER", "PlanRule", "PlanRuleError", "Verdict", "example_plan", "plan_rule_files", "read_plan_rule"]

FOLDER = "plan"


class PlanRuleError(ShipwayError):
    """A rule on plans is not one, or does not judge: nothing may be concluded from it."""


class Verdict(Protocol):
    """What a rule answers; `policies.plan._rule.Answer` is one."""

    @property
    def result(self) -> str:
        """PASSED, FAILED or UNKNOWN."""

    @property
    def message(self) -> str:
        """Why."""


@dataclass(frozen=True, slots=True)
class PlanRule:
    """A rule on plans: what its file says, the types it is about and what it answers."""

    text: RuleDocument
    kinds: frozenset[str]
    judge: Callable[[Any], Iterable[Verdict]]

    @property
    def id(self) -> str:
        """Such as `R40`."""
        return self.text.id

    @property
    def severity(self) -> Severity:
        """How bad it is to break it."""
        return self.text.severity


def plan_rule_files(policies: Path) -> list[Path]:
    """The files of the rules on plans in a folder of policies; raises PlanRuleError where there is none."""
    files = sorted(path for path in (policies / FOLDER).glob("*.py") if not path.name.startswith("_"))
    if not files:
        raise PlanRuleError(
            f"there are no rules on plans in {policies.name}/{FOLDER}/", "restore them from the repository"
        )
    return files


def read_plan_rule(path: Path, kinds: object, judge: object) -> PlanRule:
    """The rule of a file with what its module defines; raises PlanRuleError."""
    text = read_document(path)
    if not isinstance(kinds, tuple) or not kinds or not all(isinstance(kind, str) for kind in kinds):
        raise PlanRuleError(f"{path.name}: KINDS is {kinds!r}, wanted the types that it is about")
    if not callable(judge):
        raise PlanRuleError(f"{path.name}: it has no function `judge`", "a rule yields one answer per thing looked at")
    return PlanRule(text, frozenset(kinds), judge)


def example_plan(rule: PlanRule, fragment: str) -> Plan:
    """The plan that one of a rule's examples stands for; raises PlanRuleError."""
    try:
        written = yaml.load(fragment, Loader=yaml.CSafeLoader)
        changes = [_whole(change) for change in written["resource_changes"]]
        document = {"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": changes}
        return read_plan(json.dumps(document).encode(), "prod-example")
    except (yaml.YAMLError, KeyError, TypeError, UnreadablePlan) as error:
        raise PlanRuleError(f"{rule.text.module}.py: an example is no fragment of a plan: {error}") from error


def _whole(change: dict[str, Any]) -> dict[str, Any]:
    return {"mode": "managed", "name": str(change["address"]).rpartition(".")[2], **change}
