"""The review of one or more plans: what a reviewer must know, in the order of how much it matters.

A Review is versioned JSON (`shipway/review/v1`), the source of every rendering. Each change of the plans stands in at
least one row, and each row says in which stacks and at which addresses it lies. No row holds a secret.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from shipway.plan.classes import ChangeClass, ClassRule, highest
from shipway.plan.losses import Loss
from shipway.plan.model import Action, Check, Gap, Level
from shipway.plan.report_parts import AttributeRow, Place
from shipway.plan.report_release import PointerRow, RunsRow, SlotRow
from shipway.plan.topics import Topic
from shipway.plan.verdict import UNDECIDED, Verdict

__all__ = [
    "SCHEMA",
    "AccessRow",
    "AttributeRow",
    "Caution",
    "CostRow",
    "Counts",
    "Direction",
    "Effect",
    "ObjectRow",
    "OutputRow",
    "Place",
    "PointerRow",
    "ReachRow",
    "Review",
    "Row",
    "RuleRow",
    "RunsRow",
    "Scanned",
    "SlotRow",
    "StackRow",
    "StateRow",
    "class_of",
]

SCHEMA = "shipway/review/v1"


class Effect(StrEnum):
    """The answer to whether applying the plans does anything; not knowing is an answer of its own."""

    NONE = "no effect"
    EFFECTS = "effects"
    CANNOT_JUDGE = "cannot judge"


class Direction(StrEnum):
    """Whether somebody may do more or less than before."""

    GAINS = "gains"
    LOSES = "loses"


@dataclass(frozen=True, slots=True)
class Counts:
    """What a plan does, by number. The first three are Terraform's own; the rest it does not count."""

    add: int = 0
    change: int = 0
    destroy: int = 0
    imports: int = 0
    moves: int = 0
    forgets: int = 0
    reads: int = 0
    unrecognized: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))

    def __str__(self) -> str:
        first = f"{self.imports} to import, " if self.imports else ""
        rest = {"move": self.moves, "forget": self.forgets, "unrecognized": self.unrecognized}
        more = "".join(f", {number} to {name}" for name, number in rest.items() if number)
        return f"{first}{self.add} to add, {self.change} to change, {self.destroy} to destroy{more}"


@dataclass(frozen=True, slots=True)
class StackRow:
    """One plan: its numbers, and what made it."""

    stack: str
    level: Level
    counts: Counts
    terraform_version: str
    timestamp: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ObjectRow:
    """One object that is created, changed, replaced or destroyed."""

    type: str
    name: str
    action: Action
    address: str
    places: tuple[Place, ...]
    construct_path: str = ""
    attributes: tuple[AttributeRow, ...] = ()
    computed: tuple[str, ...] = ()
    """Attributes that nobody set and that will only be known after the apply."""
    emptied: tuple[str, ...] = ()
    """Attributes that go from unset to zero or back, which providers on the older framework do to unset ones."""
    loss: Loss | None = None
    why: str = ""
    runs: tuple[str, ...] = ()
    """Provisioners: commands that run with this action and that Terraform does not list."""
    unlike: tuple[str, ...] = ()
    """Stacks in which the same object changes in another way."""
    topic: Topic = Topic.OTHER
    because: tuple[ClassRule, ...] = ()
    """Why it is of its class, the highest first."""


