"""What an object should be: the state's value with the declared one laid over it, and what is observed put beside it.

Terraform, the state and the API write equal things differently: 30 and "30", a block and a list with one block, a set
in another order, JSON with other spaces, `false` and nothing. These are made alike here, so that only what differs in
meaning is left.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence

from shipway.plan.diff import KEYS, Difference, differences
from shipway.plan.values import ABSENT, Record, Secret, Unknown, Value, is_zero, same

__all__ = ["drifted", "expected", "pruned"]

# Lists whose order says something; every other list of plain values is a set to Databricks.
_ORDERED = frozenset({"parameters", "arguments", "init_scripts", "commands"})


def expected(recorded: Value, declared: Value) -> Value:
    """`recorded` with all that is declared in its place; both pruned."""
    match recorded, declared:
        case _, Unknown() | None:
            return recorded
        case (Record() as inner,), Record():
            return (expected(inner, declared),)
        case Record(), Record():
            laid = {name: expected(recorded.get(name), value) for name, value in declared.items()}
            return Record({name: value for name, value in {**dict(recorded.items()), **laid}.items() if not _no(value)})
        case Record(), (Record() as inner,):
            return expected(recorded, inner)
        case tuple(), tuple():
            return _lists(recorded, declared)
    return recorded if _alike(recorded, declared) else declared


def _no(value: Value) -> bool:
    return not isinstance(value, Unknown) and is_zero(value)


def _lists(recorded: tuple[Value, ...], declared: tuple[Value, ...]) -> Value:
    key = _key(recorded, declared)
    if key:
        known = {str(one[key]): one for one in recorded if isinstance(one, Record)}
        return tuple(expected(known.get(str(one[key])), one) for one in declared if isinstance(one, Record))
    if any(isinstance(one, Record) for one in declared):
        return _unnamed(recorded, declared)
    return recorded if _same_set(recorded, declared) else declared


def _unnamed(recorded: tuple[Value, ...], declared: tuple[Value, ...]) -> Value:
    """Blocks without a key: a recorded one that has all that one declares is that one; the rest go by their order."""
    left, fitted = list(declared), {}
    for place, there in enumerate(recorded):
        one = next((one for one in left if same(pruned(expected(there, one)), pruned(there))), None)
        if one is not None:
            left.remove(one)
            fitted[place] = there
    places = [place for place in range(len(recorded)) if place not in fitted]
    fitted |= {place: expected(recorded[place], one) for place, one in zip(places, left, strict=False)}
    return (*(fitted[place] for place in sorted(fitted)), *left[len(places) :])


def _key(left: Sequence[Value], right: Sequence[Value]) -> str:
    return next((key for key in KEYS if _identified(key, left) and _identified(key, right)), "")


def _identified(key: str, items: Sequence[Value]) -> bool:
    names = [item.get(key) for item in items if isinstance(item, Record)]
    texts = [name for name in names if isinstance(name, str) and name]
    return bool(items) and len(texts) == len(items) == len(set(texts))


def pruned(value: Value) -> Value:
    """`value` without what is not set: to the API, nothing, `false`, 0 and an empty list are one."""
    match value:
        case Record():
            inner = {name: pruned(item) for name, item in value.items()}
            return Record({name: item for name, item in inner.items() if not _no(item)})
        case tuple():
            items = tuple(pruned(item) for item in value)
            # The API answers with a block in which nothing is set where Terraform has none.
            return () if all(isinstance(item, Record) and not len(item) for item in items) else items
        case Secret():
            return value
    return value


def drifted(wanted: Record, found: Record) -> Iterator[Difference]:
    """Every place where `found` differs from `wanted` in meaning; both pruned."""
    for name in sorted({*wanted, *found}):
        left, right = wanted.get(name), _aligned(wanted.get(name), found.get(name), name)
        for one in differences(ABSENT if left is None else left, ABSENT if right is None else right, name):
            if not one.path.endswith("{order}") or name in _ORDERED:
                yield one


def _aligned(wanted: Value, found: Value, name: str = "") -> Value:
    """`found` written as `wanted` is, where both mean the same."""
    match wanted, found:
        case Unknown(), _:
            return wanted
        case Record(), (Record() as inner,):
            return _aligned(wanted, inner)
        case (Record(),), Record():
            return _aligned(wanted, (found,))
        case Record(), Record():
            return Record({key: _aligned(wanted.get(key), value, key) for key, value in found.items()})
        case tuple(), tuple():
            return _aligned_lists(wanted, found, name)
    return wanted if _alike(wanted, found) else found


def _aligned_lists(wanted: tuple[Value, ...], found: tuple[Value, ...], name: str) -> Value:
    key = _key(wanted, found)
    if key:
        known = {str(one[key]): one for one in wanted if isinstance(one, Record)}
        return tuple(_aligned(known.get(str(one[key])), one) for one in found if isinstance(one, Record))
    if len(wanted) == len(found) == 1:
        return (_aligned(wanted[0], found[0]),)
    return wanted if name not in _ORDERED and _same_set(wanted, found) else found


def _same_set(left: Sequence[Value], right: Sequence[Value]) -> bool:
    plain = all(isinstance(item, (str, int, float)) for item in (*left, *right))
    return plain and Counter(map(_plain, left)) == Counter(map(_plain, right))


def _alike(left: Value, right: Value) -> bool:
    """Whether two values that are no records mean the same: 30 and "30", true and "true", JSON and the same JSON."""
    if same(left, right):
        return True
    scalars = (str, bool, int, float)
    if isinstance(left, scalars) and isinstance(right, scalars):
        return _plain(left) == _plain(right) or _same_json(left, right)
    return False


def _plain(value: Value) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _same_json(left: Value, right: Value) -> bool:
    if not (isinstance(left, str) and isinstance(right, str) and left[:1] in ("{", "[") and right[:1] == left[:1]):
        return False
    try:
        return bool(json.loads(left) == json.loads(right))
    except (ValueError, RecursionError):
        return False
