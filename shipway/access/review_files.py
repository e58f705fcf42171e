"""A review as files: the record (JSON), the table (CSV), the page (HTML)."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

from shipway.access.review import SCHEMA, Reviewed, rows
from shipway.access.review_page import as_page
from shipway.access.text import plain
from shipway.errors import ShipwayError

__all__ = ["DECISION", "as_record", "as_table", "inert", "write_review"]

DECISION = "decision (keep or revoke)"
"""The column that the reviewer fills in."""

_COLUMNS = (
    "change",
    "principal",
    "kind",
    "purpose",
    "securable",
    "privileges",
    "route",
    "note",
    "last decision",
    DECISION,
    "reviewer",
    "comment",
)

# Also in full width, which some spreadsheets read alike.
_FORMULA = tuple("=+-@|%\uff1d\uff0b\uff0d\uff20\u2212")


def as_record(found: Reviewed) -> dict[str, Any]:
    """The review for machines; the next review compares with it."""
    return {
        "schema": SCHEMA,
        "environment": found.environment,
        "from": found.source,
        "day": found.day.isoformat(),
        "since": found.since.isoformat() if found.since else None,
        "principals": [
            {"name": one.name, "kind": one.kind, "purpose": one.purpose, "groups": list(one.groups)}
            for one in found.principals
        ],
        "rights": [{**entry.model_dump(), "new": entry in found.new} for entry in found.entries],
        "gone": [entry.model_dump() for entry in found.gone],
        "still_there": [entry.model_dump() for entry in found.not_revoked],
        "not_known": list(found.unknown),
    }


def as_table(found: Reviewed) -> str:
    """The review as CSV (RFC 4180), with empty columns for the reviewer."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(_COLUMNS)
    known = {one.name: one for one in found.principals}
    for row in (*rows(found, found.entries), *rows(found, found.gone, gone=True)):
        who = known.get(row.principal)
        kind, purpose = (str(who.kind), who.purpose) if who else ("", "")
        cells = (
            row.change,
            row.principal,
            kind,
            purpose,
            row.securable,
            " ".join(row.privileges),
            row.route,
            row.note,
            row.decided,
        )
        writer.writerow([*map(inert, cells), "", "", ""])
    return out.getvalue()


def inert(cell: str) -> str:
    """A cell that no spreadsheet runs, breaks up or hides part of."""
    # Line breaks and tabs could start a new cell in programs that ignore quotes.
    text = "".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in plain(cell))
    # A spreadsheet runs a cell that starts like a formula, also behind blanks and quotes; an apostrophe makes it text.
    return f"'{text}" if text.lstrip(" '\"").startswith(_FORMULA) else text


def write_review(found: Reviewed, folder: Path) -> tuple[Path, ...]:
    """Write the three files; raises ShipwayError where the folder holds another review already."""
    files = {
        "review.html": as_page(found),
        "review.csv": as_table(found),
        "review.json": json.dumps(as_record(found), indent=2) + "\n",
    }
    there = [name for name in files if (folder / name).exists()]
    if there:
        # It may carry signatures and decisions.
        message = f"{folder} holds a review already: {', '.join(there)}"
        raise ShipwayError(message, "give --out another folder; the old review.json is what --since wants")
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        draft = folder / f"{name}.part"
        try:
            draft.write_text(content, encoding="utf-8", newline="")
            draft.replace(folder / name)
        finally:
            draft.unlink(missing_ok=True)
    return tuple(folder / name for name in files)
