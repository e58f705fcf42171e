"""The use case with effects: a claim reaches the work queue once, by the slot that may; none once it is killed."""

from __future__ import annotations

import importlib
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

from shipway.flags.change import begin, kill
from shipway.flags.file import Line
from shipway.flags.store import FileStore
from shipway.pointer.json_form import render
from shipway.pointer.pointer import Pointer
from shipway.runtime import outputs, tables
from shipway.runtime.job import job_parameters

SOURCE = Path(__file__).parents[2] / "bundles" / "claims-triage" / "src"
DAY = "2026-11-03"
SALT = "claims-triage/r0123456789ab"


@pytest.fixture
def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHIPWAY_SANDBOX", str(tmp_path))
    monkeypatch.syspath_prepend(str(SOURCE))
    begin(FileStore(flags(tmp_path)), Line("dev", "claims-triage"), "a test", datetime.now(UTC))
    return tmp_path


def flags(sandbox: Path) -> Path:
    file = sandbox / "volumes" / "c" / "s" / "v" / "flags.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    return file


def module(name: str) -> ModuleType:
    return importlib.import_module(f"claims_triage.{name}")


def route(monkeypatch: pytest.MonkeyPatch, slot: str, pointer: Pointer | None, release: str = "r1") -> None:
    """One slot's tasks for one day, with the scores of its model's last version."""
    values = {"catalog": "c", "schema": "s", "slot": slot, "release": release, "model_version": "8", "as_of": DAY}
    values |= {"flags": "/Volumes/c/s/v/flags.json", "pointer": render(pointer) if pointer else ""}
    arguments = [f"--{name}={value}" for name, value in values.items()]
    job = job_parameters(arguments)
    monkeypatch.setattr(sys, "argv", ["task", *arguments])
    module("reference").main()
    model = module("train").versions()[-1]
    claims = tables.read(job.named("claims"), reported_on=job.as_of)
    scores = [(claim["claim_id"], model.score(claim)) for claim in claims]
    rows = [{"claim_id": claim, "score": score, "desk": model.desk(score)} for claim, score in scores]
    outputs.publish(job, "triage_scores", rows, {"claim_id": "string", "score": "double", "desk": "string"})
    module("route").main()


def queued() -> list[str]:
    return sorted(row["claim_id"] for row in tables.read("c.s.work_queue"))


def test_in_a_canary_each_claim_is_routed_once_by_one_of_both(sandbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    canary = Pointer("blue", "green", 25, SALT)
    for slot, release in (("blue", "r1"), ("green", "r2"), ("blue", "r1")):
        route(monkeypatch, slot, canary, release)
    assert len(queued()) == len(set(queued())) == 40
    assert {row["slot"] for row in tables.read("c.s.work_queue")} == {"blue", "green"}
    measured = tables.read("c.s.claims_triage_measures")
    assert len(measured) == 80
    assert sum(row["value"] for row in measured) / 80 > 0.8


def test_who_starts_a_slot_by_hand_routes_nothing(sandbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    route(monkeypatch, "blue", None)
    assert queued() == []
    assert len(tables.read("c.s.work_queue_rehearsed")) == 40


def test_what_is_killed_or_has_no_flags_routes_nothing(
    sandbox: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    line = Line("dev", "claims-triage")
    kill(FileStore(flags(sandbox)), line, "route", "floods go to the wrong desk", "a test", datetime.now(UTC))
    route(monkeypatch, "blue", Pointer("blue"))
    assert queued() == []
    assert "route is out of service: killed" in capsys.readouterr().out


def test_a_release_that_is_killed_routes_nothing_and_the_others_do(
    sandbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Line("dev", "claims-triage")
    kill(FileStore(flags(sandbox)), line, "r2", "RB-QUALITY: the judge says FAILED", "watcher job", datetime.now(UTC))
    canary = Pointer("blue", "green", 25, SALT)
    route(monkeypatch, "blue", canary, "r1")
    route(monkeypatch, "green", canary, "r2")
    # The candidate's claims are routed by people, as before; nobody else takes them.
    assert {row["release"] for row in tables.read("c.s.work_queue")} == {"r1"}
    assert len(queued()) < 40


def test_without_flags_nothing_is_routed(sandbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flags(sandbox).unlink()
    route(monkeypatch, "blue", Pointer("blue"), "r2")
    assert queued() == []
