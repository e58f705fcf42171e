"""What is to be done about a line, from its phase and its signals. One table, no clock, no files.

Going back is always right where something FAILED: it was approved with the release, and costs a release that can come
again. What is UNDECIDED holds the line for a person. Whether the watcher acts or proposes is said in the bundle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from shipway.models.phase import Phase
from shipway.release.moves import Move
from shipway.verdict import Verdict, overall
from shipway.watch.signals import Signal, Trigger

__all__ = ["REASON_OF", "Decision", "decide"]

REASON_OF: Mapping[Trigger, str] = MappingProxyType(
    {
        Trigger.JUDGE: "RB-QUALITY",
        Trigger.RUN: "RB-SLO",
        Trigger.DRIFT: "RB-INCIDENT",
        Trigger.TASK_SUCCESS: "RB-QUALITY",
        Trigger.SLA: "RB-SLO",
        Trigger.CONTRACT: "RB-DATA",
        Trigger.REJECTIONS: "RB-QUALITY",
        Trigger.INCIDENT: "RB-INCIDENT",
    }
)
"""The reason code of a way back that a trigger asks for."""

_BACK: Mapping[Phase, Move] = MappingProxyType(
    {
        Phase.ADMITTED: Move.ABORT,
        Phase.SHADOW: Move.ABORT,
        Phase.CANARY: Move.ROLLBACK,
        Phase.FLIPPED: Move.ROLLBACK,
        Phase.STABLE: Move.ROLLBACK,
    }
)


@dataclass(frozen=True, slots=True)
class Decision:
    """What the signals of a line come to."""

    move: Move | None
    """None: it stays as it is."""
    reason: str = ""
    """The code of the move's reason."""
    because: tuple[Signal, ...] = ()


def decide(phase: Phase, held: bool, signals: Sequence[Signal]) -> Decision:
    """The one move that these signals ask for, if any. At rest there is none: going back is a release then."""
    back = _BACK.get(phase)
    if back is None:
        return Decision(None)
    # Who changed something by hand is found by people: a rollback would meet what nobody planned for.
    failed = [one for one in signals if one.verdict is Verdict.FAILED and one.trigger is not Trigger.DRIFT]
    if failed:
        return Decision(back, REASON_OF[failed[0].trigger], tuple(failed))
    open_ = [one for one in signals if one.verdict is not Verdict.PASSED]
    if open_ and not held and overall(one.verdict for one in open_) is not Verdict.PASSED:
        return Decision(Move.HOLD, REASON_OF[open_[0].trigger], tuple(open_))
    return Decision(None)
