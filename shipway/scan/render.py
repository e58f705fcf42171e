"""The report for a person at a terminal: worst first, by rule, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from shipway.scan.findings import OWN_FINDINGS, Finding
from shipway.scan.report import ScanReport
from shipway.scan.rules import Severity

__all__ = ["render_report"]


def render_report(report: ScanReport) -> str:
    """The whole report as text."""
    # Names and values come from the stack: what would move a terminal's cursor is shown as a question mark.
    return "\n".join("".join(c if c.isprintable() else "?" for c in line) for line in _lines(report))


def _lines(report: ScanReport) -> Iterator[str]:
    for severity, findings in groupby(report.findings, key=lambda finding: finding.severity):
        yield severity.name
        yield from _by_rule(list(findings))
        yield ""
    if report.waived:
        yield "WAIVED"
        yield from _by_rule(report.waived)
        yield ""
    yield from _summary(report)
    yield from _what_to_do(report)


def _by_rule(findings: Sequence[Finding]) -> Iterator[str]:
    for rule, found in groupby(findings, key=lambda finding: finding.rule):
        same = list(found)
        yield f"  {rule}  {same[0].title}  ({len(same)})"
        for finding in same:
            yield from _finding(finding)


def _finding(finding: Finding) -> Iterator[str]:
    place = str(finding.position) if finding.position else "no document"
    what = "  ".join(part for part in (finding.stack, finding.address) if part)
    yield f"    {finding.status:<7}  {place}  {what}".rstrip()
    for message in finding.messages:
        yield f"             {message}"
    if finding.waiver:
        waiver = finding.waiver.waiver
        yield f"             waived until {waiver.expires} by {waiver.owner}: {waiver.reason} ({finding.waiver.at})"


def _summary(report: ScanReport) -> Iterator[str]:
    blocks = sum(stack.blocks for stack in report.stacks)
    judged = sum(stack.judged for stack in report.stacks)
    counts = []
    for severity in reversed(Severity):
        count = sum(finding.severity is severity for finding in report.findings)
        counts += [f"{count} {severity.name.lower()}"] * bool(count)
    found = f"{len(report.findings)} finding{'s' * (len(report.findings) != 1)}" + f" ({', '.join(counts)})" * bool(
        counts
    )
    stacks = f"{len(report.stacks)} stack{'s' * (len(report.stacks) != 1)}"
    yield f"{stacks}, {blocks} resources and providers, {judged} of them judged by at least one rule."
    yield f"{sum(report.passed.values())} checks passed, {found}, {len(report.waived)} waived."
    receipt = report.receipt
    cached = sum(stack.cached for stack in report.stacks)
    proof = f"{len(receipt.rules)} rules on disk were loaded and each failed its own anti-pattern"
    run = "in the run that filled the cache" if report.all_cached else "in this run"
    kept = f"; {cached} unchanged since" if cached else ""
    yield f"Receipt: {proof} {run} ({receipt.scanner}, rules {receipt.rules_digest[:12]}){kept}."


def _what_to_do(report: ScanReport) -> Iterator[str]:
    rules = [finding.rule for finding in report.findings if finding.rule not in OWN_FINDINGS]
    if not rules:
        return
    yield ""
    yield f"To fix: `shipway rules explain {rules[0]}` says why and how. To waive, in the document it comes from:"
    yield "  waivers:"
    yield f"    - {{rule: {rules[0]}, owner: <group>, reason: <why this once>, expires: <YYYY-MM-DD>}}"
