"""Findings: what a reader of the report has to do something about, and who answers for what is not done.

Three ids are not rules but the scan's own: a waiver past its day, a waiver that covers nothing, and a module, whose
resources no rule can see. None of them can be waived.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from shipway.errors import DocumentErrors, Position, Problem
from shipway.models.protection import LIFTED_BY
from shipway.models.waivers import PlacedWaiver
from shipway.scan.rules import RuleDocument, RuleSet, Severity
from shipway.scan.scanner import RawStack, Status

__all__ = ["OWN_FINDINGS", "Finding", "Settled", "findings_of", "refuse_unknown_rules", "settle"]

OWN_FINDINGS: Mapping[str, tuple[Severity, str]] = {
    "UNSEEN_MODULE": (Severity.HIGH, "what a module makes is not in the stack, so no rule sees it"),
    "WAIVER_EXPIRED": (Severity.MEDIUM, "a waiver is past its last day and waives nothing"),
    "WAIVER_UNUSED": (Severity.LOW, "a waiver covers nothing that was found"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or that nobody can say is right."""

    rule: str
    title: str
    severity: Severity
    status: Status
    stack: str
    address: str
    """The Terraform address, empty for the scan's own findings about a document."""
    construct_path: str
    position: Position | None
    """Where it comes from in a document; None if from none."""
    messages: tuple[str, ...]
    waiver: PlacedWaiver | None = None

    @property
    def order(self) -> tuple[int, str, str, str, str]:
        """Worst first, then by rule and place."""
        return -self.severity, self.rule, self.stack, self.address, str(self.position)

    def as_json(self) -> dict[str, Any]:
        """For the report."""
        return {
            "rule": self.rule,
            "title": self.title,
            "severity": self.severity.name,
            "status": self.status.value,
            "stack": self.stack,
            "address": self.address,
            "construct_path": self.construct_path,
            "position": _place(self.position),
            "messages": list(self.messages),
            "waiver": _waiver(self.waiver) if self.waiver else None,
        }


@dataclass(frozen=True, slots=True)
class Settled:
    """Findings after the waivers had their say."""

    open: tuple[Finding, ...]
    waived: tuple[Finding, ...]


def findings_of(
    stack: RawStack, rules: Mapping[str, RuleDocument], find: Callable[[str], Position | None]
) -> Iterator[Finding]:
    """What is not passed in `stack`; `find` knows the document position of a construct path."""
    for result in stack.results:
        if result.status is Status.PASSED:
            continue
        rule = rules[result.rule]
        yield Finding(
            rule=rule.id,
            title=rule.title,
            severity=rule.severity,
            status=result.status,
            stack=stack.name,
            address=result.address,
            construct_path=result.path,
            position=find(result.path) if result.path else None,
            messages=result.messages,
        )
    for module in stack.modules:
        yield _own("UNSEEN_MODULE", Status.UNKNOWN, f"module.{module}: declare the resources themselves", stack.name)


def refuse_unknown_rules(waivers: Iterable[PlacedWaiver], rules: RuleSet) -> None:
    """Raise DocumentErrors for every waiver of a rule that does not exist: it would seem to cover something."""
    known = rules.ids | {LIFTED_BY}
    hint = f"the rules are {', '.join(sorted(known))}"
    problems = [
        Problem("unknown-rule", f"there is no rule {placed.waiver.rule} to waive", placed.at, hint)
        for placed in waivers
        if placed.waiver.rule not in known
    ]
    if problems:
        raise DocumentErrors(problems)


def settle(
    findings: Iterable[Finding], waivers: Sequence[PlacedWaiver], today: date, scanned: frozenset[str]
) -> Settled:
    """Move what an active waiver covers to waived; add expired and unused waivers as findings of their own.

    A waiver is called unused only if every stack of its document is in `scanned`.
    """
    active = [placed for placed in waivers if placed.holds_on(today)]
    still_open: list[Finding] = []
    waived: list[Finding] = []
    used: set[int] = set()
    for finding in findings:
        covering = [i for i, placed in enumerate(active) if placed.covers(finding.rule, finding.stack, _scope(finding))]
        used.update(covering)
        if covering:
            waived.append(replace(finding, waiver=active[covering[0]]))
        else:
            still_open.append(finding)
    still_open += [_expired(placed) for placed in waivers if not placed.holds_on(today)]
    # What lifts protection is about a plan: the scan cannot know whether one still needs it.
    scannable = [(i, placed) for i, placed in enumerate(active) if placed.waiver.rule != LIFTED_BY]
    still_open += [_unused(placed) for i, placed in scannable if i not in used and placed.stacks <= scanned]
    return Settled(tuple(sorted(still_open, key=_order)), tuple(sorted(waived, key=_order)))


def _order(finding: Finding) -> tuple[int, str, str, str, str]:
    return finding.order


def _scope(finding: Finding) -> str:
    # A provider block has no construct path; its stack is the scope that covers it.
    return finding.construct_path or finding.stack


def _expired(placed: PlacedWaiver) -> Finding:
    waiver = placed.waiver
    message = f"{waiver.rule} was waived until {waiver.expires} by {waiver.owner}: {waiver.reason}"
    return _own("WAIVER_EXPIRED", Status.FAILED, message, at=placed.at)


def _unused(placed: PlacedWaiver) -> Finding:
    where = placed.waiver.path or ", ".join(sorted(placed.stacks))
    message = f"{placed.waiver.rule} has no finding in {where}; remove the waiver before it hides one"
    return _own("WAIVER_UNUSED", Status.FAILED, message, at=placed.at)


def _own(rule: str, status: Status, message: str, stack: str = "", at: Position | None = None) -> Finding:
    severity, title = OWN_FINDINGS[rule]
    return Finding(rule, title, severity, status, stack, "", stack, at, (message,))


def _place(at: Position | None) -> dict[str, Any] | None:
    return {"file": at.file, "line": at.line, "column": at.column} if at else None


def _waiver(placed: PlacedWaiver) -> dict[str, Any]:
    waiver = placed.waiver
    return {
        "owner": waiver.owner,
        "reason": waiver.reason,
        "expires": waiver.expires.isoformat(),
        "position": _place(placed.at),
    }
