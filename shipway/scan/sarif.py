"""The report as SARIF 2.1.0, which code hosts show beside the changed lines.

What GitHub takes of it, and how much: https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
(25,000 results a run of which 5,000 are shown, 20 tags a rule, `partialFingerprints.primaryLocationLineHash`,
`help.text`, `security-severity`). It does not read `suppressions`: what is waived here is open there until dismissed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, assert_never
from urllib.parse import quote

from shipway.scan.catalogue import Catalogue, Entry, page_of
from shipway.scan.findings import OWN_FINDINGS, Finding
from shipway.scan.report import ScanReport
from shipway.scan.rules import Severity

__all__ = ["as_sarif"]

# GitHub sorts security findings by this number; the bands are its own.
_SCORES: Mapping[Severity, str] = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.0",
    Severity.LOW: "2.0",
}
_MOST_RESULTS = 25_000
_MOST_TAGS = 20
_LONGEST_TEXT = 1024
_INDEX = "docs/rules/README.md"


def as_sarif(report: ScanReport, catalogue: Catalogue, pages: str = "") -> dict[str, Any]:
    """The report; what no document has stands at the synthesized stack.

    `pages` is the address under which the project's files are shown, such as https://github.com/x/y/blob/main/; without
    it a rule has its help and no link.
    """
    rules = [_rule(entry, pages) for entry in catalogue.entries if set(entry.judges) != {"plan"}]
    rules += [_own_rule(name, pages) for name in OWN_FINDINGS]
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    # Worst first, so that what is left out is the least.
    findings = (*report.findings, *report.waived)
    driver = {"name": "shipway scan", "semanticVersion": "1.0.0", "rules": rules}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "automationDetails": {"id": "shipway-scan/"},
                "columnKind": "unicodeCodePoints",
                "invocations": [_invocation(len(findings))],
                "results": [_result(finding, index) for finding in findings[:_MOST_RESULTS]],
            }
        ],
    }


def _invocation(results: int) -> dict[str, Any]:
    if results <= _MOST_RESULTS:
        return {"executionSuccessful": True}
    text = f"{results} findings; the worst {_MOST_RESULTS} are here, since a code host takes no more"
    return {
        "executionSuccessful": True,
        "toolExecutionNotifications": [{"level": "warning", "message": {"text": text}}],
    }


def _rule(entry: Entry, pages: str) -> dict[str, Any]:
    document = entry.parts[0].document
    controls = [f"{control.framework}/{control.control}".replace(" ", "-") for control in entry.controls]
    text = f"{document.why}\n\nIn the stack, as it should be:\n\n{document.best_practice}"
    markdown = f"{document.why}\n\nIn the stack, as it should be:\n\n```yaml\n{document.best_practice}\n```"
    return {
        **_described(entry.id, document.title, document.why, document.severity),
        "help": {"text": text, "markdown": markdown},
        "properties": {
            "security-severity": _SCORES[document.severity],
            "precision": "high",
            "tags": ["security", *controls][:_MOST_TAGS],
        },
        **({"helpUri": f"{pages}{page_of(entry.id)}"} if pages else {}),
    }


def _own_rule(name: str, pages: str) -> dict[str, Any]:
    severity, title = OWN_FINDINGS[name]
    return {
        **_described(name, title, title, severity),
        "help": {"text": title},
        "properties": {"security-severity": _SCORES[severity], "precision": "very-high", "tags": ["security"]},
        **({"helpUri": f"{pages}{_INDEX}"} if pages else {}),
    }


def _described(name: str, title: str, why: str, severity: Severity) -> dict[str, Any]:
    return {
        "id": name,
        "name": name,
        "shortDescription": {"text": title[:_LONGEST_TEXT]},
        "fullDescription": {"text": why[:_LONGEST_TEXT]},
        "defaultConfiguration": {"level": _level(severity)},
    }


def _result(finding: Finding, index: Mapping[str, int]) -> dict[str, Any]:
    at = finding.position
    region = {"startLine": at.line, "startColumn": at.column} if at else {"startLine": 1}
    file = at.file if at else f"cdktf.out/stacks/{finding.stack}/cdk.tf.json"
    about = " ".join(part for part in (finding.status.value, finding.stack, finding.address) if part)
    artifact = {"uri": quote(file), "uriBaseId": "%SRCROOT%"}
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index[finding.rule],
        "level": _level(finding.severity),
        "message": {"text": f"{about}: {'; '.join(finding.messages)}"},
        "locations": [{"physicalLocation": {"artifactLocation": artifact, "region": region}}],
        "partialFingerprints": {"primaryLocationLineHash": _fingerprint(finding)},
    }
    if finding.waiver:
        reason = f"{finding.waiver.waiver.reason} ({finding.waiver.waiver.owner})"
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": reason}]
    return result


def _fingerprint(finding: Finding) -> str:
    # Without the line, so that a finding stays the same one when lines above it move.
    identity = "\n".join((finding.rule, finding.stack, finding.construct_path, finding.address, _place(finding)))
    return hashlib.sha256(identity.encode()).hexdigest()


def _place(finding: Finding) -> str:
    # The scan's own findings are about a document; only its line tells two of them apart.
    return "" if finding.address or finding.position is None else str(finding.position)


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
