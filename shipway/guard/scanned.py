"""A scan for a reviewer: its findings and waivers beside what plans do, and by what was judged."""

from __future__ import annotations

from shipway.guard.rows import said
from shipway.plan.report import Place, RuleRow, Scanned
from shipway.scan.findings import Finding
from shipway.scan.report import ScanReport

__all__ = ["scanned_of"]


def scanned_of(report: ScanReport) -> Scanned:
    """What a scan says, as rows of a review of the same stacks."""
    return Scanned(
        rules=report.receipt.rules_digest,
        findings=tuple(map(_row, (*report.findings, *report.waived))),
        synths=tuple((stack.name, stack.sha256) for stack in report.stacks),
    )


def _row(finding: Finding) -> RuleRow:
    return RuleRow(
        rule=finding.rule,
        title=finding.title,
        address=finding.address or finding.stack,
        messages=(f"{finding.severity.name.lower()}: {finding.title}", *finding.messages),
        path=finding.construct_path,
        document=str(finding.position or ""),
        waived=said(finding.waiver) if finding.waiver else "",
        waiver_document="",
        places=(Place(finding.stack, finding.address),),
    )
