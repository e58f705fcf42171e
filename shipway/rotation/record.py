"""What was done, as JSON lines that are only ever added: the intent before a step, its outcome after it.

No value, nor a digest or length of one: whoever reads the record could test guesses against it. A line is one write,
forced to disk before the step goes on, so that a kill leaves whole lines and at most one torn one, which is counted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

from shipway.journal import append_line, read_lines

__all__ = ["Event", "FileRecord", "History", "Journal", "OpenRotation"]

SCHEMA = "shipway/secret-rotation/v1"
BEGUN, INTENT, DONE, FAILED, ENDED, ABANDONED = "begun", "intent", "done", "failed", "ended", "abandoned"


@dataclass(frozen=True, slots=True)
class Event:
    """One line."""

    event: str
    rotation: str
    environment: str
    use_case: str
    at: str
    """UTC, ISO 8601."""
    by: str
    """Who says to have done it: a name that nobody has checked."""
    store: str
    key: str = ""
    step: str = ""
    keys: dict[str, int] = field(default_factory=dict)
    """Of the line that begins a rotation: each key with when the store says it was last written; 0 for never."""
    steps: tuple[str, ...] = ()
    stamp: int = 0
    """Of the line that ends a write: when the store says that it was written."""


class Journal(Protocol):
    """Where events are kept."""

    def events(self) -> Sequence[Event]:
        """Every event so far."""

    def append(self, event: Event) -> None:
        """Keep it for ever, before anything else is done."""


@dataclass(frozen=True, slots=True)
class OpenRotation:
    """A rotation that neither came to its end nor was given up."""

    id: str
    began: Event
    events: tuple[Event, ...]

    @property
    def remaining(self) -> tuple[str, ...]:
        """The keys that are not through."""
        ended = {one.key for one in self.events if one.event == ENDED}
        return tuple(key for key in self.began.keys if key not in ended)

    def did(self, key: str, step: str, event: str = DONE) -> bool:
        """Whether that is written down."""
        return any((one.key, one.step, one.event) == (key, step, event) for one in self.events)


class History:
    """Events, asked."""

    def __init__(self, events: Sequence[Event]) -> None:
        self._events = events

    def open(self, environment: str, use_case: str, store: str) -> OpenRotation | None:
        """The rotation of a scope that is not through; there is at most one."""
        here = [
            one for one in self._events if (one.environment, one.use_case, one.store) == (environment, use_case, store)
        ]
        for began in reversed([one for one in here if one.event == BEGUN]):
            events = tuple(one for one in here if one.rotation == began.rotation)
            rotation = OpenRotation(began.rotation, began, events)
            if rotation.remaining and not any(one.event == ABANDONED for one in events):
                return rotation
        return None

    def wrote(self, environment: str, use_case: str, key: str, stamp: int) -> Event | None:
        """The recorded write that the store dates `stamp`; None where somebody else wrote what is there."""
        found = (
            one
            for one in reversed(self._events)
            if (one.environment, one.use_case, one.key, one.stamp) == (environment, use_case, key, stamp)
        )
        return next(found, None)


@dataclass
class FileRecord:
    """A journal in a file."""

    path: Path
    unreadable: list[int] = field(default_factory=list)
    """Numbers of lines that are no events, after `events`."""

    def events(self) -> list[Event]:
        """Every line that is an event; raises ShipwayError where the file cannot be read."""
        read = [(line.number, _event(line.data)) for line in read_lines(self.path) if line.data.strip()]
        self.unreadable = [number for number, event in read if event is None]
        return [event for _, event in read if event is not None]

    def append(self, event: Event) -> None:
        """Add a line; raises ShipwayError where the disk does not take it."""
        append_line(self.path, json.dumps({"schema": SCHEMA, **asdict(event)}, ensure_ascii=True).encode())


def _event(line: bytes) -> Event | None:
    try:
        read: Any = json.loads(line)
        known = {name: check(read[name]) for name, check in _CHECKS.items() if name in read}
        return Event(**known) if read.get("schema") == SCHEMA else None
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None


def _stamps(value: Any) -> dict[str, int]:
    return {str(key): int(stamp) for key, stamp in value.items()}


def _words(value: Any) -> tuple[str, ...]:
    return tuple(map(str, value))


# What other versions wrote beside these is left alone.
_CHECKS: dict[str, Callable[[Any], Any]] = dict.fromkeys(
    ("event", "rotation", "environment", "use_case", "at", "by", "store", "key", "step"), str
)
_CHECKS |= {"keys": _stamps, "steps": _words, "stamp": int}
