"""The pointer as a router job's parameter: canonical JSON, handed to the jobs of both slots.

One pointer has one text: keys in order, no spaces, ASCII. A text that is anything else is refused, so a plan that
changes the parameter changes the pointer, and in nothing but what the reviewer sees.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from shipway.models.slot import Slot
from shipway.pointer.pointer import BadPointer, Pointer

__all__ = ["canonical", "parse", "read_object", "render", "slot_pointer"]

_LARGEST = 64 * 1024
_FIELDS = {"active", "candidate", "percent", "salt"}


def render(pointer: Pointer) -> str:
    """The parameter's text."""
    return canonical(asdict(pointer))


def parse(text: str) -> Pointer:
    """The pointer in `text`; raises BadPointer for anything that `render` does not write."""
    found = slot_pointer(read_object(text, "the pointer"))
    if render(found) != text:
        raise BadPointer(f"the pointer is not in its one form: got {text!r:.200}, wanted {render(found)!r}")
    return found


def slot_pointer(values: dict[str, Any]) -> Pointer:
    """A pointer whose ends are slots, from what was read; raises BadPointer."""
    if set(values) != _FIELDS:
        odd = ", ".join(sorted(map(repr, set(values) ^ _FIELDS)))
        raise BadPointer(f"the pointer has keys too many or too few: {odd:.200}")
    active, candidate, salt = values["active"], values["candidate"], values["salt"]
    slots = (Slot.BLUE.value, Slot.GREEN.value)
    if active not in slots or (candidate is not None and candidate not in slots):
        raise BadPointer(f"active and candidate: got {active!r:.60} and {candidate!r:.60}, wanted slots")
    if not isinstance(salt, str):
        raise BadPointer(f"salt: got {salt!r:.60}, wanted text")
    return Pointer(str(active), candidate, values["percent"], salt)


def canonical(value: object) -> str:
    """JSON with one text per value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def read_object(text: str, what: str) -> dict[str, Any]:
    """The JSON object in `text`; raises BadPointer."""
    if len(text) > _LARGEST:
        raise BadPointer(f"{what} has {len(text):,} characters, wanted at most {_LARGEST:,}")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadPointer(f"{what} is no JSON: {error}") from None
    if not isinstance(found, dict):
        raise BadPointer(f"{what} is a {type(found).__name__}, wanted an object")
    return found
