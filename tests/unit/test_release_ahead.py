"""Which lines a run of plan or deploy leaves alone, and why: by their manifest and what their ledger says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shipway.cli._lines import Lines, NoMove, lines_of
from shipway.cli._release_noting import note_deployed
from shipway.ledger.chain import Ledger, ledger_folder
from shipway.ledger.entry import Entry, Kind, Result, head_of
from shipway.ledger.fold import fold
from shipway.models.release import ReleaseManifest
from shipway.release.ahead import Ahead, ahead_of
from shipway.release.disagreement import Disagreement, Way
from shipway.release.line import Line, read_manifest
from shipway.release.machine import advance
from shipway.release.moves import MOVES, Move
from shipway.release.record import standing
from shipway.release.writing import edited

PERCENTS = (5, 25, 50)
REST = b"""active: blue  # a comment
slots:
  blue: {version: 1.0.0, wheel_sha256: %s, model_version: 1}
  green: {version: 1.1.0, wheel_sha256: %s, model_version: 2}
""" % (b"a" * 64, b"b" * 64)
PATH = (Move.ADMIT, Move.SHADOW, Move.CANARY, Move.STEP, Move.STEP, Move.FLIP, Move.STABILISE, Move.RETIRE)


@dataclass(frozen=True)
class Told:
    """A line and its ledger."""

    line: Line
    ledger: Ledger

    def deployed(self, manifest: bytes) -> None:
        out = self.line.root / "out"
        folder = out / "stacks" / self.line.stack
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "cdk.tf.json").write_bytes(b"{}")
        note_deployed(self.line.root, out, {self.line.stack: manifest}, is_live=False)

    def begun(self, move: Move, before: bytes, after: bytes) -> Entry:
        entry = Entry(
            kind=Kind.INTENT,
            environment=self.line.environment,
            use_case=self.line.use_case,
            move=move.value,
            actor="ada",
            before=self.ledger.blobs.put(before),
            after=self.ledger.blobs.put(after),
        )
        return self.ledger.append(entry, head_of(self.ledger.entries()))

    def moved(self, move: Move, before: bytes, after: bytes, *, back_fill: bool = False) -> None:
        intent = self.begun(move, before, after)
        stands = standing(read_manifest(after, ""))
        outcome = Entry(
            kind=Kind.OUTCOME, environment=intent.environment, use_case=intent.use_case, move=intent.move, actor="ada",
            before=intent.before, after=intent.after, closes=intent.hash, result=Result.DONE, stands=stands,
            back_fill=back_fill,
        )  # fmt: skip
        self.ledger.append(outcome, intent.hash)

    def ahead(self, manifest: bytes) -> Ahead | None:
        return ahead_of(self.line, manifest, fold(self.ledger.entries(), self.line.key), self.ledger.blobs, PERCENTS)


@pytest.fixture
def told(tmp_path: Path) -> Told:
    return Told(Line(tmp_path, "prod", "letters"), Ledger(ledger_folder(tmp_path, live=False), "prod", _now))


def _now() -> datetime:
    return datetime.now(UTC)


def after(manifest: bytes, *moves: Move) -> bytes:
    """The manifest after these moves, edited as the commands do."""
    at_rest = found = read_manifest(manifest, "")
    candidate = found.slots.green.model_copy(update={"model_version": 9})
    for move in moves:
        found = advance("x", found, move, PERCENTS, candidate=candidate, reason="why", at_rest=at_rest)
    return edited(manifest, found)


def test_before_its_record_begins_a_line_is_deployed_as_it_is_declared(told: Told) -> None:
    assert told.ahead(after(REST, *PATH[:3])) is None


@pytest.mark.parametrize("length", range(len(PATH)))
def test_every_move_onwards_is_known_by_its_name(told: Told, length: int) -> None:
    stands = after(REST, *PATH[:length])
    told.deployed(stands)
    found = told.ahead(after(REST, *PATH[: length + 1]))
    assert found is not None
    assert (found.way, found.move) == (Way.UNAPPLIED, PATH[length])
    assert found.text == f"the manifest is a{'n' * (PATH[length] is Move.ADMIT)} {PATH[length].value}"
    assert found.carried_out_by == "shipway release apply letters --env prod"


def test_there_is_no_move_that_a_deploy_would_make(told: Told) -> None:
    """The list of moves is the table's: a new one is left out as well."""
    made = {*PATH, Move.ABORT, Move.ROLLBACK, Move.HOLD, Move.RESUME}
    assert {row.move for row in MOVES} == made
    told.deployed(after(REST, *PATH[:3]))
    for move in (Move.ROLLBACK, Move.HOLD):
        found = told.ahead(after(REST, *PATH[:3], move))
        assert found is not None
        assert found.move is move


