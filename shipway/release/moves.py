"""The table of moves: the one place that says from where to where, what may change, what must hold, how it is undone.

The state machine, the proof that a plan is exactly its move, the error that lists the legal moves, the pages and the
diagram are all read from MOVES.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum

from shipway.models.phase import Phase

__all__ = ["MOVES", "Aspect", "Gate", "Move", "MoveRow", "moves_from", "row_of"]


class Move(StrEnum):
    """A legal change of a line."""

    ADMIT = "admit"
    SHADOW = "shadow"
    CANARY = "canary"
    STEP = "step"
    FLIP = "flip"
    STABILISE = "stabilise"
    RETIRE = "retire"
    ABORT = "abort"
    ROLLBACK = "rollback"
    HOLD = "hold"
    RESUME = "resume"


class Aspect(Enum):
    """What of a line a move may change. Preparing a slot and moving the pointer are never one move."""

    CONTENT = "what the candidate's slot holds"
    RUNS = "whether the other slot works"
    POINTER = "what consumers get"


class Gate(StrEnum):
    """What must have PASSED before a move; silence is UNDECIDED, and then the line stays where it is."""

    NOT_QUARANTINED = "not-quarantined"
    """The release was not taken back before."""
    CANDIDATE_DIFFERS = "candidate-differs"
    """The candidate is another release than the live one."""
    REHEARSED = "rehearsed"
    """Bringing in and taking back exactly this release was tried in a lower environment."""
    SOAKED = "soaked"
    """The phase has lasted as long, or over as many runs, as the bundle asks."""
    JUDGED = "judged"
    """The judge says that the candidate is no worse."""
    INVERSE_KNOWN = "inverse-known"
    """The way back is computed and written down before the step is made."""
    APPROVED = "approved"
    """As many people as the environment wants have approved exactly this, none of them its author."""
    WINDOW_OVER = "window-over"
    """The time in which a rollback is likeliest has passed."""


_TRAFFIC = (Gate.NOT_QUARANTINED, Gate.JUDGED, Gate.SOAKED, Gate.INVERSE_KNOWN)


@dataclass(frozen=True, slots=True)
class MoveRow:
    """One row of the table."""

    move: Move
    sources: tuple[Phase, ...]
    target: Phase | None
    """None: the phase stays."""
    changes: tuple[Aspect, ...]
    """Empty: nothing in Terraform, the manifest alone."""
    gates: tuple[Gate, ...]
    undo: str
    """How it is taken back."""
    evidence: tuple[str, ...]
    """What the ledger keeps of it."""
    summary: str
    backwards: bool = False
    """Goes back: no gate, hold, window or budget may stand in its way."""


MOVES: tuple[MoveRow, ...] = (
    MoveRow(
        Move.ADMIT,
        (Phase.AT_REST,),
        Phase.ADMITTED,
        (Aspect.CONTENT,),
        (Gate.NOT_QUARANTINED, Gate.CANDIDATE_DIFFERS),
        "abort",
        ("plan", "inverse"),
        "Put a release into the slot that waits. Nothing of it runs yet.",
    ),
    MoveRow(
        Move.SHADOW,
        (Phase.ADMITTED,),
        Phase.SHADOW,
        (Aspect.RUNS,),
        (Gate.NOT_QUARANTINED,),
        "abort",
        ("plan", "inverse"),
        "Let the candidate run beside the live release on the same input. Consumers see nothing of it.",
    ),
    MoveRow(
        Move.CANARY,
        (Phase.SHADOW,),
        Phase.CANARY,
        (Aspect.POINTER,),
        (*_TRAFFIC, Gate.REHEARSED, Gate.APPROVED),
        "rollback",
        ("plan", "inverse", "judgement"),
        "Give the first share of keys to the candidate.",
    ),
    MoveRow(
        Move.STEP,
        (Phase.CANARY,),
        Phase.CANARY,
        (Aspect.POINTER,),
        _TRAFFIC,
        "rollback",
        ("plan", "inverse", "judgement"),
        "Give the next share of keys to the candidate; those it has, it keeps.",
    ),
    MoveRow(
        Move.FLIP,
        (Phase.CANARY,),
        Phase.FLIPPED,
        (Aspect.POINTER,),
        (*_TRAFFIC, Gate.REHEARSED, Gate.APPROVED),
        "rollback",
        ("plan", "inverse", "judgement"),
        "Give all keys to the candidate. The old release keeps running, so that it can come back whole.",
    ),
    MoveRow(
        Move.STABILISE,
        (Phase.FLIPPED,),
        Phase.STABLE,
        (),
        (Gate.NOT_QUARANTINED, Gate.WINDOW_OVER),
        "rollback",
        (),
        "Say that the new release has proven itself.",
    ),
    MoveRow(
        Move.RETIRE,
        (Phase.STABLE,),
        Phase.AT_REST,
        (Aspect.RUNS,),
        (Gate.NOT_QUARANTINED,),
        "admit the old release anew: not at once",
        ("plan", "inverse"),
        "Stop the old release. From here on going back is a release of its own.",
    ),
    MoveRow(
        Move.ABORT,
        (Phase.ADMITTED, Phase.SHADOW),
        Phase.AT_REST,
        (Aspect.CONTENT, Aspect.RUNS),
        (),
        "admit",
        ("plan",),
        "Take the candidate out again. No consumer has seen it.",
        backwards=True,
    ),
    MoveRow(
        Move.ROLLBACK,
        (Phase.CANARY, Phase.FLIPPED, Phase.STABLE),
        Phase.SHADOW,
        (Aspect.POINTER,),
        (),
        "a new release",
        ("plan", "equality"),
        "Give all keys back to the stable release, and bar the other from coming again.",
        backwards=True,
    ),
    MoveRow(
        Move.HOLD,
        (Phase.ADMITTED, Phase.SHADOW, Phase.CANARY, Phase.FLIPPED, Phase.STABLE),
        None,
        (),
        (),
        "resume",
        (),
        "Stand still, with a reason; only resume and the ways back go on from there.",
    ),
    MoveRow(
        Move.RESUME,
        (Phase.ADMITTED, Phase.SHADOW, Phase.CANARY, Phase.FLIPPED, Phase.STABLE),
        None,
        (),
        (),
        "hold",
        (),
        "Go on where the line was held.",
    ),
)

_BY_MOVE = {row.move: row for row in MOVES}


def moves_from(phase: Phase, *, held: bool) -> tuple[MoveRow, ...]:
    """The rows that start in `phase`. A held line only resumes or goes back; one that is not held cannot resume."""
    here = [row for row in MOVES if phase in row.sources]
    if held:
        return tuple(row for row in here if row.backwards or row.move is Move.RESUME)
    return tuple(row for row in here if row.move is not Move.RESUME)


def row_of(move: Move) -> MoveRow:
    """The row of a move."""
    return _BY_MOVE[move]
