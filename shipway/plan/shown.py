"""Values as text for people: JSON, with what is unknown or secret said in words. Nothing is escaped or cut here."""

from __future__ import annotations

import json
from typing import Any

from shipway.plan.diff import Side
from shipway.plan.objects import SECRET_TEXT, UNKNOWN_TEXT
from shipway.plan.taint import Taint
from shipway.plan.values import Absent, Record, Secret, Unknown, Value

__all__ = ["CHANGED_SECRET", "pair", "shown"]

CHANGED_SECRET = "(sensitive, changed)"  # noqa: S105 - what stands in place of one


def pair(old: Side, new: Side, taint: Taint) -> tuple[str, str]:
    """Both sides of a difference as text. Of a secret, only that it changed is said."""
    if isinstance(old, Secret) and isinstance(new, Secret):
        return SECRET_TEXT, CHANGED_SECRET
    return shown(old, taint), shown(new, taint)


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
            return {taint.redact(name): _plain(inner, taint) for name, inner in value.items()}
    return value


def _unknown(value: Unknown) -> str:
    return f"(known after apply, from {', '.join(value.refs)})" if value.refs else UNKNOWN_TEXT
