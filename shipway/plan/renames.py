"""A destroyed object and a created one that differ in nothing but their names: to its author that was a renaming.

Terraform knows no renaming: another address or another name is another object, and what the old one held is gone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from shipway.plan.diff import mark
from shipway.plan.model import Action, ResourceChange
from shipway.plan.objects import NAMES, after, before
from shipway.plan.values import Record, Unknown, is_empty

__all__ = ["Renames"]

_Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Renames:
    """The created objects of a plan, found by what they have in common with a destroyed one."""

    created: dict[tuple[str, _Key], dict[_Key, list[ResourceChange]]]
    """By type and by the attributes that are compared, then by these attributes' values."""

    @classmethod
    def of(cls, changes: Iterable[ResourceChange]) -> Renames:
        """The created objects of these changes."""
        created: dict[tuple[str, _Key], dict[_Key, list[ResourceChange]]] = defaultdict(lambda: defaultdict(list))
        for change in changes:
            if change.action is Action.CREATE:
                names = _compared(after(change))
                created[change.type, names][_values(after(change), names)].append(change)
        return cls(created)

    def of_destroyed(self, change: ResourceChange) -> ResourceChange | None:
        """The one created object that is equal to this destroyed one but for its name; None for none or several."""
        if change.action is not Action.DELETE:
            return None
        alike = [
            one
            for (type_name, names), by_values in self.created.items()
            if type_name == change.type and names
            for one in by_values.get(_values(before(change), names), ())
        ]
        return alike[0] if len(alike) == 1 else None


def _compared(own: Record) -> _Key:
    """The attributes that somebody set: no names, and nothing that only the apply will tell."""
    return tuple(
        sorted(
            name
            for name, value in own.items()
            if name not in NAMES and not is_empty(value) and not isinstance(value, Unknown)
        )
    )


def _values(own: Record, names: _Key) -> _Key:
    return tuple(mark(own.get(name)) for name in names)
