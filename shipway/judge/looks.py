"""When the judge looks, and with which share of the permitted error.

Who looks at every run and stops at the first good one passes a bad candidate sooner or later. So the looks are fixed
in the bundle, each is taken once, and they share the error evenly (Bonferroni): all of them together are wrong as
seldom as one would be. Between two looks the last verdict stands; a look that nobody took in time is not made up for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shipway.judge.terms import LookTerms
from shipway.verdict import Verdict

__all__ = ["Look", "Progress", "TakenLook", "due", "following", "standing"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a phase, or a step of the canary, has come."""

    hours: float
    runs: int
    keys: int

    def of(self, looks: LookTerms) -> float:
        """What the looks count."""
        match looks.unit:
            case "hours":
                return self.hours
            case "runs":
                return self.runs
            case "keys":
                return self.keys


@dataclass(frozen=True, slots=True)
class Look:
    """One of the planned looks; `number` counts from 1."""

    number: int
    of: int
    at: int
    unit: str

    def __str__(self) -> str:
        return f"look {self.number} of {self.of}, after {self.at:,} {self.unit}"


@dataclass(frozen=True, slots=True)
class TakenLook:
    """What a look said, as the ledger keeps it."""

    number: int
    verdict: Verdict


def due(looks: LookTerms, progress: Progress, taken: Sequence[TakenLook]) -> Look | None:
    """The latest planned look that has been reached, unless it or a later one was taken."""
    reached = sum(progress.of(looks) >= at for at in looks.at)
    last = max((look.number for look in taken), default=0)
    return _look(looks, reached) if reached > last else None


def following(looks: LookTerms, progress: Progress, taken: Sequence[TakenLook]) -> Look | None:
    """The look that comes after what was reached and taken; None after the last."""
    reached = sum(progress.of(looks) >= at for at in looks.at)
    number = max([reached, *(look.number for look in taken)]) + 1
    return _look(looks, number) if number <= len(looks.at) else None


def standing(taken: Sequence[TakenLook]) -> Verdict:
    """What holds after these looks: the latest verdict, but a FAILED stays, whatever came before or after it."""
    if any(look.verdict is Verdict.FAILED for look in taken):
        return Verdict.FAILED
    return max(taken, key=lambda look: look.number).verdict if taken else Verdict.UNDECIDED


def _look(looks: LookTerms, number: int) -> Look:
    return Look(number, len(looks.at), looks.at[number - 1], looks.unit)
