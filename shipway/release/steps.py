"""The steps of a move: one list, which `explain` prints and `carry_out` walks.

Up to INTEND nothing is changed anywhere. From there on a crash leaves an open intent, with all that is needed to go on
or to go back: the next command on the line does one of the two, and says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from shipway.release.moves import Move, MoveRow

__all__ = ["Stage", "explained", "stages"]


class Stage(Enum):
    """A step, with what it does for people."""

    LOCK = "lock the line: of two at once, one is told that the other is here"
    READ = "read the manifest and the ledger; what was left open is settled first"
    NEXT = "work out the manifest after the move"
    SYNTHESIZE = "synthesize this one stack, with the manifest as it is and as it will be"
    SCAN = "judge it by the rules"
    PLAN = "plan it against what is there"
    PROVE = "prove that the plan is exactly this move, and work out its way back"
    GATES = "ask the gates; an UNDECIDED one is no permission"
    AGREE = "show the plan and the way back; ask where somebody has to be asked"
    INTEND = "write to the ledger what is about to be done, and how it is taken back"
    WRITE = "write the manifest"
    APPLY = "apply exactly the plan that was proven"
    READ_BACK = "read back what is there now"
    COMPARE = "hold it against what there was before the release: six assertions"
    RECORD = "write to the ledger how it ended"


_WITHOUT_TERRAFORM = (Move.HOLD, Move.RESUME)
"""Standing still must work where Terraform does not."""

_WITH_TERRAFORM = (Stage.SYNTHESIZE, Stage.SCAN, Stage.PLAN, Stage.PROVE, Stage.APPLY, Stage.READ_BACK)
_CHANGING = (Stage.AGREE, Stage.INTEND, Stage.WRITE, Stage.APPLY, Stage.READ_BACK, Stage.COMPARE, Stage.RECORD)


def stages(row: MoveRow, *, dry_run: bool = False) -> tuple[Stage, ...]:
    """The steps of a move, in their order; a dry run stops before anything changes."""
    return tuple(
        stage
        for stage in Stage
        if not (dry_run and stage in _CHANGING)
        and not (row.move in _WITHOUT_TERRAFORM and stage in _WITH_TERRAFORM)
        and not (stage is Stage.GATES and not row.gates)
        # What goes back was judged when it went out, and no rule of today may stand in its way.
        and not (stage is Stage.SCAN and row.backwards)
        and not (stage is Stage.COMPARE and row.move is not Move.ROLLBACK)
    )


def explained(row: MoveRow) -> Iterator[str]:
    """The same list for people, numbered."""
    for number, stage in enumerate(stages(row), 1):
        what = stage.value
        match stage:
            case Stage.SYNTHESIZE if row.move is Move.ROLLBACK:
                what = "take the synthesized stack of then from the ledger"
            case Stage.PROVE if row.move is Move.ROLLBACK:
                what = "prove that the plan is the way back that was written down before the release went out"
            case Stage.AGREE if row.move is Move.ROLLBACK:
                what = "ask nobody: it was approved with the release"
            case Stage.PROVE:
                what += f": it changes {_changes(row)}"
            case Stage.GATES:
                what += f": {', '.join(gate.value for gate in row.gates)}"
            case _:
                pass
        yield f"{number:2}. {what}"


def _changes(row: MoveRow) -> str:
    return " and ".join(aspect.value for aspect in row.changes) or "nothing"
