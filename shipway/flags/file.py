"""What the flags file of a line says. It is believed whole or not at all: a digest over all of it is its last word.

The digest tells a file that was torn or edited by hand from one that was written; it is no signature. Who may write to
the volume may write flags: grants decide that.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

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

_NAME = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*", re.ASCII)
_LONGEST_NAME = 60
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


def _component(text: str) -> str:
    if text != EVERYTHING and not is_name(text):
        raise ValueError("no name of a component")
    return text


def _feature(text: str) -> str:
    if not is_name(text):
        raise ValueError("no name of a feature")
    return text


def _instant(text: str) -> str:
    if datetime.fromisoformat(text).utcoffset() is None:
        raise ValueError("without an offset from UTC")
    return text


_Component = Annotated[str, AfterValidator(_component)]
_Feature = Annotated[str, AfterValidator(_feature)]
_Instant = Annotated[str, AfterValidator(_instant)]
_Text = Annotated[str, Field(max_length=_LONGEST_TEXT)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Killed(_Part):
    """A component that is out of service."""

    reason: _Text
    who: _Text
    at: _Instant


class Feature(_Part):
    """A feature, and for how many of a hundred keys it is on."""

    percent: Annotated[int, Field(ge=0, le=100)]


class Change(_Part):
    """What somebody changed. Git does not know of it until it is back-filled."""

    revision: Annotated[int, Field(ge=1)]
    what: Annotated[What, Field(strict=False)]
    name: str
    """Of the component or the feature; of a file's beginning, empty."""
    percent: int | None = None
    reason: _Text
    who: _Text
    """Who says to have done it: a name that nobody has checked."""
    at: _Instant
    back_fill_by: _Instant | None = None
    """Until when it has to stand in the ledger that is kept in Git."""


class FlagsFile(_Part):
    """All that the file says."""

    schema_: Annotated[Literal["shipway/flags/v1"], Field(alias="schema")] = "shipway/flags/v1"
    environment: str
    use_case: str
    revision: Annotated[int, Field(ge=1)]
    killed: dict[_Component, Killed] = {}
    features: dict[_Feature, Feature] = {}
    changes: tuple[Change, ...] = ()
    """The last ones."""

    @property
    def line(self) -> Line:
        """Whose flags these are."""
        return Line(self.environment, self.use_case)


def render(file: FlagsFile) -> bytes:
    """The file's bytes: JSON with one text per value, for people to read too."""
    content: dict[str, Any] = file.model_dump(mode="json", by_alias=True)
    return _text({**content, "digest": _digest(content)})


def parse(raw: bytes) -> FlagsFile:
    """What the file says; raises NotWhole for all that `render` did not write, to the last byte."""
    if len(raw) > LARGEST:
        raise NotWhole(f"the flags file has {len(raw):,} bytes, wanted at most {LARGEST:,}")
    try:
        content = json.loads(raw)
        if not isinstance(content, dict):
            raise NotWhole("the flags file is no JSON object")
        digest = content.pop("digest", None)
        file = FlagsFile.model_validate_json(json.dumps(content))
    except ValidationError as error:
        raise NotWhole(f"the flags file is not one of ours: {_first(error)}") from None
    except (ValueError, RecursionError) as error:
        raise NotWhole(f"the flags file is torn: {str(error)[:100]}") from None
    if digest != _digest(content) or render(file) != raw:
        raise NotWhole("the flags file was altered: it is not what its digest says")
    return file


def _text(content: dict[str, Any]) -> bytes:
    return json.dumps(content, sort_keys=True, indent=1, ensure_ascii=True).encode() + b"\n"


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(b"shipway/flags/v1\0" + _text(content)).hexdigest()


def _first(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, found['loc'])) or 'it'}: {found['msg']}"[:200]
