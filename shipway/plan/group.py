"""The same change in several stacks is one row with the list of stacks; a stack that differs keeps its own row.

Names hold the environment and the use case (`claims_prod`), so rows are compared with the stack's own words taken out.
The replacement can be undone from the stack's name: a row that stands for several hides nothing of any of them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache
from typing import TypeVar

from shipway.plan.report import AccessRow, Caution, ObjectRow, OutputRow, PointerRow, SlotRow, StateRow
from shipway.plan.strings import map_strings

__all__ = ["group", "mark_odd_ones"]

Row = TypeVar("Row", AccessRow, Caution, ObjectRow, OutputRow, PointerRow, SlotRow, StateRow)

# Cannot stand in a name. One that does stand in a value is doubled first, so that no two rows become one by accident.
_MARK = "\0"
_SHOWN = (("\0e", "<environment>"), ("\0u", "<use-case>"), ("\0n", "<use_case>"))


def group(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Rows that are equal but for their stacks' own words become one; the order of first appearance stays."""
    found: dict[Row, list[Row]] = defaultdict(list)
    for row in rows:
        key = map_strings(replace(row, places=()), _without_own_words(_stack(row)))
        found[key].append(row)
    return tuple(_one(key, members) for key, members in found.items())


def _stack(row: Row) -> str:
    return row.places[0].stack if row.places else ""


def _one(key: Row, members: Sequence[Row]) -> Row:
    places = tuple(dict.fromkeys(place for member in members for place in member.places))
    first = members[0]
    if len(members) == 1:
        return first if len(places) == len(first.places) else replace(first, places=places)
    bare = [replace(member, places=()) for member in members]
    if all(member == bare[0] for member in bare):
        return replace(first, places=places)
    return replace(map_strings(key, _readable), places=places)


def _readable(text: str) -> str:
    for mark, words in _SHOWN:
        text = text.replace(mark, words)
    return text.replace(_MARK * 2, _MARK)


@cache
def _without_own_words(stack: str) -> Callable[[str], str]:
    environment, _, use_case = stack.partition("-")
    if not use_case:
        return _doubled
    words = {environment: "\0e"}
    if use_case != "landing-zone":
        words |= {use_case.replace("-", "_"): "\0n", use_case: "\0u"}
    longest_first = sorted(words, key=len, reverse=True)
    pattern = re.compile("(?<![A-Za-z0-9])(" + "|".join(map(re.escape, longest_first)) + ")(?![A-Za-z0-9])")
    return lambda text: pattern.sub(lambda found: words[found[1]], _doubled(text))


def _doubled(text: str) -> str:
    return text.replace(_MARK, _MARK * 2) if _MARK in text else text


def mark_odd_ones(rows: Sequence[ObjectRow]) -> tuple[ObjectRow, ...]:
    """Rows of an object that changes in another way elsewhere say where; with those first."""
    same_object: dict[tuple[str, str], list[ObjectRow]] = defaultdict(list)
    for row in rows:
        same_object[row.type, row.address].append(row)
    return tuple(_marked(row, same_object[row.type, row.address]) for row in rows)


def _marked(row: ObjectRow, siblings: Sequence[ObjectRow]) -> ObjectRow:
    largest = max(siblings, key=lambda sibling: len(sibling.places))
    if row is largest or len(largest.places) < 2:
        return row
    return replace(row, unlike=tuple(sorted({place.stack for place in largest.places})))
