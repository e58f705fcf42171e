"""What the commands of `shipway release` say of a line that is looked at: where it stands, what can come next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from shipway.release.approvals import open_approvals
from shipway.release.disagreement import Way, said
from shipway.release.line import Line, Terms
from shipway.release.moves import Gate, Move, MoveRow
from shipway.release.picture import Picture, picture_json, picture_of, picture_text
from shipway.release.status import Status
from shipway.release.steps import explained, stages

__all__ = ["explained_json", "explained_text", "picture_of_status", "status_json", "status_text"]


def picture_of_status(found: Status, terms: Terms, now: datetime) -> Picture:
    """The line as a picture, with what stands before the next move onwards."""
    onwards = [one for one in found.nexts if not one.row.backwards and one.row.move is not Move.HOLD]
    answers = onwards[0].answers if onwards else ()
    return picture_of(found.line.key, found.seen.manifest, found.seen.recorded, terms.percents, now, answers=answers)


def status_text(found: Status, picture: Picture) -> Iterator[str]:
    """Where a line stands, for people."""
    yield from picture_text(picture)
    known = {Way.OPEN, Way.UNAPPLIED}
    # The picture says already what manifest and ledger alone show.
    for way, text in found.ways:
        if way not in known or not found.seen.recorded.manifest:
            yield f"{way.value}: {text}"
    if not found.ways:
        looked = "Manifest, ledger and what is there agree." if found.observed else "Manifest and ledger agree."
        nothing = "The ledger knows nothing of the line yet: its first deploy begins its record."
        yield looked if found.seen.recorded.manifest else nothing
    legal = ", ".join(one.row.move.value for one in found.nexts)
    yield f"legal from here: {legal}"


def status_json(found: Status, picture: Picture) -> dict[str, Any]:
    """The same for a machine."""
    return {
        **picture_json(picture),
        "observed": found.observed,
        "disagree": [{"name": way.value, "text": text} for way, text in found.ways],
        "back": found.back.as_json() if found.back else None,
        "approvals": [
            {"by": one.by, "move": one.bound.move, "until": one.until.isoformat(), "entry": one.entry}
            for one in open_approvals(found.seen.recorded.approvals, picture.as_of)
        ],
        "legal": [one.row.move.value for one in found.nexts],
    }


def explained_text(line: Line, found: Status, rows: Sequence[MoveRow]) -> Iterator[str]:
    """Each move with its steps."""
    yield f"{line}: {said(found.seen.manifest)}"
    for row in rows:
        yield ""
        yield f"{row.move.value}: {row.summary}"
        yield f"  taken back by: {row.undo}"
        yield from (f"  {text}" for text in explained(row))
        answers = [answer for one in found.nexts if one.row is row for answer in one.answers]
        yield from (f"  {one.gate.value}: {one.reason}" for one in answers if one.gate is Gate.APPROVED)


def explained_json(rows: Sequence[MoveRow]) -> list[dict[str, Any]]:
    """The same for a machine."""
    return [
        {
            "move": row.move.value,
            "summary": row.summary,
            "changes": [aspect.name.lower() for aspect in row.changes],
            "gates": [gate.value for gate in row.gates],
            "undo": row.undo,
            "steps": [stage.name.lower() for stage in stages(row)],
        }
        for row in rows
    ]
