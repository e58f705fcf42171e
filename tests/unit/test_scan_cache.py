"""What was scanned before is not scanned again, and the report does not show it but where it says so."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from shipway.outside.checkov import Checkov
from shipway.outside.checkov_fake import FakeCheckov
from shipway.scan.cache import ScanCache
from shipway.scan.report import ScanReport
from shipway.scan.rules import read_rules
from shipway.scan.run import scan
from shipway.scan.scanner import RawResult, Scanner, Status

TODAY = date(2026, 11, 21)


def _stack(name: str) -> bytes:
    metadata = {"metadata": {"path": f"{name}/catalogs/claims/catalog"}}
    catalog = {"name": name, "isolation_mode": "OPEN", "storage_root": "${x}", "//": metadata}
    stack: dict[str, Any] = {"resource": {"databricks_catalog": {"c": catalog}}, "module": {"m": {"source": "./m"}}}
    return json.dumps(stack).encode()


STACKS = {name: _stack(name) for name in ("a", "b", "c")}


def _scan(root: Path, scanner: Scanner, folder: Path | None, stacks: dict[str, bytes] = STACKS) -> ScanReport:
    rules = read_rules(root / "policies")
    cache = ScanCache(folder, rules.digest, scanner.version) if folder else None
    return scan(stacks, rules, scanner, today=TODAY, find=lambda path: None, cache=cache)


def _comparable(report: ScanReport) -> dict[str, Any]:
    """Everything but where the results came from."""
    data = report.as_json()
    assert data["receipt"].pop("of") in ("this run", "an earlier run")
    for stack in data["stacks"]:
        del stack["cached"]
    return data


def test_cached_report_equals_a_cold_one(root: Path, tmp_path: Path) -> None:
    cold = _scan(root, Checkov(), None)
    filling = _scan(root, Checkov(), tmp_path)
    cached = _scan(root, Checkov(), tmp_path)
    assert _comparable(cached) == _comparable(filling) == _comparable(cold)
    assert cold.findings
    assert not filling.all_cached
    assert cached.all_cached
    assert cached.as_json()["receipt"]["of"] == "an earlier run"


def test_only_what_changed_is_scanned(root: Path, tmp_path: Path) -> None:
    fake = FakeCheckov()
    _scan(root, fake, tmp_path)
    fake.assert_asked("a", "b", "c")
    report = _scan(root, fake, tmp_path, STACKS | {"b": _stack("changed")})
    fake.assert_asked("b")
    assert [stack.cached for stack in report.stacks] == [True, False, True]
    _scan(root, fake, tmp_path)
    assert len(fake.asked) == 2


def test_other_rules_or_another_scanner_ask_again(root: Path, tmp_path: Path) -> None:
    copy = tmp_path / "project"
    shutil.copytree(root / "policies", copy / "policies", ignore=shutil.ignore_patterns("__pycache__"))
    fake = FakeCheckov()
    _scan(copy, fake, tmp_path / "cache")
    (copy / "policies" / "_grants.py").write_text((copy / "policies" / "_grants.py").read_text() + "\n")
    _scan(copy, fake, tmp_path / "cache")
    fake.assert_asked("a", "b", "c")
    assert len(fake.asked) == 2
    newer = FakeCheckov(version="fake 2")
    _scan(copy, newer, tmp_path / "cache")
    newer.assert_asked("a", "b", "c")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'{"results": 1}', b"\xff", b"[" * 100_000])
def test_a_broken_entry_is_as_good_as_none(root: Path, tmp_path: Path, content: bytes) -> None:
    answer = RawResult("databricks_catalog.c", "R39", "a/x", Status.FAILED, ("open",))
    fake = FakeCheckov({name: [answer] for name in STACKS})
    before = _scan(root, fake, tmp_path)
    for entry in tmp_path.rglob("*.json"):
        entry.write_bytes(content)
    assert _comparable(_scan(root, fake, tmp_path)) == _comparable(before)
    assert len(fake.asked) == 2


def test_results_without_their_receipt_are_not_believed(root: Path, tmp_path: Path) -> None:
    fake = FakeCheckov()
    _scan(root, fake, tmp_path)
    (receipt,) = tmp_path.rglob("receipt.json")
    receipt.unlink()
    _scan(root, fake, tmp_path)
    fake.assert_asked("a", "b", "c")


def test_a_folder_that_cannot_be_written_to_costs_only_time(root: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    fake = FakeCheckov()
    _scan(root, fake, tmp_path / "file" / "cache")
    _scan(root, fake, tmp_path / "file" / "cache")
    assert len(fake.asked) == 2


def test_a_scan_that_fails_leaves_nothing_behind(root: Path, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="not a synthesized stack"):
        _scan(root, Checkov(), tmp_path, STACKS | {"b": b"{"})
    assert list(tmp_path.rglob("*")) == []
