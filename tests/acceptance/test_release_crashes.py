"""A move that is stopped at any step, two movers at once, and a line that somebody else changed meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from shipway.cli._releasing import Answers, Session
from shipway.errors import ShipwayError
from shipway.ledger.chain import SomebodyWasFirst
from shipway.ledger.entry import Act, Entry, Kind, Result
from shipway.ledger.fold import fold
from shipway.ledger.report import report_on
from shipway.models.release import Phase, Release
from shipway.release.carry_out import carry_out
from shipway.release.disagreement import Disagreement, Way
from shipway.release.line import Line, Ports, Request, only_one, read_manifest
from shipway.release.machine import IllegalMove
from shipway.release.moves import Move
from shipway.release.prepared import Done
from shipway.release.steps import Stage

pytestmark = [pytest.mark.terraform, pytest.mark.slow]

CANDIDATE = Release(version="9.0.0", wheel_sha256="9" * 64, model_version=97)
ADMIT = Request(Move.ADMIT, "RC-FEATURE", candidate=CANDIDATE)


class Killed(BaseException):
    """Nobody catches it: the process is gone."""


class Bench:
    """A line that is moved in this process, and stopped wherever a test wants."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.said: list[str] = []

    def move(self, request: Request, *, stop_before: Stage | None = None, **seams: object) -> Done:
        def tell(stage: Stage) -> None:
            if stage is stop_before:
                raise Killed

        with Session.open(self.line, Answers(yes=True, quiet=True)) as session:
            ports: Ports = replace(session.ports, tell=tell, say=self.said.append, **seams)  # type: ignore[arg-type]
            return carry_out(self.line, session.terms, request, ports)

    def crash(self, request: Request, stage: Stage) -> None:
        with pytest.raises(Killed):
            self.move(request, stop_before=stage)

    @property
    def manifest(self) -> bytes:
        return self.line.manifest.read_bytes()

    @property
    def phase(self) -> Phase:
        return read_manifest(self.manifest, "").phase

    def outcomes(self) -> list[tuple[str, str]]:
        return [(one.move, one.result.value) for one in self.entries() if one.result]

    def entries(self) -> list[Entry]:
        """What was told since the line was deployed."""
        with Session.open(self.line, Answers(quiet=True)) as session:
            return [one for one in session.ports.ledger.entries("claims-triage") if one.move != Act.DEPLOY]

    def objects(self) -> dict[str, bytes]:
        store = self.line.root / ".shipway" / "sandbox" / "workspaces"
        return {str(path.relative_to(store)): path.read_bytes() for path in sorted(store.rglob("*.json"))}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, deployed_project: Callable[[Path], Path]) -> Path:
    return deployed_project(tmp_path_factory.mktemp("crashes") / "project")


@pytest.fixture
def bench(root: Path) -> Iterator[Bench]:
    """The line at rest, deployed and never moved; it must be at rest again after the test."""
    found = Bench(Line(root, "test", "claims-triage"))
    kept, objects = found.manifest, found.objects()
    ledger = root / ".shipway/sandbox/ledger/test.jsonl"
    recorded = ledger.read_bytes()
    yield found
    if found.manifest != kept:
        # What a test left open is taken back before there is anything to abort.
        with suppress(IllegalMove):
            found.move(Request(Move.ABORT, "RJ-EVAL"))
    assert (found.manifest, found.objects()) == (kept, objects)
    # Whatever was stopped and whoever came second: the chain is whole, every blob is there, nothing is left open.
    with Session.open(found.line, Answers(quiet=True)) as session:
        assert report_on(session.ports.ledger, ()).findings == ()
    ledger.write_bytes(recorded)


@pytest.mark.parametrize("stage", [Stage.PLAN, Stage.AGREE, Stage.INTEND], ids=str)
def test_stopped_before_the_intent_nothing_has_happened(bench: Bench, stage: Stage) -> None:
    manifest, objects = bench.manifest, bench.objects()
    bench.crash(ADMIT, stage)
    assert (bench.manifest, bench.objects(), bench.entries()) == (manifest, objects, [])
    bench.move(ADMIT)
    assert bench.said == []


