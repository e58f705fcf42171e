"""Lines that a run of plan or deploy leaves alone: what their manifest asks for beyond the record is a move.

A move has a proof, gates and a record, and a plan set has none of them (docs/adr/0017). So a line whose manifest is not
what its ledger says it was left with is left out, as is one that would be moved by the plan of a manifest which nobody
edited. Whatever else a line's stack changes is deployed as ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shipway.ledger.blobs import Blobs, digest_of
from shipway.ledger.fold import Recorded
from shipway.models.release import ReleaseManifest
from shipway.plan.model import Plan
from shipway.release.allowed import mismatches
from shipway.release.disagreement import Disagreement, Open, Way, behind, said
from shipway.release.line import Line, read_manifest
from shipway.release.machine import legal_moves, move_between
from shipway.release.moves import Move

__all__ = ["Ahead", "ahead_of", "drifted", "move_to"]


@dataclass(frozen=True, slots=True)
class Ahead:
    """A line that is left out, and why."""

    line: Line
    way: Way
    """UNAPPLIED: a move is waiting. OPEN: one did not end. BACK_FILL: Git does not know of a way back. DRIFT: what is
    there is not where the line stands."""
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
    if (known := behind(line, recorded, new, blobs)) is not None:
        return Ahead(line, known.way, f"{known.said}; {known.hint}")
    move = move_to(line, old, new, percents)
    article = "an" if move.value[0] in "aeiou" else "a"
    return Ahead(line, Way.UNAPPLIED, f"the manifest is {article} {move.value}", move)


def drifted(line: Line, manifest: ReleaseManifest, kind: str, plan: Plan) -> Ahead | None:
    """Why a line is left out whose manifest is what it was left with: its plan would move it all the same.

    Somebody was there, perhaps with a rollback of which this ledger does not know yet.
    """
    found = list(mismatches(plan, line.stack, line.use_case, kind, manifest))
    if not found:
        return None
    listed = "\n".join(f"  - {one}" for one in found)
    text = (
        f"what is there is not where the line stands\n{listed}\n"
        "  Was it rolled back without Git? Bring the ledger along (shipway ledger pull). To put it where its manifest "
        f"says: shipway deploy {line.stack}"
    )
    return Ahead(line, Way.DRIFT, text)


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
