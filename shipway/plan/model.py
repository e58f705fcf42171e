"""A plan as Terraform made it, typed: nothing is guessed, and what was not understood is kept as a gap.

Plan                  one stack's plan (or the difference of two synthesized stacks)
├── ResourceChange    one object: before, after, what is done with it
├── OutputChange
├── Check             a `check` block, condition or validation, with its result
└── Gap               something this program could not read: whoever judges must not pass for lack of it
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from shipway.plan.taint import Taint
from shipway.plan.values import Path, Value

__all__ = ["Action", "Check", "CheckStatus", "Gap", "Level", "OutputChange", "Plan", "ResourceChange"]


class Action(StrEnum):
    """What Terraform will do with one object."""

    NO_OP = "no-op"
    CREATE = "create"
    READ = "read"
    UPDATE = "update"
    DELETE = "destroy"
    REPLACE = "replace"
    REPLACE_CREATE_FIRST = "replace, new one first"
    FORGET = "forget"
    CREATE_FORGET = "create, old one forgotten"
    UNRECOGNIZED = "unrecognized"

    @classmethod
    def of(cls, words: Sequence[str]) -> Action:
        """The action that a plan spells with these words; any other spelling is UNRECOGNIZED."""
        return _SPELLED.get(tuple(words), cls.UNRECOGNIZED)

    @property
    def creates(self) -> bool:
        """Whether a new object comes into being."""
        return self in _CREATING

    @property
    def destroys(self) -> bool:
        """Whether an existing object ceases to be."""
        return self in _DESTROYING

    @property
    def replaces(self) -> bool:
        """Whether one object takes the place of another."""
        return self.creates and self.destroys


_SPELLED = {
    ("no-op",): Action.NO_OP,
    ("create",): Action.CREATE,
    ("read",): Action.READ,
    ("update",): Action.UPDATE,
    ("delete",): Action.DELETE,
    ("delete", "create"): Action.REPLACE,
    ("create", "delete"): Action.REPLACE_CREATE_FIRST,
    ("forget",): Action.FORGET,
    ("create", "forget"): Action.CREATE_FORGET,
}
_CREATING = frozenset({Action.CREATE, Action.REPLACE, Action.REPLACE_CREATE_FIRST, Action.CREATE_FORGET})
_DESTROYING = frozenset({Action.DELETE, Action.REPLACE, Action.REPLACE_CREATE_FIRST})


class Level(StrEnum):
    """What a plan was made from: the state and the provider, or two synthesized folders only."""

    PLAN = "plan"
    SYNTH = "synth"


class CheckStatus(StrEnum):
    """The result of a check; one that Terraform added later is UNKNOWN, which is never a pass."""

    PASS = "pass"  # noqa: S105 - a result, no password
    FAIL = "fail"
    ERROR = "error"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that could not be read or judged: where, what, and what to do about it."""

    stack: str
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class ResourceChange:
    """One object of a plan. Its key is (address, deposed): a deposed object shares its successor's address."""

    address: str
    type: str
    name: str
    action: Action
    words: tuple[str, ...] = ()
    """The actions as the plan spells them, for an action that is UNRECOGNIZED."""
    mode: str = "managed"
    provider: str = ""
    before: Value = None
    after: Value = None
    replace_paths: tuple[Path, ...] = ()
    reason: str = ""
    deposed: str = ""
    previous_address: str = ""
    importing: bool = False
    construct_path: str = ""
    provisioners: tuple[str, ...] = ()
    configured: frozenset[str] | None = None
    """The top-level attributes that the configuration sets; None where the plan does not say."""

    @property
    def moved(self) -> bool:
        """Whether the state's address changes."""
        return self.previous_address not in ("", self.address)

    @property
    def touches(self) -> bool:
        """Whether applying does anything with it, be it only in the state."""
        return self.action is not Action.NO_OP or self.moved or self.importing


@dataclass(frozen=True, slots=True)
class OutputChange:
    """One output of a stack."""

    name: str
    action: Action
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Check:
    """A check of the configuration and what it said."""

    address: str
    status: CheckStatus
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """One stack's plan. `errored`, `complete` and `applyable` are None where Terraform was too old to say."""

    stack: str
    level: Level = Level.PLAN
    terraform_version: str = ""
    timestamp: str = ""
    changes: tuple[ResourceChange, ...] = ()
    drift: tuple[ResourceChange, ...] = ()
    known: tuple[ResourceChange, ...] = ()
    """What data sources read while planning: nothing happens to it, but it says what an id is called."""
    references: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By address of a block the addresses of the blocks that it refers to; both without instance keys."""
    relevant: frozenset[tuple[str, str]] = frozenset()
    """(address, top-level attribute) pairs that Terraform says the plan's changes may come from."""
    outputs: tuple[OutputChange, ...] = ()
    checks: tuple[Check, ...] = ()
    errored: bool | None = None
    complete: bool | None = None
    applyable: bool | None = None
    gaps: tuple[Gap, ...] = ()
    notes: tuple[str, ...] = ()
    taint: Taint = field(default_factory=Taint)
