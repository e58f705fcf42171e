"""What the flags file of a line says. It is believed whole or not at all: a digest over all of it is its last word.

The digest tells a file that was torn or edited by hand from one that was written; it is no signature. Who may write to
the volume may write flags: grants decide that.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from shipway.errors import ShipwayError, visible

__all__ = [
    "EVERYTHING",
    "FLAGS_FILE",
    "LARGEST",
    "Change",
    "Feature",
    "FlagsFile",
    "Killed",
    "Line",
    "NotWhole",
    "What",
    "is_name",
    "parse",
    "render",
    "shown",
]

FLAGS_FILE = "flags.json"
"""Its name in the use case's volume."""

EVERYTHING = "*"
"""The component that stands for all of them."""

LARGEST = 1_000_000
"""Bytes. The record keeps its last 200 changes, each of about one kilobyte at most."""

_SCHEMA = "shipway/flags/v1"
# What a task's key can be (`shipway.models.bundle.Key`).
_NAME = re.compile(r"[a-z][a-z0-9_-]*", re.ASCII)
_LONGEST_NAME = 100
_LONGEST_TEXT = 400


class Line(NamedTuple):
    """One use case in one environment."""

    environment: str
    use_case: str


class NotWhole(ShipwayError):
    """A flags file that is torn, altered or somebody else's: nothing in it is believed."""


class What(StrEnum):
    """What a change did."""

    BEGIN = "begin"
    KILL = "kill"
    UNKILL = "unkill"
    FEATURE = "feature"


def is_name(text: str) -> bool:
    """Whether that can be the name of a component or a feature."""
    return len(text) <= _LONGEST_NAME and _NAME.fullmatch(text) is not None


def shown(text: str) -> str:
    """`text` as the file keeps it, on one line, without what a terminal would obey and not too long.

    Mended instead of refused: in the night, nobody should have to learn why a reason is not taken.
    """
    plain = visible(" ".join(text.encode("utf-8", "backslashreplace").decode().split()))
    # Measured as it is written: twelve bytes for an emoji.
    while len(json.dumps(plain)) > _LONGEST_TEXT:
        plain = f"{plain[: len(plain) * 9 // 10 - 1]}…"
    return plain


@dataclass(frozen=True, slots=True)
class Killed:
    """A component that is out of service."""

    reason: str
    who: str
    at: str
    """ISO 8601, UTC."""

    def __post_init__(self) -> None:
        _wanted(_is_text(self.reason) and _is_text(self.who) and _is_instant(self.at), "killed")


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature, and for how many of a hundred keys it is on."""

    percent: int

    def __post_init__(self) -> None:
        _wanted(_is_whole(self.percent) and 0 <= self.percent <= 100, "percent")


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody changed. Git does not know of it until it is back-filled."""

    revision: int
    what: What
    name: str
    """Of the component or the feature; of a file's beginning, empty."""
    reason: str
    who: str
    """Who says to have done it: a name that nobody has checked."""
    at: str
    percent: int | None = None
    back_fill_by: str | None = None
    """Until when it has to stand in the ledger that is kept in Git."""

    def __post_init__(self) -> None:
        _wanted(_is_whole(self.revision) and self.percent in (None, *range(101)), "a change's numbers")
        _wanted(all(map(_is_text, (self.name, self.reason, self.who))), "a change's texts")
        _wanted(_is_instant(self.at) and (self.back_fill_by is None or _is_instant(self.back_fill_by)), "times")

    @property
    def id(self) -> str:
        """What the ledger knows it by: revisions begin anew where a file was lost."""
        return f"{self.revision}@{self.at}"


@dataclass(frozen=True, slots=True)
class FlagsFile:
    """All that the file says."""

    environment: str
    use_case: str
    revision: int
    killed: Mapping[str, Killed] = field(default_factory=dict)
    features: Mapping[str, Feature] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    """The last ones."""

    def __post_init__(self) -> None:
        _wanted(_is_text(self.environment) and _is_text(self.use_case) and _is_whole(self.revision), "whose flags")
        _wanted(all(name == EVERYTHING or is_name(name) for name in self.killed), "a component's name")
        _wanted(all(map(is_name, self.features)), "a feature's name")

    @property
    def line(self) -> Line:
        """Whose flags these are."""
        return Line(self.environment, self.use_case)


def render(file: FlagsFile) -> bytes:
    """The file's bytes: JSON with one text per value, for people to read too."""
    content = {"schema": _SCHEMA, **asdict(file)}
    return _text({**content, "digest": _digest(content)})


def parse(raw: bytes) -> FlagsFile:
    """What the file says; raises NotWhole for all that `render` did not write, to the last byte."""
    if len(raw) > LARGEST:
        raise NotWhole(f"the flags file has {len(raw):,} bytes, wanted at most {LARGEST:,}")
    try:
        content = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise NotWhole(f"the flags file is torn: {str(error)[:100]}") from None
    try:
        content.pop("digest")
        # With the digest: what is printed from what was read has one, and all bytes must be the same.
        if content.pop("schema") != _SCHEMA or render(file := _read(content)) != raw:
            raise NotWhole("the flags file was altered: it is not what would have been written")
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise NotWhole(f"the flags file is not one of ours: {str(error)[:100]}") from None
    return file


def _read(content: Mapping[str, Any]) -> FlagsFile:
    """The file in what was parsed; raises one of the errors that Python has for a value of another shape."""
    killed = {name: Killed(**one) for name, one in content["killed"].items()}
    features = {name: Feature(**one) for name, one in content["features"].items()}
    changes = tuple(Change(**{**one, "what": What(one["what"])}) for one in content["changes"])
    return FlagsFile(**{**content, "killed": killed, "features": features, "changes": changes})


def _wanted(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(f"{what}: not as it is written")


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST_TEXT


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_instant(value: object) -> bool:
    return isinstance(value, str) and datetime.fromisoformat(value).utcoffset() is not None


def _text(content: dict[str, Any]) -> bytes:
    return json.dumps(content, sort_keys=True, indent=1, ensure_ascii=True).encode() + b"\n"


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(b"shipway/flags/v1\0" + _text(content)).hexdigest()