@dataclass(frozen=True, slots=True)
class AccessRow:
    """Somebody gains or loses privileges on something."""

    direction: Direction
    principal: str
    privileges: tuple[str, ...]
    on: str
    via: str
    places: tuple[Place, ...]
    wide: str = ""
    """Why this row needs a second look: everybody, all privileges, a person instead of a group."""
    unlike: tuple[str, ...] = ()
    """Stacks in which the same principal gains or loses something else on the same object."""
    because: tuple[ClassRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Caution:
    """Something that the plan does not show and a reviewer must know."""

    message: str
    places: tuple[Place, ...]
    rule: str = "access-unread"
    """The class rule that it falls under."""
    because: tuple[ClassRule, ...] = ()


@dataclass(frozen=True, slots=True)
class StateRow:
    """Something that happens in the state only: moved, imported, forgotten."""

    what: str
    type: str
    name: str
    detail: str
    places: tuple[Place, ...]
    loss: Loss | None = None
    because: tuple[ClassRule, ...] = ()


@dataclass(frozen=True, slots=True)
class OutputRow:
    """An output that changes."""

    name: str
    action: Action
    old: str
    new: str
    places: tuple[Place, ...]
    seal: str = ""
    because: tuple[ClassRule, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule has something against a change. `waived` says who answers for it; empty, it blocks the plan."""

    rule: str
    title: str
    address: str
    messages: tuple[str, ...]
    path: str
    """What a waiver has to name; empty where there is no project."""
    document: str
    """Where in a document the object comes from, or came from."""
    waived: str
    waiver_document: str
    """The document in which a waiver has to stand; empty where there is no project."""
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Scanned:
    """What the scan of the same stacks says of them, and by which rules; empty where nobody scanned."""

    rules: str = ""
    """Digest of the rules that judged."""
    findings: tuple[RuleRow, ...] = ()
    synths: tuple[tuple[str, str], ...] = ()
    """The stacks that were scanned, each with the SHA-256 of its synthesized file."""


@dataclass(frozen=True, slots=True)
class ReachRow:
    """An object that changes and what depends on it. No effect of its own, so that no approval is asked for it."""

    type: str
    name: str
    action: Action
    direct: tuple[str, ...]
    """The first of those that depend on it themselves, by type and name."""
    direct_count: int
    total: int
    """How many depend on it, directly or through others."""
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class CostRow:
    """An object that may cost more or less; both numbers are DBUs a month, None where nobody can say."""

    type: str
    name: str
    action: Action
    low: int | None
    high: int | None
    assumes: str
    places: tuple[Place, ...]


Row: TypeAlias = "ObjectRow | AccessRow | Caution | PointerRow | RunsRow | SlotRow | StateRow | OutputRow"
"""What has a class and a place."""


@dataclass(frozen=True, slots=True)
class Review:
    """What a reviewer must know of these plans."""

    effect: Effect
    stacks: tuple[StackRow, ...]
    counts: Counts
    verdict: Verdict = UNDECIDED
    gaps: tuple[Gap, ...] = ()
    rules: tuple[RuleRow, ...] = ()
    """What rules on plans have against the changes, waived or not."""
    scanned: Scanned = Scanned()
    data: tuple[ObjectRow, ...] = ()
    """Destroyed or replaced objects that hold what cannot be made again."""
    pointers: tuple[PointerRow, ...] = ()
    runs: tuple[RunsRow, ...] = ()
    slots: tuple[SlotRow, ...] = ()
    access: tuple[AccessRow, ...] = ()
    cautions: tuple[Caution, ...] = ()
    changes: tuple[ObjectRow, ...] = ()
    state_only: tuple[StateRow, ...] = ()
    outputs: tuple[OutputRow, ...] = ()
    drift: tuple[ObjectRow, ...] = ()
    drift_elsewhere: int = 0
    """Drifted objects that this plan neither touches nor builds on."""
    checks: tuple[Check, ...] = ()
    cost: tuple[CostRow, ...] = ()
    """What may cost more or less, a month."""
    reach: tuple[ReachRow, ...] = ()
    """What depends on the objects that change."""
    fingerprints: tuple[str, ...] = ()
    """One for each row with an effect. An approval holds for another plan if that plan's are among those approved."""
    schema: str = SCHEMA

    @property
    def rows(self) -> tuple[Row, ...]:
        """Every row that has a class."""
        sections: tuple[tuple[Row, ...], ...] = (
            self.data,
            self.pointers,
            self.runs,
            self.slots,
            self.access,
            self.cautions,
            self.changes,
            self.state_only,
            self.outputs,
        )
        return tuple(row for section in sections for row in section)


def class_of(row: Row) -> ChangeClass:
    """The highest class of any rule that holds for the row."""
    return highest(row.because)
