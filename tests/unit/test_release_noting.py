"""What a deploy tells the ledger: where a record begins, and what a line was left with, whoever is there meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shipway.cli._release_noting import _note, note_deployed, note_destroyed
from shipway.ledger.blobs import digest_of
from shipway.ledger.chain import Ledger, ledger_folder
from shipway.ledger.entry import GENESIS, Entry, Kind, Result, Standing
from shipway.ledger.fold import Recorded, fold
from shipway.ledger.report import report_on
from shipway.release.line import Line
from shipway.release.record import applied_synth

LINE = ("prod", "letters")
MANIFEST = b"""active: blue
slots:
  blue: {version: 1.0.0, wheel_sha256: %s, model_version: 1}
  green: {version: 1.1.0, wheel_sha256: %s, model_version: 2}
""" % (b"a" * 64, b"b" * 64)


@dataclass(frozen=True)
class Project:
    """A project with a ledger that knows one move, and a synthesized stack."""

    root: Path

    @property
    def ledger(self) -> Ledger:
        return Ledger(ledger_folder(self.root, live=False), LINE[0], lambda: datetime.now(UTC))

    def told(self, synth: bytes = b"{}") -> None:
        stands = Standing(phase="at_rest", active="blue", live="r1")
        intent = Entry(kind=Kind.INTENT, environment=LINE[0], use_case=LINE[1], move="retire", actor="a")
        known = self.ledger.entries()
        begun = self.ledger.append(intent, known[-1].hash if known else GENESIS)
        done = Entry(
            kind=Kind.OUTCOME,
            environment=LINE[0],
            use_case=LINE[1],
            move="retire",
            actor="a",
            closes=begun.hash,
            result=Result.DONE,
            stands=stands,
            details={"synth_after": self.ledger.blobs.put(synth)},
        )
        self.ledger.append(done, begun.hash)

    def synthesized(self, content: bytes) -> Path:
        out = self.root / "out"
        stack = out / "stacks" / "-".join(LINE)
        stack.mkdir(parents=True, exist_ok=True)
        (stack / "cdk.tf.json").write_bytes(content)
        return out

    def deployed(self, content: bytes) -> None:
        note_deployed(self.root, self.synthesized(content), {"-".join(LINE): MANIFEST}, is_live=False)

    @property
    def known(self) -> str:
        return applied_synth(self.ledger.entries(), LINE)

    @property
    def recorded(self) -> Recorded:
        return fold(self.ledger.entries(), LINE)


def test_the_first_deploy_begins_the_record_of_a_line_and_the_next_one_says_nothing(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.deployed(b"{}")
    project.deployed(b"{}")
    (begun,) = project.ledger.entries()
    assert (begun.move, begun.result, begun.after) == ("deploy", Result.DONE, digest_of(MANIFEST))
    assert project.recorded.manifest == digest_of(MANIFEST)
    assert project.recorded.stands is not None
    assert (project.recorded.stands.phase, project.recorded.stands.active) == ("at_rest", "blue")
    # Nobody knows since when it is live: it was deployed, and perhaps not for the first time.
    assert project.recorded.live_since == ""
    assert report_on(project.ledger, ()).findings == ()


def test_what_was_destroyed_begins_anew(tmp_path: Path) -> None:
    project = Project(tmp_path)
    note_destroyed(tmp_path, ["-".join(LINE), "prod-landing-zone", "account"], is_live=False)
    assert project.ledger.entries() == ()
    project.deployed(b"{}")
    note_destroyed(tmp_path, ["-".join(LINE)], is_live=False)
    note_destroyed(tmp_path, ["-".join(LINE)], is_live=False)
    assert [one.move for one in project.ledger.entries()] == ["deploy", "destroy"]
    assert (project.recorded.manifest, project.known) == ("", "")
    project.deployed(b"{}")
    assert project.recorded.manifest == digest_of(MANIFEST)


def test_who_deploys_is_the_one_whom_ci_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIPWAY_ACTOR", "ada")
    Project(tmp_path).deployed(b"{}")
    assert Project(tmp_path).ledger.entries()[0].actor == "ada"


def test_another_stack_than_the_last_is_told_and_the_same_is_not(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.told(b"{}")
    project.deployed(b"{}")
    assert len(project.ledger.entries()) == 2
    project.deployed(b'{"a": 1}')
    assert project.known == digest_of(b'{"a": 1}')


class Interrupted(Ledger):
    """A ledger that somebody else tells something right after it was read for the first time."""

    meanwhile: Project | None = None

    def entries(self, use_case: str | None = None) -> tuple[Entry, ...]:
        found = super().entries(use_case)
        if self.meanwhile is not None:
            project, self.meanwhile = self.meanwhile, None
            project.told(b'{"b": 2}')
        return found


def test_who_was_first_does_not_make_a_deploy_fail_that_is_done(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.told(b"{}")
    ledger = Interrupted(ledger_folder(tmp_path, live=False), LINE[0], lambda: datetime.now(UTC))
    ledger.meanwhile = project
    _note(ledger, Line(tmp_path, *LINE), MANIFEST, b'{"a": 1}')
    assert ledger.meanwhile is None
    assert project.known == digest_of(b'{"a": 1}')
