"""An entry of the ledger, and how it is one line of text whose hash chains it to the one before.

A line is canonical JSON (ASCII, keys sorted, no spaces) of the entry and its `hash`:

    hash = sha256("shipway-ledger/v1" NUL prev canonical-JSON-without-hash)

The hash is over what stands in the line, so a field that a later version adds is covered too. Signatures come beside
the line and not in it: they will be over `hash`, each with its key's name, and so one more person can sign later.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Annotated, Any

from pydantic import AfterValidator, JsonValue, TypeAdapter, ValidationError

__all__ = ["GENESIS", "Act", "Entry", "Kind", "NotAnEntry", "Result", "Standing", "head_of", "line_of", "read_entry"]

SCHEMA = "shipway/ledger/v1"
GENESIS = "0" * 64
"""What the first entry has before it."""

_LONGEST = 1 << 20


class NotAnEntry(ValueError):
    """A line that is no entry; the message says why."""


class Kind(StrEnum):
    """An intent is written before something is done and its outcome after, so that a crash leaves an open intent."""

    INTENT = "intent"
    OUTCOME = "outcome"
    EVENT = "event"


class Result(StrEnum):
    """How something ended."""

    DONE = "done"
    UNDONE = "undone"
    """Nothing of it is left: the line stands where it stood before the intent."""
    FAILED = "failed"
    """Part of it may be left: only a look at the line says what."""


class Act(StrEnum):
    """What an entry can be about beside the moves of a line (`shipway.release.moves.Move`)."""

    TORN = "torn"
    """Of the ledger itself: a line before this one was never finished."""
    REHEARSE = "rehearse"
    KILL = "kill"
    UNKILL = "unkill"
    """`details.name` is back in service."""
    FEATURE = "feature"
    """`details` say which feature is on for how many of a hundred keys."""
    OVERRIDE = "override"
    """`details.gate` names the gate that the next move may skip."""
    APPROVE = "approve"
    """Somebody agrees to the move that `details.move` names, and to no other: `shipway.release.approvals`."""
    WITHDRAW = "withdraw"
    """Whoever approved takes it back."""
    BACK_FILL = "back-fill"
    """What `closes` names, done without Git, is in Git now."""
    JUDGE = "judge"
    DEPLOY = "deploy"
    """The line's stack was deployed as it is declared, and not by a move. The first one begins the line's record: it
    says with `after` and `stands` where the line is."""
    DESTROY = "destroy"
    """All of the line's stack was destroyed: what was recorded of where it stands is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a line stands: what its manifest says, short enough to be in each entry."""

    phase: str
    active: str
    """The slot."""
    live: str
    """The id of the release that consumers get; in a canary, all but the cohort."""
    candidate: str | None = None
    """The id of the other one, where one is under way."""
    percent: int | None = None
    hold: str | None = None


def _instant(text: str) -> str:
    if datetime.fromisoformat(text).utcoffset() is None:
        raise ValueError("without an offset from UTC")
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One act. The ledger gives it the last four fields when it is appended."""

    kind: Kind
    environment: str
    use_case: str
    """With the environment: the line. Empty where the ledger speaks of itself."""
    move: str
    """A move of a line or an `Act`."""
    actor: str
    """Who says to have done it: a name that nobody has checked until entries are signed."""
    release: str = ""
    """The id of the release that this is about."""
    reason: str = ""
    before: str = ""
    """The digest of the manifest before it."""
    after: str = ""
    """The digest of the manifest after it."""
    plan: str = ""
    """The digest of the normalised plan."""
    inverse: str = ""
    """The digest of the plan that takes it back."""
    closes: str = ""
    """Of an outcome: its intent's hash. Of a back-fill: the hash of what was done without Git."""
    result: Result | None = None
    stands: Standing | None = None
    """Of an outcome: where the line stands now."""
    back_fill: bool = False
    """It was done without Git, and Git does not know of it yet."""
    evidence: tuple[str, ...] = ()
    """Digests of what speaks for it."""
    details: Mapping[str, JsonValue] = field(default_factory=dict)

    seq: Annotated[int, "from 1"] = 0
    prev: str = ""
    at: Annotated[str, AfterValidator(_instant)] = ""
    """ISO 8601, UTC."""
    hash: str = ""

    @property
    def line(self) -> tuple[str, str]:
        """Environment and use case."""
        return self.environment, self.use_case

    @property
    def when(self) -> datetime:
        """`at` as a time."""
        return datetime.fromisoformat(self.at)


def head_of(entries: Sequence[Entry]) -> str:
    """Up to where a ledger was read: what `Ledger.append` is told, so that it sees what came since."""
    return entries[-1].hash if entries else GENESIS


def line_of(entry: Entry) -> tuple[str, bytes]:
    """The hash of an entry that has its place, and its line; raises NotAnEntry for what could not be read again."""
    content = {one.name: getattr(entry, one.name) for one in fields(entry) if one.name != "hash"} | {"schema": SCHEMA}
    try:
        plain = json.loads(_canonical(content))
        found = _hash(entry.prev, _canonical(plain))
        line = _canonical({**plain, "hash": found})
        read_entry(line)
    except (ValueError, TypeError, RecursionError) as error:
        raise NotAnEntry(f"cannot be written as an entry: {error}") from error
    return found, line


def read_entry(data: bytes) -> Entry:
    """The entry of a line; raises NotAnEntry where even one byte is not as it was written."""
    if len(data) > _LONGEST:
        raise NotAnEntry(f"longer than {_LONGEST} bytes; what is long is a blob, named by its digest")
    try:
        content = json.loads(data)
        if not isinstance(content, dict) or list(content) != sorted(content):
            raise NotAnEntry("not canonical JSON")
        told = content.pop("hash", None)
        body = _canonical(content)
        if not _is_with_hash(data, body, told):
            raise NotAnEntry("not canonical JSON")
        if content.get("schema") != SCHEMA:
            raise NotAnEntry(f"not of {SCHEMA}")
        if told != _hash(str(content.get("prev")), body):
            raise NotAnEntry("its hash is not the hash of what it says")
        return _reader().validate_json(data, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise NotAnEntry(f"{'.'.join(map(str, first['loc'])) or 'it'}: {first['msg']}") from None
    except NotAnEntry:
        raise
    except (ValueError, RecursionError):
        raise NotAnEntry("not JSON") from None


@cache
def _reader() -> TypeAdapter[Entry]:
    return TypeAdapter(Entry)


def _is_with_hash(data: bytes, body: bytes, told: object) -> bool:
    """Whether `data` is `body` and the hash in it, to the byte; cheaper than writing all of it once more."""
    text = f'"hash":{json.dumps(told)},'.encode()
    place = data.find(text)
    while place >= 0:
        if data[:place] == body[:place] and data[place + len(text) :] == body[place:]:
            return True
        place = data.find(text, place + 1)
    return False


def _hash(prev: str, body: bytes) -> str:
    return hashlib.sha256(b"shipway-ledger/v1\0" + prev.encode("utf-8", "backslashreplace") + body).hexdigest()


def _canonical(content: Mapping[str, Any]) -> bytes:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_plain)
    return text.encode("ascii")


def _plain(value: object) -> object:
    match value:
        case Standing():
            return {one.name: getattr(value, one.name) for one in fields(value)}
        case Mapping():
            return dict(value)
        case _:
            raise TypeError(f"no JSON: {type(value).__name__}")
