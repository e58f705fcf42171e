"""The values of a plan as types: what is unknown and what is secret cannot be mistaken for something else.

A value is null, a boolean, a number, a string, a tuple of values, a Record of values by name, an Unknown (known only
after apply) or a Secret (a value that must never be shown). Everything is immutable.
"""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, KeysView, Mapping, ValuesView
from dataclasses import dataclass
from typing import TypeAlias

__all__ = [
    "ABSENT",
    "Absent",
    "Path",
    "Record",
    "Scalar",
    "Secret",
    "Unknown",
    "Value",
    "is_empty",
    "is_zero",
    "same",
]

Scalar: TypeAlias = "bool | int | float | str | None"
Value: TypeAlias = "Scalar | tuple[Value, ...] | Record | Unknown | Secret"
Path: TypeAlias = "tuple[str | int, ...]"


class Record:
    """Values by name, read-only. No abstract base: a plan holds millions, and a check against one costs ten times."""

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, Value]) -> None:
        self._items = dict(items)

    @classmethod
    def owning(cls, items: dict[str, Value]) -> Record:
        """A record of this very dictionary, which nobody else may hold: a plan has half a million of them."""
        found = cls.__new__(cls)
        found._items = items
        return found

    def __getitem__(self, key: str) -> Value:
        return self._items[key]

    def __contains__(self, key: object) -> bool:
        return key in self._items

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Record) and same(self, other)

    def __hash__(self) -> int:
        return hash(frozenset(self._items))

    def __repr__(self) -> str:
        return f"Record({self._items!r})"

    def get(self, key: str, default: Value = None) -> Value:
        """The value of that name, or the default."""
        return self._items.get(key, default)

    def keys(self) -> KeysView[str]:
        """The names."""
        return self._items.keys()

    def values(self) -> ValuesView[Value]:
        """The values."""
        return self._items.values()

    def items(self) -> ItemsView[str, Value]:
        """The names with their values."""
        return self._items.items()

    def without(self, *names: str) -> Record:
        """The same record with these names left out."""
        return Record({name: value for name, value in self._items.items() if name not in names})


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that Terraform learns while it applies; `refs` are the expressions it will come from, where known."""

    refs: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        raise TypeError("an unknown value is neither true nor false: match on Unknown before you use it")


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A value that no output may contain. It can be compared, so that a changed secret is seen to change."""

    value: Value

    def __repr__(self) -> str:
        return "Secret(...)"


@dataclass(frozen=True, slots=True)
class Absent:
    """No value at all: the side of a difference where the thing does not exist."""


ABSENT = Absent()


def same(left: Value | Absent, right: Value | Absent) -> bool:
    """Whether two values are equal as Terraform sees it: true is not 1, and 1 is 1.0."""
    if left is right:
        return True
    if type(left) is not type(right):
        return type(left) in _NUMBERS and type(right) in _NUMBERS and left == right
    if isinstance(left, Record) and isinstance(right, Record):
        return _same_records(left, right)
    if isinstance(left, tuple) and isinstance(right, tuple):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, Secret) and isinstance(right, Secret):
        return same(left.value, right.value)
    return left == right


_NUMBERS = (int, float)


def _same_records(left: Record, right: Record) -> bool:
    if left.keys() != right.keys():
        return False
    for name, value in left.items():
        other = right[name]
        if value is not other and not same(value, other):
            return False
    return True


def is_empty(value: Value | Absent) -> bool:
    """Whether nothing is set: null, an empty text, list or record."""
    return value is None or (isinstance(value, (str, tuple, Record)) and len(value) == 0)


def is_zero(value: Value | Absent) -> bool:
    """Whether the value is what the older half of Terraform's providers cannot tell from an unset one."""
    return is_empty(value) or value is False or (isinstance(value, (int, float)) and value == 0)
