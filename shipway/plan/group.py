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

from shipway.plan.classes import RULES, ClassRule, highest
from shipway.plan.report import AccessRow, Caution, ObjectRow, OutputRow, PointerRow, RunsRow, SlotRow, StateRow
from shipway.plan.strings import map_strings

__all__ = ["access_key", "group", "mark_odd_ones", "object_key"]

Row = TypeVar("Row", AccessRow, Caution, ObjectRow, OutputRow, PointerRow, RunsRow, SlotRow, StateRow)

Odd = TypeVar("Odd", AccessRow, ObjectRow)

# Cannot stand in a name. One that does stand in a value is doubled first, so that no two rows become one by accident.
_MARK = "\0"
_SHOWN = (("\0e", "<environment>"), ("\0u", "<use-case>"), ("\0n", "<use_case>"))


def group(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Rows that are equal but for their stacks' own words become one; the order of first appearance stays."""
    found: dict[Row, list[Row]] = defaultdict(list)
    given = tuple(rows)
    # Rows of one stack are equal with its words if they are equal without.
    several = len(set(map(_stack, given))) > 1
    for row in given:
        bare = replace(row, places=())
        found[map_strings(bare, _without_own_words(_stack(row))) if several else bare].append(row)
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


def object_key(row: ObjectRow) -> tuple[str, ...]:
    """The same in each stack's row of the same object."""
    return row.type, _generic(row, row.places[0].address)


def access_key(row: AccessRow) -> tuple[str, ...]:
    """The same in each stack's row of the same principal on the same object."""
    address, who, on = (_generic(row, text) for text in (row.places[0].address, row.principal, row.on))
    return row.direction, address, who, on


def mark_odd_ones(rows: Sequence[Odd], key: Callable[[Odd], tuple[str, ...]]) -> tuple[Odd, ...]:
    """Rows of what changes in another way in several other stacks say in which, and are of the highest class of all."""
    if len({place.stack for row in rows for place in row.places}) < 2:
        return tuple(rows)
    alike: dict[tuple[str, ...], list[Odd]] = defaultdict(list)
    for row in rows:
        alike[key(row)].append(row)
    return tuple(_marked(row, alike[key(row)]) for row in rows)


def _marked(row: Odd, siblings: Sequence[Odd]) -> Odd:
    if len(siblings) == 1:
        return row
    largest = max(siblings, key=lambda sibling: len(_stacks(sibling)))
    # Two things in one stack are two things, not one done in two ways.
    if row is largest or len(_stacks(largest)) < 2 or _stacks(row) & _stacks(largest):
        return row
    return replace(row, unlike=tuple(sorted(_stacks(largest))), because=_raised(row, siblings))


def _raised(row: Odd, siblings: Sequence[Odd]) -> tuple[ClassRule, ...]:
    """Why it is of its class; who approves what the others do looks at the one that does something else as well."""
    top = max(highest(sibling.because) for sibling in siblings)
    return row.because if highest(row.because) >= top else (RULES[f"unlike-{top}"], *row.because)


def _stacks(row: Odd) -> frozenset[str]:
    return frozenset(place.stack for place in row.places)


def _generic(row: Row, text: str) -> str:
    # What is written with placeholders already has none of its stack's words left.
    return _readable(_without_own_words(_stack(row))(text))
