"""Secrets by value: Terraform's marks say where a secret stands, not where else the same text turns up.

A sensitive variable that went through a computed attribute comes back unmarked. So every text that may be shown is
searched for every secret of the plan, also as base64, hexadecimal, URL-encoded and JSON-escaped.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, quote_plus

from shipway.plan.values import Absent, Record, Secret, Unknown, Value

__all__ = ["REDACTED", "Taint", "scalars"]

REDACTED = "(redacted)"

# Shorter secrets occur by chance in every other word; their own place is masked all the same.
_SHORTEST = 6
# A line of a key file or a field of a credentials file, alone: long enough not to be `-----BEGIN` or a project's name.
_SHORTEST_PART = 12


def scalars(value: Value) -> Iterator[str]:
    """Every string and number in a value, as text."""
    match value:
        case Secret():
            yield from scalars(value.value)
        case Record():
            for inner in value.values():
                yield from scalars(inner)
        case tuple():
            for inner in value:
                yield from scalars(inner)
        case bool() | None | Unknown():
            return
        case str():
            yield value
        case int() | float():
            yield str(value)


def _bare(value: Value | Absent) -> Any:
    """The value as JSON can write it, with what it hides."""
    match value:
        case Secret():
            return {"secret": _bare(value.value)}
        case Unknown():
            return {"unknown": list(value.refs)}
        case Absent():
            return {"absent": True}
        case tuple():
            return [_bare(item) for item in value]
        case Record():
            return {"record": {name: _bare(inner) for name, inner in value.items()}}
    return value


def _parts(secret: str) -> Iterator[str]:
    yield secret
    yield secret.strip()
    yield from (line.strip() for line in secret.splitlines() if len(line.strip()) >= _SHORTEST_PART)
    if secret.startswith(("{", "[")):
        yield from (part for part in _json_leaves(secret) if len(part) >= _SHORTEST_PART)


def _json_leaves(text: str) -> Iterator[str]:
    try:
        pending = [json.loads(text)]
    except (ValueError, RecursionError):
        return
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)
        elif isinstance(item, str):
            yield item


def _encoded(text: str) -> Iterator[str]:
    raw = text.encode("utf-8", "surrogatepass")
    yield from (text, raw.hex(), raw.hex().upper())
    yield from (json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1])
    for escaped in (quote(raw, safe=""), quote(raw), quote_plus(raw)):
        yield from (escaped, re.sub("%[0-9A-F]{2}", lambda code: code[0].lower(), escaped))
    yield from _base64(raw)


def _base64(raw: bytes) -> Iterator[str]:
    """`raw` inside a base64 text, wherever it begins there: only the digits that depend on it alone."""
    for lead in range(3):
        first = (0, 2, 3)[lead]
        whole = (lead + len(raw)) * 8 // 6
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield encode(b"\0" * lead + raw).decode()[first:whole]


# Of this process alone: without a key of their own, the seals of one review mean nothing to another.
_PROCESS_KEY = secrets.token_bytes(32)


@dataclass(frozen=True, slots=True, repr=False)
class Taint:
    """The secrets of a plan, in every form that is searched for, and the key by which changed ones are told apart."""

    needles: frozenset[str] = frozenset()
    key: bytes = _PROCESS_KEY
    # How long the needles are that begin so, longest first: by their lengths, as many may begin alike as there are.
    _index: dict[str, tuple[int, ...]] = field(default_factory=dict, init=False, compare=False)
    # The same few words stand in every row, and each row's text is searched again wherever it is shown.
    _searched: dict[str, str] = field(default_factory=dict, init=False, compare=False)

    def __post_init__(self) -> None:
        lengths: dict[str, set[int]] = defaultdict(set)
        for needle in self.needles:
            lengths[needle[:_SHORTEST]].add(len(needle))
        self._index.update((start, tuple(sorted(found, reverse=True))) for start, found in lengths.items())

    def __repr__(self) -> str:
        return f"Taint({len(self.needles)} forms)"

    @classmethod
    def of(cls, values: Iterable[Value]) -> Taint:
        """The taint of these secret values; strings and numbers of fewer than six characters are left out."""
        texts = {part for value in values for text in scalars(value) for part in _parts(text)}
        long = (text for text in texts if len(text) >= _SHORTEST)
        return cls(frozenset(form for text in long for form in _encoded(text) if len(form) >= _SHORTEST))

    @classmethod
    def joined(cls, taints: Iterable[Taint]) -> Taint:
        """The taint of several plans: a secret of one must not show up in the rows of another."""
        several = tuple(taints)
        return several[0] if len(several) == 1 else cls(frozenset().union(*(taint.needles for taint in several)))

    def seal(self, *values: Value | Absent) -> str:
        """A keyed digest of values, secrets included: equal for equal ones, and no way back without the key."""
        text = json.dumps([_bare(value) for value in values], sort_keys=True)
        return hmac.new(self.key, text.encode(), hashlib.sha256).hexdigest()

    def redact(self, text: str) -> str:
        """`text` with every stretch that holds a secret replaced; overlapping secrets leave no remainder."""
        if not self.needles or len(text) < _SHORTEST:
            return text
        found = self._searched.get(text)
        if found is None:
            found = self._searched[text] = self._redacted(text)
        return found

    def _redacted(self, text: str) -> str:
        kept, end = [], 0
        for start, stop in self._stretches(text):
            kept += [text[end:start], REDACTED]
            end = stop
        return "".join([*kept, text[end:]]) if kept else text

    def _stretches(self, text: str) -> Iterator[tuple[int, int]]:
        index, start, stop = self._index, -1, -1
        starts = [at for at in range(len(text) - _SHORTEST + 1) if text[at : at + _SHORTEST] in index]
        for at in starts:
            found = self._longest(text, at)
            if not found:
                continue
            if at > stop:
                if stop >= 0:
                    yield start, stop
                start = at
            stop = max(stop, at + found)
        if stop >= 0:
            yield start, stop

    def _longest(self, text: str, at: int) -> int:
        lengths = self._index[text[at : at + _SHORTEST]]
        return next((length for length in lengths if text[at : at + length] in self.needles), 0)
