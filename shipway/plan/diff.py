"""Differences inside one object, told by name: `task["score"].timeout_seconds`, never `task[17].timeout_seconds`.

A list of records that share a key (task_key, name, principal, ...) is compared by that key, so that an inserted task is
one row. Other lists are compared as what was taken out and put in. JSON inside a string is compared as JSON.
"""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from shipway.plan.masks import merge
from shipway.plan.values import ABSENT, Absent, Record, Secret, Unknown, Value, same

__all__ = ["KEYS", "Difference", "Side", "by_attribute", "differences", "mark"]

Side: TypeAlias = "Value | Absent"

# Most telling first. A key counts only where every element of both sides has one, known and different from the others.
KEYS = (
    "task_key",
    "job_cluster_key",
    "environment_key",
    "principal",
    "user_name",
    "group_name",
    "service_principal_name",
    "served_entity_name",
    "served_model_name",
    "key",
    "name",
    "alias",
    "id",
)
# Terraform sorts sets by content, so that a changed element moves: an order that nobody wrote.
_SETS = frozenset({"principal", "user_name", "group_name", "service_principal_name"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where two values differ; `path` is for people."""

    path: str
    old: Side
    new: Side


def differences(old: Side, new: Side, path: str = "") -> Iterator[Difference]:
    """Every difference between two values. Equal values have none; a reordered keyed list has one."""
    # Records are gone through in any case: to ask first would be to go through them twice.
    if isinstance(old, Record) and isinstance(new, Record):
        yield from (difference for _, difference in by_attribute(old, new, path))
    elif not same(old, new):
        yield from _differences(old, new, path)


def by_attribute(old: Record, new: Record, path: str = "") -> Iterator[tuple[str, Difference]]:
    """Every difference between two records, each with the name in the record under which it lies."""
    for name, left, right in _differing(old, new):
        step = _join(path, name)
        if isinstance(left, Record) and isinstance(right, Record):
            yield from ((name, difference) for _, difference in by_attribute(left, right, step))
        else:
            yield from ((name, difference) for difference in _differences(left, right, step))


def _differing(old: Record, new: Record) -> Iterator[tuple[str, Value, Value]]:
    """What is not the same in both, and every record in them; an unset value and none are the same to Terraform."""
    for name, right in new.items():
        left = old.get(name)
        if left is not right and (isinstance(right, Record) or not same(left, right)):
            yield name, left, right
    if not old.keys() <= new.keys():
        yield from ((name, left, None) for name, left in old.items() if left is not None and name not in new)


def _differences(old: Side, new: Side, path: str) -> Iterator[Difference]:
    match old, new:
        case tuple(), tuple():
            yield from _lists(old, new, path)
        case str(), str():
            yield from _texts(old, new, path)
        case _:
            yield Difference(path, old, new)


def _join(path: str, name: str) -> str:
    plain = name.replace("_", "").replace("-", "").isalnum()
    step = name if plain else f"[{json.dumps(name)}]"
    return f"{path}.{step}" if path and plain else f"{path}{step}"


def _lists(old: tuple[Value, ...], new: tuple[Value, ...], path: str) -> Iterator[Difference]:
    key = _natural_key(old, new)
    if key:
        yield from _keyed(old, new, path, key)
    elif all(isinstance(item, Record) for item in (*old, *new)):
        yield from _records(old, new, path)
    else:
        yield from _items(old, new, path)


def _natural_key(old: Sequence[Value], new: Sequence[Value]) -> str:
    # One that stands first tells which keys are worth looking for; both sides are never empty, or they were the same.
    example = (*old[:1], *new[:1])[0]
    if not isinstance(example, Record):
        return ""
    return next((key for key in KEYS if key in example and _identifies(key, old) and _identifies(key, new)), "")


def _identifies(key: str, items: Sequence[Value]) -> bool:
    found = [item.get(key) if isinstance(item, Record) else None for item in items]
    names = [name for name in found if isinstance(name, str) and name]
    return len(names) == len(items) == len(set(names))


def _keyed(old: Sequence[Value], new: Sequence[Value], path: str, key: str) -> Iterator[Difference]:
    olds, news = _by_key(old, key), _by_key(new, key)
    found = False
    for name in (*news, *(name for name in olds if name not in news)):
        step = f"{path}[{json.dumps(name, ensure_ascii=False)}]"
        for difference in differences(olds.get(name, ABSENT), news.get(name, ABSENT), step):
            found = True
            yield difference
    common = [name for name in olds if name in news]
    reordered = common != [name for name in news if name in olds]
    if not found or (reordered and key not in _SETS):
        yield Difference(f"{path}{{order}}", tuple(olds), tuple(news))


def _by_key(items: Sequence[Value], key: str) -> dict[str, Value]:
    return {str(item[key]): item for item in items if isinstance(item, Record)}


def _records(old: Sequence[Value], new: Sequence[Value], path: str) -> Iterator[Difference]:
    """Records without a key: equal ones cancel out; what is left is compared in order, the surplus added or removed."""
    if len(old) == len(new) == 1:
        yield from differences(old[0], new[0], path)
        return
    gone, come = _leftovers(old, new)
    if not gone and not come:
        yield Difference(f"{path}{{order}}", tuple(old), tuple(new))
    for place in range(max(len(gone), len(come))):
        before = gone[place] if place < len(gone) else ABSENT
        after = come[place] if place < len(come) else ABSENT
        if len(gone) == len(come):
            yield from differences(before, after, f"{path}[{place}]")
        else:
            yield Difference(f"{path}[]", before, after)


def _items(old: Sequence[Value], new: Sequence[Value], path: str) -> Iterator[Difference]:
    gone, come = _leftovers(old, new)
    if not gone and not come:
        yield Difference(f"{path}{{order}}", tuple(old), tuple(new))
    if len(gone) == len(come) == len(old) == len(new) == 1:
        yield from differences(gone[0], come[0], f"{path}[0]")
        return
    for item in gone:
        yield Difference(f"{path}[]", item, ABSENT)
    for item in come:
        yield Difference(f"{path}[]", ABSENT, item)


def _leftovers(old: Sequence[Value], new: Sequence[Value]) -> tuple[list[Value], list[Value]]:
    """What of each side the other does not have, counting equal elements."""
    return _minus(old, new), _minus(new, old)


def _minus(items: Sequence[Value], others: Sequence[Value]) -> list[Value]:
    stock = Counter(map(mark, others))
    left = []
    for item in items:
        found = mark(item)
        stock[found] -= 1
        if stock[found] < 0:
            left.append(item)
    return left


def mark(value: Side) -> str:
    """A text that is equal for equal values, only ever compared and never shown."""
    match value:
        case Record():
            return "{" + ",".join(f"{name!r}:{mark(value[name])}" for name in sorted(value)) + "}"
        case tuple():
            return "[" + ",".join(map(mark, value)) + "]"
        case Secret():
            return f"<{mark(value.value)}>"
        case Unknown():
            return f"?{value.refs!r}"
        case float() if value.is_integer():
            return repr(int(value))
    return repr(value)


def _texts(old: str, new: str, path: str) -> Iterator[Difference]:
    if path.endswith("_base64"):
        before_text, after_text = _decoded(old), _decoded(new)
        if before_text is not None and after_text is not None and before_text != after_text:
            yield from _jsons(before_text, after_text, path) or [Difference(f"{path}{{text}}", before_text, after_text)]
            return
    yield from _jsons(old, new, path) or [Difference(path, old, new)]


def _jsons(old: str, new: str, path: str) -> list[Difference]:
    """The differences of two texts of JSON; none where one of them is none, or both say the same."""
    before, after = _embedded(old), _embedded(new)
    if before is None or after is None:
        return []
    return list(differences(before, after, f"{path}{{json}}"))


def _decoded(text: str) -> str | None:
    """The text that a string of base64 holds, or None: of a notebook a reviewer reads the code."""
    try:
        return base64.b64decode(text, validate=True).decode()
    except ValueError:
        return None


def _embedded(text: str) -> Value:
    """The record or list that a string of JSON holds, or None."""
    if not text.startswith(("{", "[")):
        return None
    try:
        return merge(json.loads(text), None, None)
    except (ValueError, RecursionError):
        return None
