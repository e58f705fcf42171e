"""What the commands of `shipway release` say of a move: what it would do, what it did."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shipway.release.disagreement import said
from shipway.release.inverse import Changes
from shipway.release.moves import Move
from shipway.release.prepared import Done, Prepared

__all__ = ["changes_text", "done_json", "done_text", "gates_text", "way_back_text"]


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
