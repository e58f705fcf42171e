"""JSON that has one meaning: no key twice, no NaN, within bounds that a stack never reaches."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import Any, NoReturn

__all__ = ["DEEPEST", "LARGEST", "NotStrict", "parse"]

LARGEST = 32 * 1024 * 1024
"""Bytes of one stack. A landing zone of 400 jobs has about one million."""

DEEPEST = 60
"""Levels; a job's deepest block is at about fifteen."""

_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', re.DOTALL)


class NotStrict(ValueError):
    """Why these bytes are not taken for JSON."""


def parse(raw: bytes) -> dict[str, Any]:
    """The object in these bytes; raises NotStrict."""
    if len(raw) > LARGEST:
        raise NotStrict(f"{len(raw)} bytes, wanted at most {LARGEST}")
    if _depth(raw) > DEEPEST:
        # Before it is parsed: a parser that recurses is ended by it.
        raise NotStrict(f"more than {DEEPEST} levels deep")
    try:
        # Terraform skips a byte order mark that Python's parser refuses: so is it here, both see the same or nothing.
        found = json.loads(raw.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_constant)
    except UnicodeDecodeError as error:
        raise NotStrict(f"not UTF-8 (byte {error.start})") from None
    except json.JSONDecodeError as error:
        raise NotStrict(f"not JSON ({error.msg}, line {error.lineno}, column {error.colno})") from None
    except ValueError as error:
        # Also a number of more digits than Python converts.
        raise NotStrict(str(error)) from None
    if not isinstance(found, dict):
        raise NotStrict(f"a {type(found).__name__}, wanted an object")
    return found


def _depth(raw: bytes) -> int:
    level = deepest = 0
    for found in _BRACKETS.finditer(raw):
        match found[0]:
            case b"{" | b"[":
                level += 1
                deepest = max(deepest, level)
            case b"}" | b"]":
                level -= 1
    return deepest


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(one for one, other in pairwise(sorted(key for key, _ in pairs)) if one == other)
        raise NotStrict(f"the key {twice[:80]!r} stands twice in one object: two readers would see two stacks")
    return found


def _constant(name: str) -> NoReturn:
    raise NotStrict(f"{name} is no JSON")
