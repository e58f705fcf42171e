"""What a reviewer decided, read back from the table that they worked in.

    review.csv, with keep or revoke and a name in each row   ->   decisions.json, beside it

The record names the review and the table by their digests, so that neither can be exchanged unnoticed. It is no
signature: who may write into the folder can write any name. Whoever needs more signs the two files, or commits them.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from shipway.access.review import Decision, Entry, Key, Record
from shipway.access.review_files import DECISION, inert
from shipway.errors import ShipwayError

__all__ = ["SignOff", "read_decisions", "sign_off", "sign_off_text"]

SCHEMA = "shipway/access-decisions/v1"
_FILE = "decisions.json"
_WANTED = ("change", "principal", "securable", "privileges", "route", DECISION, "reviewer", "comment")
_HINT = "give the folder that `shipway access review --out` wrote, with its review.csv filled in"


@dataclass(frozen=True, slots=True)
class SignOff:
    """A review with what was decided on it; `open` are rights on which nothing was."""

    folder: Path
    decisions: tuple[Decision, ...]
    open: tuple[Entry, ...]
    review: str
    table: str
    """SHA-256 of review.json and of review.csv."""

    def as_json(self) -> dict[str, Any]:
        """The record, and the answer for machines."""
        return {
            "schema": SCHEMA,
            "review_sha256": self.review,
            "table_sha256": self.table,
            "decisions": [one.model_dump(mode="json") for one in self.decisions],
            "undecided": [one.model_dump() for one in self.open],
        }


def sign_off(folder: Path, record: Record, day: date) -> SignOff:
    """Read the decisions in the folder's review.csv on the review `record`, and write them down beside it.

    Raises ShipwayError with every mistake in the table, and then writes nothing.
    """
    review, table = _bytes(folder / "review.json"), _bytes(folder / "review.csv")
    known = {tuple(map(_cell, entry.key)): entry for entry in record.rights}
    decided: dict[Key, Decision] = {}
    problems: list[str] = []
    for line, row in _rows(folder / "review.csv", table):
        for cells in _keys(row):
            entry = known.get(cells)
            if entry is None:
                problems.append(f"line {line}: no such right in the review: {cells[2]} of {cells[0]} on {cells[1]}")
                continue
            found = _decision(entry, row, day)
            if isinstance(found, str):
                problems.append(f"line {line}: {found}")
            elif found and decided.get(entry.key, found).decision != found.decision:
                problems.append(f"line {line}: {entry.privilege} of {entry.principal} is decided twice, and otherwise")
            elif found:
                decided[entry.key] = found
    if problems:
        said = "\n  ".join([*problems[:20], *([f"and {len(problems) - 20} more"] if len(problems) > 20 else [])])
        raise ShipwayError(f"{folder / 'review.csv'}: {len(problems)} mistakes\n  {said}", "nothing was written down")
    left = tuple(entry for entry in record.rights if entry.key not in decided)
    result = SignOff(folder, tuple(decided.values()), left, _digest(review), _digest(table))
    draft = folder / f"{_FILE}.part"
    draft.write_text(json.dumps(result.as_json(), indent=2) + "\n", encoding="utf-8")
    draft.replace(folder / _FILE)
    return result


def read_decisions(review: Path) -> Mapping[Key, Decision]:
    """What was decided on the review in that file, by right; empty where it was never signed off.

    Raises ShipwayError where the review is not the one that was decided on.
    """
    path = review.parent / _FILE
    if not path.exists():
        return {}
    try:
        content = json.loads(_bytes(path))
        if content["schema"] != SCHEMA:
            raise ValueError(f"its schema is {content['schema']!r}")
        decisions = [Decision.model_validate(one) for one in content["decisions"]]
        wanted = content["review_sha256"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        why = f"{error.error_count()} fields are wrong" if isinstance(error, ValidationError) else str(error)
        raise ShipwayError(f"{path}: these are no decisions ({why})", "make it anew: shipway access signoff") from error
    if wanted != _digest(_bytes(review)):
        raise ShipwayError(
            f"{review} is not the review that was decided on: its digest is another than the one in {path}",
            "restore the review, or sign off again: shipway access signoff",
        )
    return {one.key: one for one in decisions}


def sign_off_text(found: SignOff) -> str:
    """The result in a few lines."""
    counts = Counter(one.decision for one in found.decisions)
    who = ", ".join(sorted({one.reviewer for one in found.decisions})) or "nobody"
    lines = [f"{counts['keep']} rights to keep, {counts['revoke']} to revoke, decided by {who}; {len(found.open)} open"]
    for title, some in (("revoke", [one for one in found.decisions if one.decision == "revoke"]), ("open", found.open)):
        lines += [f"  {title:<7}{one.principal}: {one.privilege} on {one.securable}" for one in some]
    lines.append(f"Written to {found.folder / _FILE}. A right to revoke is taken out of its document, then deployed.")
    return "\n".join(lines)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ShipwayError(f"{path}: {error.strerror or error}", _HINT) from error


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _rows(path: Path, content: bytes) -> Iterator[tuple[int, Mapping[str, str]]]:
    """The table's rows by column name, with their lines; as any spreadsheet saves it in UTF-8."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ShipwayError(f"{path}: byte {error.start} is not UTF-8", "save the table as CSV UTF-8") from error
    head = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count), restval="")
    missing = [name for name in _WANTED if name not in (reader.fieldnames or ())]
    if missing:
        raise ShipwayError(f"{path}: it has no column {', '.join(map(repr, missing))}", _HINT)
    try:
        for row in reader:
            yield reader.line_num, {name: value or "" for name, value in row.items() if isinstance(name, str)}
    except csv.Error as error:
        raise ShipwayError(f"{path}: line {reader.line_num}: {error}", _HINT) from error


def _keys(row: Mapping[str, str]) -> Iterator[Key]:
    """The rights that one row stands for; none for one that is gone already."""
    if row["change"] == "gone":
        return
    for privilege in row["privileges"].split():
        yield _cell(row["principal"]), _cell(row["securable"]), _cell(privilege), _cell(row["route"])


def _cell(text: str) -> str:
    # Spreadsheets drop the apostrophe that makes a cell text, or keep it.
    return inert(text).lstrip("'").strip()


def _decision(entry: Entry, row: Mapping[str, str], day: date) -> Decision | str | None:
    """The row's decision on that right, None where there is none yet, or what is wrong with it."""
    word, reviewer = row[DECISION].strip().lower(), row["reviewer"].strip()
    if not word:
        return None
    if word not in ("keep", "revoke"):
        return f"the decision is {row[DECISION]!r}, wanted keep, revoke or nothing"
    if not reviewer:
        return f"{word}, and nobody says so: the column reviewer is empty"
    fields = {**entry.model_dump(), "decision": word, "reviewer": reviewer, "comment": row["comment"].strip()}
    return Decision.model_validate({**fields, "day": day})
