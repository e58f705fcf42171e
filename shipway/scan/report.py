"""The report of a scan: findings, what passed, what was waived, and the receipt that says what judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from shipway.scan.findings import Finding
from shipway.scan.receipt import Receipt
from shipway.scan.rules import Severity

__all__ = ["SCHEMA", "ScanReport", "ScannedStack"]

SCHEMA = "shipway/scan/v1"


@dataclass(frozen=True, slots=True)
class ScannedStack:
    """A stack, how many blocks it has and how many of them at least one rule looked at."""

    name: str
    sha256: str
    blocks: int
    judged: int
    cached: bool
    """Whether the results are those of an earlier run over the same bytes."""


@dataclass(frozen=True, slots=True)
class ScanReport:
    """Everything a scan has to say."""

    today: date
    """The day by which waivers were judged."""
    stacks: tuple[ScannedStack, ...]
    findings: tuple[Finding, ...]
    waived: tuple[Finding, ...]
    passed: Mapping[str, int]
    """How often each rule passed, zero included: a rule that met nothing is seen to have met nothing."""
    receipt: Receipt

    @property
    def all_cached(self) -> bool:
        """Whether nothing ran, and the receipt is that of the run that filled the cache."""
        return all(stack.cached for stack in self.stacks)

    def at_or_above(self, severity: Severity) -> tuple[Finding, ...]:
        """The findings, unknown ones included, that are at least that bad."""
        return tuple(finding for finding in self.findings if finding.severity >= severity)

    def as_json(self) -> dict[str, Any]:
        """The report as documented by its schema name."""
        return {
            "schema": SCHEMA,
            "today": self.today.isoformat(),
            "summary": {
                "stacks": len(self.stacks),
                "blocks": sum(stack.blocks for stack in self.stacks),
                "judged": sum(stack.judged for stack in self.stacks),
                "passed": sum(self.passed.values()),
                "findings": {level.name: self._count(level) for level in reversed(Severity)},
                "waived": len(self.waived),
                "expired_waivers": sum(finding.rule == "WAIVER_EXPIRED" for finding in self.findings),
            },
            "findings": [finding.as_json() for finding in self.findings],
            "waived": [finding.as_json() for finding in self.waived],
            "passed": dict(self.passed),
            "stacks": [
                {
                    "name": stack.name,
                    "sha256": stack.sha256,
                    "blocks": stack.blocks,
                    "judged": stack.judged,
                    "cached": stack.cached,
                }
                for stack in self.stacks
            ],
            "receipt": {**self.receipt.as_json(), "of": "an earlier run" if self.all_cached else "this run"},
        }

    def _count(self, severity: Severity) -> int:
        return sum(finding.severity is severity for finding in self.findings)
