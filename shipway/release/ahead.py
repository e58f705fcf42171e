"""Lines that a run of plan or deploy leaves alone: what their manifest asks for beyond the record is a move.

A move has a proof, gates and a record, and a plan set has none of them (docs/adr/0017). So a line whose manifest is not
what its ledger says it was left with is left out, each for one of three reasons; whatever else its stack changes is
deployed as ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shipway.ledger.blobs import Blobs, digest_of
from shipway.ledger.entry import Entry
from shipway.ledger.fold import Recorded
from shipway.models.release import ReleaseManifest
from shipway.release.disagreement import Disagreement, Open, Way, said
from shipway.release.line import Line, read_manifest
from shipway.release.machine import legal_moves, move_between
from shipway.release.moves import Move

__all__ = ["Ahead", "ahead_of", "behind", "move_to"]


@dataclass(frozen=True, slots=True)
class Ahead:
    """A line that is left out, and why."""

    line: Line
    way: Way
    """UNAPPLIED: a move is waiting. OPEN: one did not end. BACK_FILL: Git does not know of a way back."""
    text: str
    move: Move | None = None

    @property
    def carried_out_by(self) -> str:
        """The command that makes the move, without where."""
        return f"shipway release apply {self.line.use_case} --env {self.line.environment}"


def ahead_of(line: Line, content: bytes, recorded: Recorded, blobs: Blobs, percents: Sequence[int]) -> Ahead | None:
    """Why a line is left out, by its manifest and its record; None where the manifest is what it was left with.

    None as well where nothing is recorded: a line's record begins with its first deploy. Raises Disagreement for a
    manifest to which no single move leads.
    """
    if recorded.open_intent is not None:
        return Ahead(line, Way.OPEN, Open(line, recorded.open_intent).said)
    if not recorded.manifest or recorded.manifest == digest_of(content):
        return None
    old = read_manifest(blobs.get(recorded.manifest), "the recorded manifest")
    new = read_manifest(content, line.file)
    if old == new:
        return None
    if (done := behind(recorded, new, blobs)) is not None:
        text = (
            f"{line.file} is from before a {done.move} that {done.actor} made at {done.at[:16]} without Git; "
            f"commit what the line stands at: {blobs.folder.name}/{recorded.manifest} of its ledger"
        )
        return Ahead(line, Way.BACK_FILL, text)
    move = move_to(line, old, new, percents)
    article = "an" if move.value[0] in "aeiou" else "a"
    return Ahead(line, Way.UNAPPLIED, f"the manifest is {article} {move.value}", move)


def behind(recorded: Recorded, manifest: ReleaseManifest, blobs: Blobs) -> Entry | None:
    """The way back that Git does not know of, where `manifest` is one from before it."""
    for done in recorded.to_back_fill:
        if done.before and read_manifest(blobs.get(done.before), "the manifest before it") == manifest:
            return done
    return None


def move_to(line: Line, old: ReleaseManifest, new: ReleaseManifest, percents: Sequence[int]) -> Move:
    """The one move that leads from `old` to `new`; raises Disagreement with the legal ones where there is none."""
    move = move_between(old, new, percents)
    if move is None:
        legal = ", ".join(row.move.value for row in legal_moves(old, percents))
        raise Disagreement(
            Way.UNAPPLIED,
            f"no single move leads from where {line} stands to what {line.file} says\n"
            f"  stands  {said(old)}\n  says    {said(new)}",
            f"one move a commit; from there: {legal}",
        )
    return move
