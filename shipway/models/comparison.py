"""What is not the same in two pieces of plain data, and where, on both sides.

Lists of words are compared as sets, for Databricks gives their order no meaning; lists of mappings by what names their
items. A text that only has the other environment's name in it as a word is the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from shipway.models.document import spelled
from shipway.models.source import Path_

__all__ = ["Absent", "Comparison", "Found", "Where"]

# What tells the mappings of a list apart, the first that all of them have.
_NAMING = ("name", "key", "principal", "policy", "url", "group", "environment", "use_case")


class Absent(Enum):
    """What one side does not have at all."""

    ABSENT = "nothing"


@dataclass(frozen=True, slots=True)
class Where:
    """A path as it is written under `differs`, and where it stands on each side: a list's index can differ."""

    path: str = ""
    pattern: Path_ = ()
    left: Path_ = ()
    right: Path_ = ()

    def key(self, name: str) -> Where:
        """Below it, at a key."""
        path = spelled((name,)) if not self.path else f"{self.path}.{name}"
        return Where(path, (*self.pattern, name), (*self.left, name), (*self.right, name))

    def item(self, name: str, left: int | None, right: int | None) -> Where:
        """Below it, at a list's item; None on the side that has none."""

        def place(path: Path_, index: int | None) -> Path_:
            return path if index is None else (*path, index)

        return Where(f"{self.path}[{name}]", (*self.pattern, "[]"), place(self.left, left), place(self.right, right))


@dataclass(frozen=True, slots=True)
class Found:
    """What is not the same, and where."""

    where: Where
    left: Any
    right: Any


class Comparison:
    """Compares plain data of the environments `left` and `right` ('' for none); a path of `own` is no difference."""

    def __init__(self, left: str, right: str, own: Sequence[Sequence[str]] = ()) -> None:
        self._own = own
        # A word of its own: `test` in `s3://halyard-test-claims`, not in `latest`.
        self._left, self._right = (
            re.compile(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])" if name else r"(?!)")
            for name in (left, right)
        )

    def compare(self, left: Any, right: Any, where: Where | None = None) -> Iterator[Found]:
        """Every difference, in the order of the left side."""
        where = where or Where()
        if any(_matches(where.pattern, own) for own in self._own):
            return
        match left, right:
            case dict(), dict():
                for key in {**left, **right}:
                    sides = left.get(key, Absent.ABSENT), right.get(key, Absent.ABSENT)
                    yield from self.compare(*sides, where.key(key))
            case list(), list():
                yield from self._lists(left, right, where)
            case _ if not self._follows_from_names(left, right):
                yield Found(where, left, right)

    def _lists(self, left: list[Any], right: list[Any], where: Where) -> Iterator[Found]:
        name = _naming_key(left, right)
        if name is None:
            ours, theirs = self._neutral(left, self._left), self._neutral(right, self._right)
            if sorted(map(repr, left)) != sorted(map(repr, right)) and sorted(map(repr, ours)) != sorted(
                map(repr, theirs)
            ):
                yield Found(where, left, right)
            return
        mine, other = ({item[name]: index for index, item in enumerate(side)} for side in (left, right))
        for key in {**mine, **other}:
            i, j = mine.get(key), other.get(key)
            sides = (Absent.ABSENT if i is None else left[i], Absent.ABSENT if j is None else right[j])
            yield from self.compare(*sides, where.item(key, i, j))

    def _follows_from_names(self, left: Any, right: Any) -> bool:
        # By type too: Python takes `true` for 1, a cluster policy does not.
        if type(left) is not type(right):
            return False
        return bool(left == right or self._neutral(left, self._left) == self._neutral(right, self._right))

    def _neutral(self, value: Any, name: re.Pattern[str]) -> Any:
        """`value` with the environment's own name blanked out wherever it is a word."""
        match value:
            case str():
                return name.sub("\0", value)
            case list():
                return [self._neutral(one, name) for one in value]
            case dict():
                return {key: self._neutral(one, name) for key, one in value.items()}
            case _:
                return value


def _matches(pattern: Path_, own: Sequence[str]) -> bool:
    return len(pattern) == len(own) and all(o in ("*", p) for p, o in zip(pattern, own, strict=True))


def _naming_key(left: list[Any], right: list[Any]) -> str | None:
    """The key by which the mappings of both lists can be told apart."""
    for key in _NAMING:
        if all(isinstance(item, dict) and isinstance(item.get(key), str) for item in (*left, *right)) and all(
            len({item[key] for item in side}) == len(side) for side in (left, right)
        ):
            return key
    return None
