"""The review as SARIF 2.1.0, which code hosts show beside the changed lines: what needs a person, and what blocks.

GitHub takes 25,000 results a run and shows the first 5,000 (its documentation of SARIF support), so the heaviest come
first and what has no room is counted in a result of its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from shipway.errors import Position
from shipway.plan.classes import RULES, ChangeClass
from shipway.plan.fingerprints import fingerprint
from shipway.plan.report import (
    AccessRow,
    Caution,
    ObjectRow,
    OutputRow,
    Place,
    PointerRow,
    Review,
    Row,
    RunsRow,
    SlotRow,
    StateRow,
    class_of,
)
from shipway.plan.text import visible

__all__ = ["Locate", "render_sarif"]

Locate = Callable[[Place], "Position | None"]
"""Where a document says what is at this place; None where no document does."""

_MOST = 5_000
_LONGEST_MESSAGE = 1_000
_LEVELS = {
    ChangeClass.UNKNOWN: "error",
    ChangeClass.IRREVERSIBLE: "error",
    ChangeClass.BROADENING: "warning",
    ChangeClass.NARROWING: "note",
}


def render_sarif(review: Review, locate: Locate) -> str:
    """Every row from R3 on, every gap and every blocker, as SARIF in ASCII, ending with a newline."""
    rows = sorted((row for row in review.rows if class_of(row) in _LEVELS), key=class_of, reverse=True)
    results = [*_own(review), *(_result(row, locate) for row in rows)]
    if len(results) > _MOST:
        left = len(results) - _MOST + 1
        results = [
            *results[: _MOST - 1],
            _message("unjudged", "warning", f"{left} more results have no room here", None),
        ]
    driver = {"name": "shipway review", "rules": [_rule(name) for name in RULES]}
    run = {"tool": {"driver": driver}, "columnKind": "utf16CodeUnits", "results": results}
    document = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2) + "\n"


def _rule(name: str) -> dict[str, Any]:
    rule = RULES[name]
    return {
        "id": name,
        "shortDescription": {"text": rule.reason},
        "fullDescription": {"text": f"{rule.change_class}: {rule.change_class.meaning}. This one {rule.reason}."},
        "defaultConfiguration": {"level": _LEVELS.get(rule.change_class, "note")},
    }


def _own(review: Review) -> Iterator[dict[str, Any]]:
    for blocker in review.verdict.blockers:
        yield _message("unjudged", "error", f"blocked: {blocker}", None)
    for gap in review.gaps:
        yield _message("unjudged", "error", f"{gap.stack}: {gap.message}", None)


def _result(row: Row, locate: Locate) -> dict[str, Any]:
    place = row.places[0] if row.places else None
    at = locate(place) if place else None
    more = f" (and {len(row.places) - 1} more places)" if len(row.places) > 1 else ""
    stack = f" in {place.stack}" if place else ""
    level = _LEVELS[class_of(row)]
    found = _message(row.because[0].id, level, f"{class_of(row)} {_told(row)}{stack}{more}", at)
    return {**found, "partialFingerprints": {"shipwayReview/v1": fingerprint(row)}}


def _message(rule: str, level: str, text: str, at: Position | None) -> dict[str, Any]:
    region = {"startLine": at.line, "startColumn": at.column} if at else {"startLine": 1}
    where = {"physicalLocation": {"artifactLocation": {"uri": at.file if at else "cdktf.json"}, "region": region}}
    shown = visible(text)[:_LONGEST_MESSAGE].encode("utf-8", "backslashreplace").decode()
    # A message is read as Markdown links where it has brackets; the format's own escape is a backslash.
    plain = shown.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return {"ruleId": rule, "level": level, "message": {"text": plain}, "locations": [where]}


def _told(row: Row) -> str:
    match row:
        case ObjectRow():
            return f"{row.action} {row.type} {row.name}"
        case AccessRow():
            return f"{row.principal} {row.direction} {', '.join(row.privileges)} on {row.on}"
        case Caution():
            return row.message
        case PointerRow():
            moved = f"canary of {row.canary} of {row.line}" if row.canary else f"pointer of {row.line}"
            return f"{moved}: {row.old} to {row.new}"
        case RunsRow():
            return f"slot {row.slot} of {row.line} {'starts' if row.starts else 'stops'}"
        case SlotRow():
            return f"slot {row.slot} of {row.job}: {row.old} to {row.new}"
        case StateRow():
            return f"{row.what} {row.type} {row.name}"
        case OutputRow():
            return f"output {row.name}"
