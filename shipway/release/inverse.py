"""The way back of a move, known before the move is made.

A plan is normalised to the authored attributes that it changes, each with what it was and what it will be. Two plans
that do the same are equal then, whenever and wherever they were made. The way back is the swap; that of several moves
is the swap of all of them together. So its digest can be written down, and signed, before anything is applied.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from shipway.errors import ShipwayError
from shipway.plan.diff import Side, differences
from shipway.plan.model import Action, Plan, ResourceChange
from shipway.plan.values import Absent, Record, Secret, Unknown

__all__ = ["Change", "Changes", "authored_attributes", "changes_of", "composed"]


@dataclass(frozen=True, slots=True)
class Change:
    """One attribute: what it was and what it will be, as JSON has it; a secret is its digest."""

    before: Any
    after: Any


_NOTHING: Mapping[tuple[str, str], Change] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Changes:
    """All that a plan changes, by address and attribute path."""

    by_place: Mapping[tuple[str, str], Change] = field(default_factory=lambda: _NOTHING)

    def __bool__(self) -> bool:
        return bool(self.by_place)

    def swapped(self) -> Changes:
        """The way back."""
        return Changes({place: Change(one.after, one.before) for place, one in self.by_place.items()})

    def then(self, later: Changes) -> Changes:
        """Both, one after the other; raises ShipwayError where the later does not begin where this ends."""
        found = dict(self.by_place)
        for place, one in later.by_place.items():
            first = found.pop(place, Change(one.before, one.before))
            if first.after != one.before:
                raise ShipwayError(
                    f"{place[0]}: {place[1]} was changed between two moves, and by neither",
                    "see what changed it: shipway drift",
                )
            if first.before != one.after:
                found[place] = Change(first.before, one.after)
        return Changes(found)

    def within(self, others: Changes) -> bool:
        """Whether each of these is one of the others: part of them may have been made already."""
        return all(others.by_place.get(place) == one for place, one in self.by_place.items())

    @property
    def digest(self) -> str:
        """SHA-256 over the canonical JSON: equal for plans that do the same."""
        return hashlib.sha256(self.as_bytes()).hexdigest()

    def as_bytes(self) -> bytes:
        """Canonical JSON: by address, by path, what was and what will be."""
        tree: dict[str, dict[str, list[Any]]] = {}
        for (address, path), one in self.by_place.items():
            tree.setdefault(address, {})[path] = [one.before, one.after]
        return _canonical(tree).encode()

    @classmethod
    def read(cls, content: bytes) -> Changes:
        """What `as_bytes` wrote; raises ShipwayError if it is nothing of that kind."""
        try:
            tree = json.loads(content)
            return cls(
                {(address, path): Change(*pair) for address, paths in tree.items() for path, pair in paths.items()}
            )
        except (ValueError, TypeError, AttributeError) as error:
            raise ShipwayError(f"the record of a plan cannot be read: {error}", "shipway ledger verify") from error


def changes_of(plan: Plan) -> Changes:
    """The authored attributes that a plan changes.

    An object that comes or goes is one change, of its address as a whole: a move never makes one, and whoever compares
    sees that it is another plan.
    """
    found: dict[tuple[str, str], Change] = {}
    for change in plan.changes:
        if change.touches and change.mode == "managed":
            found |= {(change.address, path): one for path, one in _changes(change)}
    for output in plan.outputs:
        if output.action is not Action.NO_OP:
            found[f"output.{output.name}", ""] = Change(_plain(output.before), _plain(output.after))
    return Changes(found)


def composed(several: Sequence[Changes]) -> Changes:
    """All of them, in their order, as one; raises ShipwayError where one does not begin where the last one ended."""
    found = Changes()
    for one in several:
        found = found.then(one)
    return found


def authored_attributes(change: ResourceChange) -> Iterator[tuple[str, Side, Side]]:
    """Where an object's two sides differ, but for what the server works out and nobody wrote."""
    for one in differences(change.before, change.after):
        name = one.path.partition(".")[0].partition("[")[0].partition("{")[0]
        computed = change.configured is not None and name not in change.configured
        if not (computed and isinstance(one.new, Unknown)):
            yield one.path, one.old, one.new


def _changes(change: ResourceChange) -> Iterator[tuple[str, Change]]:
    if change.action is not Action.UPDATE or change.moved or change.importing or change.deposed:
        yield f"({change.action.value})", Change(_plain(change.before), _plain(change.after))
        return
    for path, old, new in authored_attributes(change):
        yield path, Change(_plain(old), _plain(new))


def _plain(value: Side) -> Any:
    match value:
        case Secret():
            return {"secret": hashlib.sha256(_canonical(_plain(value.value)).encode()).hexdigest()}
        case Unknown():
            return {"unknown": list(value.refs)}
        case Absent():
            return {"absent": True}
        case tuple():
            return [_plain(item) for item in value]
        case Record():
            return {"record": {name: _plain(inner) for name, inner in value.items()}}
        case float() if value.is_integer():
            return int(value)
    return value


_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