def test_a_comment_is_no_move(told: Told) -> None:
    told.deployed(REST)
    assert told.ahead(REST.replace(b"a comment", b"another comment")) is None


TWO = {
    "two moves": lambda: after(REST, Move.ADMIT, Move.SHADOW),
    "a flip from rest": lambda: REST.replace(b"active: blue", b"active: green"),
    "a slot without an admission": lambda: REST.replace(b"model_version: 2", b"model_version: 3"),
    "the live slot": lambda: REST.replace(b"model_version: 1", b"model_version: 3"),
}


@pytest.mark.parametrize("what", TWO)
def test_an_edit_that_is_no_legal_move_says_which_are(told: Told, what: str) -> None:
    told.deployed(REST)
    with pytest.raises(Disagreement, match="no single move leads") as refused:
        told.ahead(TWO[what]())
    assert "from there: admit" in refused.value.hint


@pytest.mark.parametrize("written", [True, False])
def test_a_line_whose_move_did_not_end_is_left_alone(told: Told, written: bool) -> None:
    told.deployed(REST)
    admitted = after(REST, Move.ADMIT)
    told.begun(Move.ADMIT, REST, admitted)
    found = told.ahead(admitted if written else REST)
    assert found is not None
    assert (found.way, found.move) == (Way.OPEN, None)


@pytest.mark.parametrize("length", [3, 5, 6, 7])
def test_what_was_taken_back_in_the_night_is_not_brought_in_again_by_git(told: Told, length: int) -> None:
    """The manifest in Git is from before the rollback: from a canary it even looks like a legal move."""
    stood, shadow = after(REST, *PATH[:length]), after(REST, *PATH[:2])
    told.deployed(stood)
    told.moved(Move.ROLLBACK, stood, shadow, back_fill=True)
    assert told.ahead(shadow) is None
    found = told.ahead(stood)
    assert found is not None
    assert (found.way, found.move) == (Way.BACK_FILL, None)
    # Where to take it from, when the machine that did it is not here.
    assert told.ledger.entries()[-1].after in found.text
    told.moved(Move.ABORT, shadow, REST, back_fill=True)
    found = told.ahead(stood)
    assert found is not None
    assert found.way is Way.BACK_FILL


LINES = ("prod-claims-reserve", "prod-claims-triage", "test-claims-triage")


@pytest.fixture
def sorted_out(project: Path) -> Callable[[], Lines]:
    """The project's lines, all of them on record."""
    out = project / "out"
    for stack in LINES:
        folder = out / "stacks" / stack
        folder.mkdir(parents=True)
        (folder / "cdk.tf.json").write_bytes(b"{}")
    known = lines_of(project, LINES, is_live=False)
    assert (known.stacks, known.ahead, sorted(known.manifests)) == (LINES, (), sorted(LINES))
    note_deployed(project, out, known.manifests, is_live=False)
    return lambda: lines_of(project, ("prod-landing-zone", *LINES), is_live=False)


def manifest_of(project: Path, stack: str) -> Path:
    environment, _, use_case = stack.partition("-")
    return project / "releases" / environment / f"{use_case}.yaml"


def admit(path: Path) -> None:
    found: ReleaseManifest = read_manifest(path.read_bytes(), "")
    candidate = found.candidate.model_copy(update={"model_version": 90})
    wanted = advance("x", found, Move.ADMIT, PERCENTS, candidate=candidate)
    path.write_bytes(edited(path.read_bytes(), wanted))


def test_what_is_a_move_is_left_out_and_the_rest_goes_on(project: Path, sorted_out: Callable[[], Lines]) -> None:
    assert sorted_out().ahead == ()
    admit(manifest_of(project, "prod-claims-triage"))
    found = sorted_out()
    assert found.stacks == ("prod-landing-zone", "prod-claims-reserve", "test-claims-triage")
    assert [(one.line.stack, one.move) for one in found.ahead] == [("prod-claims-triage", Move.ADMIT)]
    assert "prod-claims-triage" not in found.manifests
    # Who asked for another line is not kept from it by this one.
    assert lines_of(project, ("prod-claims-reserve",), is_live=False).ahead == ()


def test_every_manifest_that_is_no_move_is_named_at_once(project: Path, sorted_out: Callable[[], Lines]) -> None:
    for stack in LINES[:2]:
        path = manifest_of(project, stack)
        path.write_text(path.read_text().replace("active: blue", "active: green"))
    found = sorted_out()
    assert found.stacks == ("prod-landing-zone", "test-claims-triage")
    assert sorted(found.manifests) == ["test-claims-triage"]
    with pytest.raises(NoMove) as refused:
        found.refuse_wrong()
    assert refused.value.exit_code == 4
    assert all(f"releases/prod/{name}.yaml" in refused.value.message for name in ("claims-reserve", "claims-triage"))