def test_stopped_before_the_manifest_was_written_nothing_is_left_of_it(bench: Bench) -> None:
    bench.crash(ADMIT, Stage.WRITE)
    bench.move(replace(ADMIT, reason="RC-FIX"))
    assert "had not ended; it is taken back now" in bench.said[0]
    assert bench.outcomes() == [("admit", "undone"), ("admit", "done")]


@pytest.mark.parametrize("stage", [Stage.APPLY, Stage.READ_BACK, Stage.RECORD], ids=str)
def test_stopped_after_the_manifest_was_written_the_next_move_goes_on_from_it(bench: Bench, stage: Stage) -> None:
    bench.crash(ADMIT, stage)
    assert bench.phase.value == "admitted"
    bench.move(Request(Move.SHADOW, ""))
    assert "had not ended; it is finished now" in bench.said[0]
    assert bench.outcomes() == [("admit", "done"), ("shadow", "done")]
    assert bench.phase.value == "shadow"


@pytest.mark.parametrize("stage", [Stage.APPLY, Stage.RECORD], ids=str)
def test_who_goes_back_gets_what_did_not_end_taken_back(bench: Bench, stage: Stage) -> None:
    manifest, objects = bench.manifest, bench.objects()
    bench.crash(ADMIT, stage)
    with pytest.raises(ShipwayError, match="no abort from there"):
        # It is back where it was: there is nothing left to abort.
        bench.move(Request(Move.ABORT, "RJ-EVAL"))
    assert "it is taken back now" in bench.said[0]
    assert (bench.manifest, bench.objects()) == (manifest, objects)


def test_a_dry_run_names_what_is_open_and_leaves_it(bench: Bench) -> None:
    bench.crash(ADMIT, Stage.APPLY)
    with pytest.raises(Disagreement) as refused:
        bench.move(Request(Move.SHADOW, "", dry_run=True))
    assert refused.value.way is Way.OPEN
    with Session.open(bench.line, Answers(quiet=True)) as session:
        assert fold(session.ports.ledger.entries(), bench.line.key).open_intent is not None


def test_of_two_at_once_one_is_told(bench: Bench) -> None:
    with only_one(bench.line), pytest.raises(ShipwayError, match="somebody moves claims-triage in test right now"):
        bench.move(ADMIT)
    assert bench.entries() == []


def test_who_comes_second_from_another_machine_is_told_by_the_ledger(bench: Bench) -> None:
    def somebody_else(prepared: object) -> None:
        with Session.open(bench.line, Answers(quiet=True)) as session:
            ledger = session.ports.ledger
            theirs = Entry(kind=Kind.EVENT, environment="test", use_case="claims-triage", move="judge", actor="eve")
            ledger.append(theirs, ledger.entries()[-1].hash)

    manifest, objects = bench.manifest, bench.objects()
    with pytest.raises(SomebodyWasFirst, match="eve"):
        bench.move(ADMIT, agree=somebody_else)
    assert (bench.manifest, bench.objects()) == (manifest, objects)


def test_a_manifest_that_is_edited_meanwhile_stays_as_it_was_edited(bench: Bench) -> None:
    kept = bench.manifest
    edited = kept + b"# somebody thinks aloud\n"

    def edit(stage: Stage) -> None:
        if stage is Stage.WRITE:
            bench.line.manifest.write_bytes(edited)

    with Session.open(bench.line, Answers(yes=True, quiet=True)) as session:
        ports = replace(session.ports, tell=edit)
        with pytest.raises(ShipwayError, match="was edited while this was decided"):
            carry_out(bench.line, session.terms, ADMIT, ports)
    assert bench.manifest == edited
    assert bench.entries()[-1].result is Result.UNDONE
    bench.line.manifest.write_bytes(kept)
