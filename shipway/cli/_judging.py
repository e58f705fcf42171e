"""Plans judged by the project's rules on plans, as commands do it: with its waivers and today's date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from shipway.guard.ground import ground_of
from shipway.guard.judge import judge
from shipway.guard.rows import row_of
from shipway.models.load import Documents
from shipway.outside.plan_rules import load_plan_rules
from shipway.plan.model import Plan
from shipway.plan.report import RuleRow

__all__ = ["rule_rows"]


def rule_rows(root: Path, documents: Documents, plans: Sequence[Plan]) -> tuple[RuleRow, ...]:
    """What the rules of the project at `root` have against these plans; raises PlanRuleError."""
    rules = load_plan_rules(root / "policies")
    # One calendar for everybody: a waiver must not end hours apart in two offices.
    ground = ground_of(documents, datetime.now(UTC).date())
    return tuple(map(row_of, judge(plans, rules, ground)))
