"""What drift is made of: findings with a kind and a weight, and what could not be judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from shipway.errors import Position

__all__ = ["CANNOT_JUDGE", "DRIFT", "NO_DRIFT", "Drift", "Finding", "Gap", "Kind", "Weight"]

NO_DRIFT, DRIFT, CANNOT_JUDGE = 0, 2, 5
"""Exit codes."""


class Kind(StrEnum):
    """What happened to it."""

    CHANGED = "changed"
    OWNER = "owner-changed"
    SCHEDULE = "schedule-changed"
    MISSING = "missing"
    EXTRA = "extra"
    """Something was added to an object of ours: a binding, an assignment, a member, an access list."""
    EXTRA_RIGHT = "extra-right"
    LOST_RIGHT = "lost-right"
    UNMANAGED = "unmanaged"
    """A whole object that no document declares, in a place that is ours."""
    STATE_ONLY = "state-only"
    NOT_DEPLOYED = "not-deployed"


class Weight(IntEnum):
    """What it means, worst last."""

    COSMETIC = 0
    BEHAVIOUR = 1
    DATA = 2
    ACCESS = 3

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is otherwise than declared. The three values are text for people, without any secret."""

    kind: Kind
    weight: Weight
    stack: str
    type: str
    object: str
    """The object's name for people; what the finding is about."""
    id: str
    """The id that Terraform imports it by."""
    attribute: str = ""
    """Which of its attributes, as a path by name; nothing where it is the object itself."""
    address: str = ""
    """The Terraform address, where it has one."""
    declared: str = ""
    recorded: str = ""
    observed: str = ""
    at: Position | None = None
    """The line of the document that decides it."""
    blind: bool = False
    """Terraform's plan says nothing about it."""
    adopt: str = ""
    """How to declare it: what to write and where, or why that cannot be."""
    revert: tuple[str, ...] = ()
    """How to undo it: commands, one a line."""
    caution: str = ""
    """What to know before undoing it."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that could not be read or compared, and why: nothing is known of drift there."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Drift:
    """All that was found in one environment, worst first."""

    environment: str
    source: str
    findings: tuple[Finding, ...]
    gaps: tuple[Gap, ...]
    compared: int
    """How many objects were compared on all sides."""
    left_out: tuple[str, ...] = field(default=())
    """What is not drift by definition, and how many of it there are."""

    @property
    def exit_code(self) -> int:
        """5 as soon as something could not be read: a list that may be incomplete is no answer."""
        return CANNOT_JUDGE if self.gaps else DRIFT if self.findings else NO_DRIFT
