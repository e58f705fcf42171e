"""SARIF as GitHub takes it: what it documents as required, the words it knows and the most it reads."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from shipway.errors import Position
from shipway.models.waivers import PlacedWaiver, Waiver
from shipway.scan.catalogue import read_catalogue
from shipway.scan.findings import OWN_FINDINGS, Finding
from shipway.scan.receipt import Receipt
from shipway.scan.report import ScanReport
from shipway.scan.rules import Severity
from shipway.scan.sarif import as_sarif
from shipway.scan.scanner import Status

CATALOGUE = read_catalogue(Path(__file__).parents[2] / "policies")
PAGES = "https://github.com/halyard-mutual/ai-platform/blob/main/"
OPEN = Finding(
    rule="R39",
    title="a catalog",
    severity=Severity.CRITICAL,
    status=Status.FAILED,
    stack="prod-landing-zone",
    address="databricks_catalog.claims",
    construct_path="prod-landing-zone/catalogs/claims/catalog",
    position=Position("environments/prod x#%.yaml", 12, 3),
    messages=("isolation_mode: got 'OPEN', wanted ISOLATED",),
)
WAIVER = PlacedWaiver(
    Waiver(rule="R39", owner="acme-admins", reason="moves to its own storage", expires=date(2027, 1, 1)),
    Position("environments/prod.yaml", 90, 5),
    frozenset({"prod-landing-zone"}),
)


def _run(*findings: Finding, waived: tuple[Finding, ...] = (), pages: str = PAGES) -> dict[str, Any]:
    receipt = Receipt("checkov", "0" * 64, ())
    report = ScanReport(date(2026, 11, 21), (), findings, waived, {}, receipt)
    sarif = json.loads(json.dumps(as_sarif(report, CATALOGUE, pages)))
    assert (sarif["version"], len(sarif["runs"])) == ("2.1.0", 1)
    assert sarif["$schema"].endswith("sarif-2.1.0.json")
    run: dict[str, Any] = sarif["runs"][0]
    return run


def test_every_rule_has_what_github_wants() -> None:
    rules = _run()["tool"]["driver"]["rules"]
    on_stacks = {entry.id for entry in CATALOGUE.entries if set(entry.judges) != {"plan"}}
    assert {rule["id"] for rule in rules} == on_stacks | set(OWN_FINDINGS)
    for rule in rules:
        assert 0 < len(rule["shortDescription"]["text"]) <= 1024
        assert 0 < len(rule["fullDescription"]["text"]) <= 1024
        assert rule["help"]["text"]
        assert rule["defaultConfiguration"]["level"] in ("note", "warning", "error")
        assert 0 < float(rule["properties"]["security-severity"]) <= 10
        assert rule["properties"]["precision"] in ("very-high", "high", "medium", "low")
        assert len(rule["properties"]["tags"]) <= 20
        assert "security" in rule["properties"]["tags"], "GitHub reads security-severity only with this tag"


def test_help_leads_to_the_page_that_is_there() -> None:
    root = Path(__file__).parents[2]
    for rule in _run()["tool"]["driver"]["rules"]:
        assert rule["helpUri"].startswith(PAGES)
        assert (root / rule["helpUri"].removeprefix(PAGES)).is_file()
    assert all("helpUri" not in rule for rule in _run(pages="")["tool"]["driver"]["rules"])


def test_a_result_has_what_github_wants() -> None:
    run = _run(OPEN)
    (result,) = run["results"]
    (location,) = result["locations"]
    artifact, region = (location["physicalLocation"][key] for key in ("artifactLocation", "region"))
    assert artifact["uri"] == "environments/prod%20x%23%25.yaml"
    assert re.fullmatch(r"[^/:][^:]*", artifact["uri"]), "relative to the repository"
    assert region == {"startLine": 12, "startColumn": 3}
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "R39"
    assert result["message"]["text"]
    assert result["level"] == "error"
    assert re.fullmatch(r"[0-9a-f]{64}", result["partialFingerprints"]["primaryLocationLineHash"])


def _fingerprint(finding: Finding) -> str:
    (result,) = _run(finding)["results"]
    text: str = result["partialFingerprints"]["primaryLocationLineHash"]
    return text


def test_a_finding_is_the_same_when_lines_above_it_move() -> None:
    assert _fingerprint(replace(OPEN, position=Position("environments/prod.yaml", 99, 1))) == _fingerprint(OPEN)
    assert _fingerprint(replace(OPEN, address="databricks_catalog.other")) != _fingerprint(OPEN)


def test_two_findings_about_one_document_are_two() -> None:
    own = replace(OPEN, rule="WAIVER_EXPIRED", address="", construct_path="", stack="")
    moved = replace(own, position=Position("environments/prod.yaml", 99, 1))
    assert _fingerprint(own) != _fingerprint(moved)


def test_what_no_document_has_stands_at_the_stack() -> None:
    (result,) = _run(replace(OPEN, position=None))["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "cdktf.out/stacks/prod-landing-zone/cdk.tf.json"


def test_waived_is_suppressed() -> None:
    (result,) = _run(waived=(replace(OPEN, waiver=WAIVER),))["results"]
    assert result["suppressions"][0]["status"] == "accepted"
    assert "moves to its own storage" in result["suppressions"][0]["justification"]


def test_more_than_github_takes_is_left_out_and_said() -> None:
    findings = (replace(OPEN, rule="R66"), *(replace(OPEN, address=f"databricks_catalog.c{n}") for n in range(25_000)))
    run = _run(*findings)
    assert len(run["results"]) == 25_000
    assert run["results"][0]["ruleId"] == "R66"
    (said,) = run["invocations"][0]["toolExecutionNotifications"]
    assert "25001 findings" in said["message"]["text"]
