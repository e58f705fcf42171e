"""The project's own stacks are clean, and what somebody relaxes in a document is found at its line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from shipway.scan.rules import read_rules


def _shipway(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": f"{project}{os.pathsep}{project / 'constructs'}"}
    command = [sys.executable, "-m", "shipway", *arguments]
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)


def _report(project: Path) -> dict[str, Any]:
    synthesized = _shipway(project, "synth")
    assert synthesized.returncode == 0, synthesized.stderr
    scanned = _shipway(project, "scan", "--json")
    assert scanned.returncode in (0, 2), scanned.stderr
    report: dict[str, Any] = json.loads(scanned.stdout)
    return report


def _of_other_types(project: Path, report: dict[str, Any]) -> set[str]:
    """The rules that judge no type that this project declares, by what they caught in their anti-patterns."""
    stacks = [json.loads(path.read_bytes()) for path in project.glob("cdktf.out/stacks/*/cdk.tf.json")]
    declared = {kind for stack in stacks for kind in stack.get("resource", {})} | {"provider"}
    caught = {rule["id"]: {address.partition(".")[0] for address in rule["caught"]} for rule in _rules(report)}
    return {rule for rule, kinds in caught.items() if declared.isdisjoint(kinds)}


def _rules(report: dict[str, Any]) -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = report["receipt"]["rules"]
    return rules


@pytest.mark.slow
def test_clean_and_every_rule_proven(project: Path) -> None:
    report = _report(project)
    assert report["findings"] == []
    assert {rule["id"] for rule in report["receipt"]["rules"]} == read_rules(project / "policies").ids
    # Nothing found is worth something only where something was looked at.
    assert report["summary"]["judged"] > report["summary"]["blocks"] / 2
    met_nothing = {rule for rule, count in report["passed"].items() if count == 0}
    assert met_nothing <= _of_other_types(project, report), "a rule on something that is declared passed nothing"


@pytest.mark.slow
def test_what_is_relaxed_in_a_document_is_found_at_its_line(project: Path) -> None:
    # Not prod, of which test is a replica and would have to be as lax.
    document = project / "environments" / "dev.yaml"
    lines = document.read_text(encoding="utf-8").splitlines()
    index = next(number for number, line in enumerate(lines) if line.startswith("    storage_root:"))
    lines.insert(index + 1, "    isolation_mode: OPEN")
    lines.insert(lines.index("hardening:") + 1, "  verbose_audit_logs: false")
    document.write_text("\n".join(lines) + "\n", encoding="utf-8")
    # A replica would have to be relaxed with it.
    replica = project / "environments" / "test.yaml"
    before, block, after = replica.read_text(encoding="utf-8").partition("replica:\n")
    replica.write_text(f"{before}{after[after.index('workspace:') :]}" if block else before, encoding="utf-8")
    found = {finding["rule"]: finding for finding in _report(project)["findings"]}
    assert set(found) == {"R29", "R39"}
    assert found["R39"]["position"]["line"] == lines.index("  claims:") + 1
    assert found["R29"]["position"]["line"] == lines.index("hardening:") + 1
    assert {finding["position"]["file"] for finding in found.values()} == {"environments/dev.yaml"}
