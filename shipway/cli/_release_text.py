"""What the commands of `shipway release` say, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from shipway.release.approvals import open_approvals
from shipway.release.disagreement import Way, said
from shipway.release.inverse import Changes
from shipway.release.line import Line, Terms
from shipway.release.moves import Gate, Move, MoveRow
from shipway.release.picture import Picture, picture_json, picture_of, picture_text
from shipway.release.prepared import Done, Prepared
from shipway.release.status import Status
from shipway.release.steps import explained, stages

__all__ = [
    "changes_text",
    "done_json",
    "done_text",
    "explained_json",
    "explained_text",
    "gates_text",
    "picture_of_status",
    "status_json",
    "status_text",
    "way_back_text",
]


def way_back_text(prepared: Prepared) -> Iterator[str]:
    """Where the move leads, what its gates say, and how it is taken back."""
    yield ""
    yield f"{prepared.line}: {prepared.request.move.value}"
    yield f"  from  {said(prepared.seen.manifest)}"
    yield f"  to    {said(prepared.after)}"
    yield from gates_text(prepared)
    back = prepared.back
    if back is None:
        yield "  No way back but a new move."
        return
    asks = ", which then asks nobody" if back.move == Move.ROLLBACK.value else ""
    yield f"  Way back: {back.move} (plan {back.inverse[:12]}){asks}:"
    yield from (f"    {line}" for line in changes_text(prepared.back_changes))


def gates_text(prepared: Prepared) -> Iterator[str]:
    """Each gate with its answer."""
    for one in prepared.answers:
        over = f"  OVERRIDDEN by {one.overridden}" if one.overridden else ""
        yield f"  {one.verdict.name:9} {one.gate.value}: {one.reason}{over}"


def changes_text(changes: Changes) -> Iterator[str]:
    """What a plan changes, one attribute a line."""
    if not changes:
        yield "nothing in Terraform: the manifest alone"
    for (address, path), one in sorted(changes.by_place.items()):
        yield f"{address}: {path}: {_short(one.before)} -> {_short(one.after)}"


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 80 else f"…{text[-78:]}"


def done_text(done: Done) -> Iterator[str]:
    """How it ended."""
    prepared = done.prepared
    if done.entry is None:
        yield f"Nothing was done: --dry-run. Without it: {prepared.request.move.value} of {prepared.line}."
        return
    yield f"Done: {prepared.line} is {said(prepared.after)}."
    if done.read_back is not None:
        for one in done.read_back.differs:
            yield f"  Read back, and not as declared: {one}"
        for address in done.read_back.not_read:
            yield f"  Not read back: {address}"
        if not done.read_back.differs:
            some = ", as far as it was read" if done.read_back.not_read else ""
            yield f"  Read back: as declared{some}."
    for claim in done.equality:
        yield f"  {claim.verdict.name:9} {claim.name}: {claim.reason}"
    if done.entry.back_fill:
        yield f"  Git does not know of it yet: commit {prepared.line.file}."
    if prepared.back is not None:
        line = prepared.line
        yield f"  To take it back: shipway release {prepared.back.move} {line.use_case} --env {line.environment}"


def done_json(done: Done) -> dict[str, Any]:
    """The same for a machine."""
    prepared, planned = done.prepared, done.prepared.planned
    return {
        "schema": "shipway/release/v1",
        "environment": prepared.line.environment,
        "use_case": prepared.line.use_case,
        "move": prepared.request.move.value,
        "done": done.entry is not None,
        "before": prepared.seen.manifest.model_dump(mode="json", exclude_none=True),
        "after": prepared.after.model_dump(mode="json", exclude_none=True),
        "plan": planned.changes.digest if planned else "",
        "approved_by": [one.by for one in prepared.approvals],
        "inverse": prepared.back.inverse if prepared.back else "",
        "changes": [
            {"address": address, "path": path, "before": one.before, "after": one.after}
            for (address, path), one in sorted((planned.changes if planned else Changes()).by_place.items())
        ],
        "gates": [
            {"gate": one.gate.value, "verdict": one.verdict.name, "reason": one.reason, "overridden": one.overridden}
            for one in prepared.answers
        ],
        "read_back": list(done.read_back.differs) if done.read_back else None,
        "not_read": list(done.read_back.not_read) if done.read_back else None,
        "equality": [{"name": one.name, "verdict": one.verdict.name, "reason": one.reason} for one in done.equality],
        "entry": done.entry.hash if done.entry else "",
    }


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
