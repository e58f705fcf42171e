"""The report as SARIF 2.1.0, which code hosts show beside the changed lines."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, assert_never

from shipway.scan.findings import OWN_FINDINGS, Finding
from shipway.scan.report import ScanReport
from shipway.scan.rules import RuleSet, Severity

__all__ = ["as_sarif"]

# GitHub sorts security findings by this number; the bands are its own.
_SCORES: Mapping[Severity, str] = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.0",
    Severity.LOW: "2.0",
}


def as_sarif(report: ScanReport, rules: RuleSet) -> dict[str, Any]:
    """The report; what no document has stands at the synthesized stack."""
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "shipway scan", "rules": _rules(rules)}},
                "results": [_result(finding) for finding in (*report.findings, *report.waived)],
            }
        ],
    }


def _rules(rules: RuleSet) -> list[dict[str, Any]]:
    documented = [(rule.id, rule.title, rule.severity, rule.why) for rule in rules.rules]
    own = [(name, title, severity, title) for name, (severity, title) in OWN_FINDINGS.items()]
    return [
        {
            "id": name,
            "shortDescription": {"text": title},
            "fullDescription": {"text": why},
            "defaultConfiguration": {"level": _level(severity)},
            "properties": {"security-severity": _SCORES[severity]},
        }
        for name, title, severity, why in [*documented, *own]
    ]


def _result(finding: Finding) -> dict[str, Any]:
    at = finding.position
    region = {"startLine": at.line, "startColumn": at.column} if at else {"startLine": 1}
    file = at.file if at else f"cdktf.out/stacks/{finding.stack}/cdk.tf.json"
    about = " ".join(part for part in (finding.status.value, finding.stack, finding.address) if part)
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": _level(finding.severity),
        "message": {"text": f"{about}: {'; '.join(finding.messages)}"},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": file}, "region": region}}],
        "partialFingerprints": {"shipway/v1": _fingerprint(finding)},
    }
    if finding.waiver:
        reason = f"{finding.waiver.waiver.reason} ({finding.waiver.waiver.owner})"
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": reason}]
    return result


def _fingerprint(finding: Finding) -> str:
    # Without the line, so that a finding stays the same one when lines above it move.
    identity = "\n".join((finding.rule, finding.stack, finding.construct_path, finding.address))
    return hashlib.sha256(identity.encode()).hexdigest()


def _level(severity: Severity) -> str:
    match severity:
        case Severity.CRITICAL | Severity.HIGH:
            return "error"
        case Severity.MEDIUM:
            return "warning"
        case Severity.LOW:
            return "note"
        case _:
            assert_never(severity)
