"""Rules on a resource among others: of its stack and of all stacks, by name or by reference, known or not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from shipway.outside.checkov import Checkov
from shipway.scan.cache import ScanCache
from shipway.scan.report import ScanReport
from shipway.scan.rules import read_rules
from shipway.scan.run import scan
from shipway.scan.scanner import Status

POLICIES = Path(__file__).parents[2] / "policies"
TRIAGE = {"name": "triage", "catalog_name": "${databricks_catalog.c.name}"}
DECLARED = {"databricks_schema": {"s": TRIAGE}, "databricks_catalog": {"c": {"name": "claims_prod"}}}


def _text(resources: Mapping[str, Any]) -> bytes:
    return json.dumps({"resource": resources}).encode()


def _grants(**attributes: Any) -> dict[str, Any]:
    return {"grant": [{"principal": "g", "privileges": ["SELECT"]}], **attributes}


def _said(rule: str, stacks: Mapping[str, Mapping[str, Any]]) -> dict[str, Status]:
    """What a rule of scope project says, by stack and label."""
    found = Checkov().scan({}, POLICIES, {"p": {name: _text(content) for name, content in stacks.items()}})
    return {
        f"{stack}/{result.address.partition('.')[2]}": result.status
        for stack, results in found.projects["p"].items()
        for result in results
        if result.rule == rule
    }


@pytest.mark.parametrize(
    ("mine", "theirs", "status"),
    [
        ("claims_prod.triage", "claims_prod.triage", Status.FAILED),
        ("claims_prod.triage", "Claims_Prod.Triage", Status.FAILED),
        ("${databricks_schema.s.id}", "claims_prod.triage", Status.FAILED),
        ("${databricks_schema.s.id}", "claims_prod.other", Status.PASSED),
        ("claims_prod.triage", "claims_test.triage", Status.PASSED),
    ],
)
def test_two_stacks_grant_on_one_schema(mine: str, theirs: str, status: Status) -> None:
    one = {**DECLARED, "databricks_grants": {"a": _grants(schema=mine)}}
    other = {"databricks_grants": {"b": _grants(schema=theirs)}}
    assert _said("R47", {"one": one, "other": other}) == {"one/a": status, "other/b": status}


@pytest.mark.parametrize(
    "value",
    ["${var.schema}", "${databricks_schema.gone.id}", "${databricks_schema.s.id}-${var.x}", "${databricks_schema.s.x}"],
)
def test_what_is_granted_on_is_not_known(value: str) -> None:
    said = _said("R47", {"one": {**DECLARED, "databricks_grants": {"a": _grants(schema=value)}}})
    assert said == {"one/a": Status.UNKNOWN}


def test_references_in_a_circle_are_unknown() -> None:
    circle = {"c": {"name": "${databricks_catalog.d.name}"}, "d": {"name": "${databricks_catalog.c.name}"}}
    grants = {"a": _grants(catalog="${databricks_catalog.c.name}")}
    assert _said("R47", {"s": {"databricks_catalog": circle, "databricks_grants": grants}}) == {"s/a": Status.UNKNOWN}


@pytest.mark.parametrize(
    ("mine", "theirs", "status"),
    [("g", "h", Status.PASSED), ("g", "g", Status.FAILED), ("g", "G", Status.FAILED), ("g", "${x.y}", Status.UNKNOWN)],
)
def test_one_grant_for_a_principal(mine: str, theirs: str, status: Status) -> None:
    grants = {
        label: {"catalog": "c", "principal": principal, "privileges": ["BROWSE"]}
        for label, principal in (("a", mine), ("b", theirs))
    }
    assert set(_said("R47", {"s": {"databricks_grant": grants}}).values()) == {status}


def test_equal_resources_of_two_stacks_are_two() -> None:
    same = {"databricks_grants": {"a": _grants(catalog="c")}}
    assert set(_said("R47", {"one": same, "other": same}).values()) == {Status.FAILED}


def test_a_type_spelled_with_escapes_is_seen() -> None:
    hidden = _text({"databricks_grants": {"b": _grants(catalog="c")}}).replace(b"databricks_g", b"\\u0064atabricks_g")
    seen = _text({"databricks_grants": {"a": _grants(catalog="c")}})
    found = Checkov().scan({}, POLICIES, {"p": {"one": seen, "other": hidden}}).projects["p"]
    assert [result.status for results in found.values() for result in results] == [Status.FAILED] * 2


GRANTS = {name: _text({"databricks_grants": {"a": _grants(catalog=name)}}) for name in ("one", "other")}


def _scan(folder: Path, stacks: dict[str, bytes], beside: dict[str, bytes] | None = None) -> ScanReport:
    rules, scanner = read_rules(POLICIES), Checkov()
    cache = ScanCache(folder, rules.digest, scanner.version)
    return scan(stacks, rules, scanner, today=date(2026, 11, 21), find=lambda path: None, cache=cache, beside=beside)


def _clashes(report: ScanReport) -> set[str]:
    return {finding.stack for finding in report.findings if finding.rule == "R47"}


def test_an_unchanged_stack_is_judged_anew_beside_a_changed_one(tmp_path: Path) -> None:
    assert _clashes(_scan(tmp_path, GRANTS)) == set()
    changed = _scan(tmp_path, GRANTS | {"other": GRANTS["one"]})
    assert _clashes(changed) == {"one", "other"}
    assert [stack.cached for stack in changed.stacks] == [True, True], "the same bytes were judged before, alone"
    assert _clashes(_scan(tmp_path, GRANTS)) == set()


def test_only_the_wanted_stack_is_reported_on_beside_all(tmp_path: Path) -> None:
    report = _scan(tmp_path, {"one": GRANTS["one"]}, {"one": GRANTS["one"], "other": GRANTS["one"]})
    assert [stack.name for stack in report.stacks] == ["one"]
    assert _clashes(report) == {"one"}
