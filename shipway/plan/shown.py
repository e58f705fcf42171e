"""Values as text for people: JSON, with what is unknown or secret said in words. Nothing is escaped or cut here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from shipway.plan.diff import KEYS, Side
from shipway.plan.objects import SECRET_TEXT, UNKNOWN_TEXT
from shipway.plan.taint import Taint
from shipway.plan.values import Absent, Record, Secret, Unknown, Value, is_empty, is_zero

__all__ = ["CHANGED_SECRET", "hides", "pair", "shown"]

CHANGED_SECRET = "(sensitive, changed)"  # noqa: S105 - what stands in place of one


def pair(old: Side, new: Side, taint: Taint) -> tuple[str, str]:
    """Both sides of a difference as text. Of a secret, only that it changed is said."""
    if isinstance(old, Secret) and isinstance(new, Secret):
        return SECRET_TEXT, CHANGED_SECRET
    before, after = shown(old, taint), shown(new, taint)
    # Two values that differ in nothing but a secret look the same once it is taken out.
    return (before, f"{after}, changed") if before == after else (before, after)


def hides(side: Side, taint: Taint) -> bool:
    """Whether something of this value is not shown because it is secret."""
    match side:
        case Secret():
            return True
        case str():
            return taint.redact(side) != side
        case tuple():
            return any(hides(item, taint) for item in side)
        case Record():
            return any(hides(inner, taint) or taint.redact(name) != name for name, inner in side.items())
    return False


def shown(side: Side, taint: Taint) -> str:
    """One value as text, without any secret; empty for a side that does not exist."""
    match side:
        case Absent():
            return ""
        case Secret():
            return SECRET_TEXT
        case Unknown():
            return _unknown(side)
    return json.dumps(_plain(side, taint), ensure_ascii=False)


def _plain(value: Value, taint: Taint) -> Any:
    match value:
        case Secret():
            return SECRET_TEXT
        case Unknown():
            return _unknown(value)
        case str():
            return taint.redact(value)
        case tuple():
            return [_plain(item, taint) for item in value]
        case Record():
            return {taint.redact(name): _plain(inner, taint) for name, inner in _told(value)}
    return value


def _told(block: Record) -> Iterator[tuple[str, Value]]:
    """What is set in a block: a provider's blocks have dozens of attributes that nobody set. Keys first, zeros last."""
    filled = [(name, inner) for name, inner in block.items() if not is_empty(inner)]
    return iter(sorted(filled, key=lambda item: (item[0] not in KEYS, is_zero(item[1]))))


def _unknown(value: Unknown) -> str:
    return f"(known after apply, from {', '.join(value.refs)})" if value.refs else UNKNOWN_TEXT
