"""From bytes to one JSON object that may be a plan; whatever else people pass gets an error that says what it is."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from shipway.errors import ShipwayError

__all__ = ["SHOW", "UnreadablePlan", "decode", "load"]

SHOW = "write one with `terraform show -json <saved plan> > plan.json`"


class UnreadablePlan(ShipwayError):
    """The input is not a plan that can be judged; exit code 5, never taken for a plan without effects."""

    exit_code = 5


def load(text: str, where: str) -> dict[str, Any]:
    """The document in this text, a plan by its looks. Raises UnreadablePlan; `where` names the input."""
    document = _parse(text, where)
    if not isinstance(document, dict):
        _refuse(f"{where}: JSON, but no object, wanted a plan", SHOW)
    _refuse_other_documents(document, where)
    return document


def _refuse(message: str, hint: str) -> NoReturn:
    raise UnreadablePlan(message, hint) from None


def _parse(text: str, where: str) -> Any:
    if not text.strip():
        _refuse(f"{where}: empty, wanted a plan in JSON", SHOW)
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_not_json)
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


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        # Two readers could see two plans in it.
        raise ValueError("an object has the same key twice")
    return found


def _not_json(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")


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
