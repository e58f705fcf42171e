"""Plans judged by the rules on plans: what each rule says of each change, less what a waiver covers.

The plans are those that a review reads: nothing is read twice. Whatever no rule could say of counts like a failure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from shipway.errors import Position
from shipway.guard.addresses import path_of
from shipway.guard.change import PlannedChange
from shipway.guard.ground import Ground
from shipway.guard.rules import PlanRule, PlanRuleError, example_plan
from shipway.models.waivers import PlacedWaiver
from shipway.plan.model import Level, Plan, ResourceChange
from shipway.scan.rules import Severity
from shipway.scan.scanner import Status

__all__ = ["Ruling", "judge", "prove"]

_WORST_FIRST = (Status.FAILED, Status.UNKNOWN, Status.PASSED)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a rule has against a change, and who answers for it where somebody does."""

    rule: str
    title: str
    severity: Severity
    status: Status
    stack: str
    address: str
    construct_path: str
    """Empty where none could be found: then only a waiver of the whole stack covers it."""
    messages: tuple[str, ...]
    position: Position | None
    """Where what is changed comes from in a document, or came from."""
    document: str
    """The document in which a waiver has to stand; empty where there is no project."""
    waiver: PlacedWaiver | None = None
    expired: PlacedWaiver | None = None
    """A waiver that would cover it, were its last day not past."""


def prove(rules: Iterable[PlanRule]) -> None:
    """Let each rule judge its own anti-pattern; raises PlanRuleError for one that does not fail all of it."""
    for rule in rules:
        plan = example_plan(rule, rule.text.anti_pattern)
        missed = [item.address for item in plan.changes if _status(rule, item, Level.PLAN, True)[0] is Status.PASSED]
        if missed or not plan.changes:
            what = f"{rule.id} did not fail its own anti-pattern in this run: {', '.join(missed) or 'nothing to catch'}"
            raise PlanRuleError(what, f"either {rule.text.module}.py or the example in it is wrong")


def judge(plans: Sequence[Plan], rules: Sequence[PlanRule], ground: Ground) -> tuple[Ruling, ...]:
    """Every change that a rule does not pass, waived ones among them; raises PlanRuleError for a rule that raises."""
    by_kind: dict[str, list[PlanRule]] = {}
    for rule in rules:
        for kind in rule.kinds:
            by_kind.setdefault(kind, []).append(rule)
    return tuple(
        ruling
        for plan in plans
        for change in plan.changes
        if change.touches and change.mode == "managed"
        for rule in by_kind.get(change.type, ())
        for ruling in _rulings(rule, plan, change, ground)
    )


def _rulings(rule: PlanRule, plan: Plan, change: ResourceChange, ground: Ground) -> Iterator[Ruling]:
    status, messages = _status(rule, change, plan.level, ground.protected(plan.stack))
    if status is Status.PASSED:
        return
    path = change.construct_path or path_of(plan.stack, change.previous_address or change.address)
    covering = [w for w in ground.waivers(plan.stack) if w.covers(rule.id, plan.stack, path or plan.stack)]
    holding = [placed for placed in covering if placed.holds_on(ground.today)]
    yield Ruling(
        rule=rule.id,
        title=rule.text.title,
        severity=rule.severity,
        status=status,
        stack=plan.stack,
        address=change.address,
        construct_path=path,
        messages=messages,
        position=ground.find(path) if path else None,
        document=ground.document(plan.stack),
        waiver=holding[0] if holding else None,
        expired=covering[0] if covering and not holding else None,
    )


def _status(rule: PlanRule, change: ResourceChange, level: Level, protected: bool) -> tuple[Status, tuple[str, ...]]:
    try:
        answers = [(Status(str(a.result)), str(a.message)) for a in rule.judge(PlannedChange(change, level, protected))]
    # A rule can raise anything, SystemExit(0) too; whatever it raises, it has judged nothing.
    except (Exception, SystemExit) as error:
        what = f"{rule.id} raised {type(error).__name__} on {change.address}: {error}"
        raise PlanRuleError(what, f"the rule is in policies/plan/{rule.text.module}.py") from error
    if not answers:
        return Status.UNKNOWN, ("there was nothing to judge",)
    worst = next(status for status in _WORST_FIRST if any(said is status for said, _ in answers))
    return worst, tuple(sorted({message for said, message in answers if said is worst and message}))
