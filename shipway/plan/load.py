"""From bytes to one JSON object that may be a plan; whatever else people pass gets an error that says what it is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from shipway.errors import ShipwayError

__all__ = ["SHOW", "UnreadablePlan", "decode", "load"]

SHOW = "write one with `terraform show -json <saved plan> > plan.json`"


class UnreadablePlan(ShipwayError):
    """The input is not a plan that can be judged; exit code 5, never taken for a plan without effects."""

    exit_code = 5


def load(text: str, where: str, condensed: Callable[[str, Any], Any] = lambda _, part: part) -> dict[str, Any]:
    """The document in this text, a plan by its looks. Raises UnreadablePlan; `where` names the input.

    `condensed` is given each part by its name, and what it answers is kept: of a large plan, not all at once.
    """
    document = _parse(text, where, condensed)
    if not isinstance(document, dict):
        _refuse(f"{where}: JSON, but no object, wanted a plan", SHOW)
    _refuse_other_documents(document, where)
    return document


def _refuse(message: str, hint: str) -> NoReturn:
    raise UnreadablePlan(message, hint) from None


def _parse(text: str, where: str, condensed: Callable[[str, Any], Any]) -> Any:
    start = _behind_space(text, 0)
    if start == len(text):
        _refuse(f"{where}: empty, wanted a plan in JSON", SHOW)
    try:
        if text[start] != "{":
            return _DECODER.decode(text)
        found: dict[str, Any] = {}
        for name, part in _members(text, start):
            if name in found:
                raise ValueError(_TWICE)
            found[name] = condensed(name, part)
        return found
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        cut = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated")
        what = "the JSON ends too early" if cut else "not JSON"
        _refuse(f"{where}: {what} ({error.msg}, {place})", _log_hint(text))
    except ValueError as error:
        _refuse(f"{where}: not JSON ({error})", SHOW)


def decode(raw: bytes, where: str) -> str:
    """The text in these bytes. Raises UnreadablePlan; `where` names the input."""
    if raw.startswith(b"PK\x03\x04"):
        _refuse(f"{where}: a saved plan, wanted its JSON", SHOW)
    # PowerShell's `>` writes UTF-16 with a byte order mark.
    encoding = "utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        _refuse(f"{where}: neither UTF-8 nor UTF-16 text (byte {error.start})", SHOW)


def _log_hint(text: str) -> str:
    return f"this is the log of `terraform plan -json`; {SHOW}" if '"@level"' in text[:2000] else SHOW


def _members(text: str, start: int) -> Iterator[tuple[str, Any]]:
    """The members of the object that begins at `start` and is all of the text, each read when it is asked for."""
    at, mark = _behind_space(text, start + 1), ","
    if text[at : at + 1] == "}":
        at, mark = _behind_space(text, at + 1), "}"
    while mark == ",":
        if text[at : at + 1] != '"':
            raise json.JSONDecodeError("Expecting property name enclosed in double quotes", text, at)
        name, at = _DECODER.raw_decode(text, at)
        at = _behind_space(text, at)
        if text[at : at + 1] != ":":
            raise json.JSONDecodeError("Expecting ':' delimiter", text, at)
        part, at = _DECODER.raw_decode(text, _behind_space(text, at + 1))
        yield name, part
        del part
        at = _behind_space(text, at)
        mark = text[at : at + 1]
        if mark not in (",", "}"):
            raise json.JSONDecodeError("Expecting ',' delimiter", text, at)
        at = _behind_space(text, at + 1)
    if at < len(text):
        raise json.JSONDecodeError("Extra data", text, at)


_SPACE = re.compile(r"[ \t\n\r]*")


def _behind_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


_TWICE = "an object has the same key twice"


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        # Two readers could see two plans in it.
        raise ValueError(_TWICE)
    for before, after in _SIDES:
        if before in found and after in found:
            found[after] = _shared(found[before], found[after])
    return found


_SIDES = (("before", "after"), ("before_sensitive", "after_sensitive"))


def _shared(old: Any, new: Any) -> Any:
    """`new`, where what is written as in `old` is the very object that stands there: most of a plan is there twice."""
    if _alike(old, new):
        return old
    if isinstance(old, dict) and isinstance(new, dict):
        for name, item in new.items():
            other = old.get(name)
            if item is not other and _alike(other, item):
                new[name] = other
    return new


def _alike(left: Any, right: Any) -> bool:
    # As text as well, because 1, 1.0 and true are equal to Python.
    equal = left == right and type(left) is type(right)
    return equal and (not left or isinstance(left, str) or repr(left) == repr(right))


def _not_json(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_not_json)


def _refuse_other_documents(document: dict[str, Any], where: str) -> None:
    for mark, what in _OTHERS.items():
        if mark in document and "resource_changes" not in document and "planned_values" not in document:
            _refuse(f"{where}: {what}, not a Terraform plan", SHOW)
    version = document.get("format_version")
    if not isinstance(version, str) or "terraform_version" not in document:
        _refuse(f"{where}: no plan: format_version or terraform_version is missing", SHOW)
    if not any(part in document for part in _PARTS):
        # Terraform leaves out what is empty, but never all of these.
        _refuse(f"{where}: nothing of a plan in it, only its version", SHOW)
    if version.split(".")[0] not in ("0", "1"):
        _refuse(f"{where}: format_version {version[:20]!r}, wanted 1.x", "use a newer Shipway or an older Terraform")


_PARTS = ("resource_changes", "planned_values", "prior_state", "configuration", "output_changes")

_OTHERS = {
    "@level": "a log line of `terraform plan -json`",
    "plan_version": "a Databricks bundle plan",
    "provider_schemas": "provider schemas",
    "values": "a state",
    "lineage": "a state file",
    "resource": "a synthesized stack",
}
