"""Moves on manifests, as pure functions: a manifest and a move in, the manifest after it out.

Nothing here knows files, Terraform or time. A move that is not legal says which ones are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from shipway.errors import ShipwayError
from shipway.models.release import Phase, Release, ReleaseManifest
from shipway.release.moves import Move, MoveRow, moves_from, row_of

__all__ = ["IllegalMove", "advance", "check_legal", "legal_moves", "move_between", "next_move", "next_percent"]

Model = TypeVar("Model")


class IllegalMove(ShipwayError):
    """A move that does not start where the line is; the hint lists those that do."""

    exit_code = 1


def check_legal(line: str, manifest: ReleaseManifest, move: Move, percents: Sequence[int]) -> MoveRow:
    """The row of a legal move; raises IllegalMove with the legal ones."""
    legal = legal_moves(manifest, percents)
    row = row_of(move)
    if row in legal:
        return row
    held = f", held: {manifest.hold}" if manifest.hold else ""
    where = f"{manifest.phase.value} at {manifest.percent} %" if manifest.percent else manifest.phase.value
    listed = "\n  ".join(f"{row.move.value:10} {row.summary}" for row in legal)
    raise IllegalMove(f"{line} is {where}{held}: no {move.value} from there", f"from there:\n  {listed}")


def legal_moves(manifest: ReleaseManifest, percents: Sequence[int]) -> list[MoveRow]:
    """The rows that can be made from where the line stands."""
    rows = moves_from(manifest.phase, held=manifest.hold is not None)
    # A canary has its steps in the bundle: there is a next one, or the flip.
    more = next_percent(manifest, percents) is not None
    barred = (Move.FLIP if more else Move.STEP) if manifest.phase is Phase.CANARY else None
    return [row for row in rows if row.move is not barred]


def next_percent(manifest: ReleaseManifest, percents: Sequence[int]) -> int | None:
    """The share of keys that the next step gives to the candidate; None if all that is left is the flip."""
    return next((percent for percent in sorted(percents) if percent > (manifest.percent or 0)), None)


def next_move(manifest: ReleaseManifest, percents: Sequence[int]) -> Move | None:
    """What leads onwards from here; None at rest, where somebody has to name a release."""
    asked = (Move.ADMIT, Move.HOLD)
    onwards = (row.move for row in legal_moves(manifest, percents) if not row.backwards and row.move not in asked)
    return next(onwards, None)


def advance(
    line: str,
    manifest: ReleaseManifest,
    move: Move,
    percents: Sequence[int],
    *,
    candidate: Release | None = None,
    reason: str = "",
    at_rest: ReleaseManifest | None = None,
) -> ReleaseManifest:
    """The manifest after a move; raises IllegalMove.

    `percents` are the canary's steps of this line. An admission needs the `candidate`, a hold its `reason`, an abort
    the manifest from before the admission (`at_rest`), whose slot gets back what it held.
    """
    check_legal(line, manifest, move, percents)
    match move:
        case Move.ADMIT:
            return _admitted(manifest, _given(candidate, "an admission names a release"))
        case Move.ABORT:
            return _given(at_rest, "an abort goes back to where the line rested")
        case Move.HOLD:
            return _changed(manifest, hold=reason)
        case Move.RESUME:
            return _changed(manifest, hold=None)
        case _:
            return _changed(manifest, **_onwards(manifest, move, percents))


def move_between(old: ReleaseManifest, new: ReleaseManifest, percents: Sequence[int]) -> Move | None:
    """The one move that leads from `old` to `new`, for who edits the manifest by hand; None if none does."""
    for row in legal_moves(old, percents):
        candidate = new.release(old.active.other) if row.move is Move.ADMIT else None
        # What the slot held before an admission, the manifest itself does not say: the record does.
        at_rest = new if row.move is Move.ABORT and _rests_as(old, new) else None
        if row.move is Move.ABORT and at_rest is None:
            continue
        found = advance("", old, row.move, percents, candidate=candidate, reason=new.hold or "-", at_rest=at_rest)
        if found == new:
            return row.move
    return None


def _admitted(manifest: ReleaseManifest, candidate: Release) -> ReleaseManifest:
    slots = manifest.slots.model_copy(update={manifest.active.other.value: candidate})
    return _changed(manifest, phase=Phase.ADMITTED, slots=slots, rollback_to=manifest.stable.id)


def _onwards(manifest: ReleaseManifest, move: Move, percents: Sequence[int]) -> dict[str, object]:
    phase: dict[str, object] = {"phase": row_of(move).target}
    match move:
        case Move.CANARY | Move.STEP:
            return {**phase, "percent": next_percent(manifest, percents)}
        case Move.FLIP:
            return {**phase, "active": manifest.active.other, "percent": None}
        case Move.ROLLBACK:
            return {**phase, "active": manifest.stable_slot, "percent": None, "hold": None}
        case Move.RETIRE:
            return {**phase, "rollback_to": None}
        case _:
            return phase


def _rests_as(old: ReleaseManifest, new: ReleaseManifest) -> bool:
    return new.phase is Phase.AT_REST and new.active is old.active and new.stable == old.stable


def _given(value: Model | None, why: str) -> Model:
    if value is None:
        raise ValueError(why)
    return value


def _changed(manifest: ReleaseManifest, **changes: object) -> ReleaseManifest:
    # Through validation: a manifest that the machine makes is one that people could have written.
    return ReleaseManifest.model_validate({**dict(manifest), **changes})
