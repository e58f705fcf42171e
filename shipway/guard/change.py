"""One change as the rules on plans see it: what `policies/plan/_rule.py` promises, over what the plan's reader read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from shipway.plan.model import Action, Level, ResourceChange
from shipway.plan.values import Record, Secret, Unknown, Value

__all__ = ["PlannedChange", "PlannedLeaf"]


@dataclass(frozen=True, slots=True)
class PlannedLeaf:
    """One value; a secret one is neither unknown nor shown."""

    path: str
    value: object
    unknown: bool = False
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """A resource change, and what is known of its stack."""

    change: ResourceChange
    level: Level
    protected: bool

    @property
    def kind(self) -> str:
        """The resource's type."""
        return self.change.type

    @property
    def action(self) -> str:
        """What happens to it, in the few words that rules tell apart."""
        return _word(self.change.action)

    @property
    def planned(self) -> bool:
        """Whether Terraform planned it."""
        return self.level is Level.PLAN

    @property
    def forced_by(self) -> tuple[str, ...]:
        """The attributes for which it is replaced."""
        return tuple(dict.fromkeys(".".join(map(str, path)) for path in self.change.replace_paths))

    def before(self, path: str) -> Iterator[PlannedLeaf]:
        """Every value at a path before the apply."""
        yield from _leaves(self.change.before, path.split("."), path)

    def after(self, path: str) -> Iterator[PlannedLeaf]:
        """Every value at a path after it, unless no configuration sets the attribute."""
        names = path.split(".")
        configured = self.change.configured
        if configured is None or names[0] in configured:
            yield from _leaves(self.change.after, names, path)


def _word(action: Action) -> str:
    match action:
        case Action.CREATE | Action.UPDATE | Action.FORGET:
            return action.value
        case Action.NO_OP | Action.READ:
            # Moved, imported or read: the object stays as it is.
            return "update"
        case Action.DELETE:
            return "destroy"
        case Action.REPLACE | Action.REPLACE_CREATE_FIRST:
            return "replace"
        case Action.CREATE_FORGET:
            return "forget"
        case Action.UNRECOGNIZED:
            return "unrecognized"
    assert_never(action)


def _leaves(value: Value, names: list[str], path: str) -> Iterator[PlannedLeaf]:
    match value:
        case Unknown():
            yield PlannedLeaf(path, None, unknown=True, sources=value.refs)
        case tuple():
            for item in value:
                yield from _leaves(item, names, path)
        case Secret():
            yield PlannedLeaf(path, None)
        case Record() if names:
            yield from _leaves(value.get(names[0]), names[1:], path)
        case Record():
            for inner in value.values():
                yield from _leaves(inner, [], path)
        case _:
            # Where a block is missing there is nothing below it either.
            yield PlannedLeaf(path, None if names else value)
