"""The rows of a review that a release is about: a pointer that moves, a slot that starts, stops or gets a release."""

from __future__ import annotations

from dataclasses import dataclass

from shipway.plan.classes import ClassRule
from shipway.plan.report_parts import AttributeRow, Place

__all__ = ["PointerRow", "RunsRow", "SlotRow"]


@dataclass(frozen=True, slots=True)
class PointerRow:
    """A line's pointer moves: to the other slot, or in a canary to another share of the keys for the candidate."""

    line: str
    """What the pointer stands in: the name of the router job, the view, the endpoint or the file."""
    holder: str
    """Which of them it is."""
    canary: str
    """The slot whose share changes, where nothing else does; then `old` and `new` are shares."""
    old: str
    new: str
    alone: bool
    """Whether nothing else in its stack changes."""
    places: tuple[Place, ...]
    residual: tuple[str, ...] = ()
    """What else the plan does in this stack, which moving a pointer does not explain: it blocks."""
    because: tuple[ClassRule, ...] = ()


@dataclass(frozen=True, slots=True)
class RunsRow:
    """A slot that works from now on, or no longer."""

    slot: str
    line: str
    """What says so: the router job's name, the endpoint's."""
    holder: str
    """Which of them it is."""
    starts: bool
    places: tuple[Place, ...]
    because: tuple[ClassRule, ...] = ()


@dataclass(frozen=True, slots=True)
class SlotRow:
    """A slot gets another release: the step before a pointer moves there, when the slot is idle."""

    slot: str
    job: str
    old: str
    new: str
    live: bool | None
    """Whether the pointer stands on it; None where the plan does not say where the pointer stands."""
    places: tuple[Place, ...]
    attributes: tuple[AttributeRow, ...] = ()
    """The release's parameters and wheels, one by one."""
    holder: str = "job"
    """What the slot is, or stands in: a job, an endpoint, a pointer file."""
    because: tuple[ClassRule, ...] = ()
