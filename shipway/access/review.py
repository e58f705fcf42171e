"""The periodic access review: every right where it was given, by principal, and what changed since the last review.

A review lists what somebody decided once and can take back: grants, ownership, admin rights, and memberships through
which they reach somebody. What only follows from these (inheritance, lower levels) is not listed again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any, Literal, assert_never

from pydantic import BaseModel, ConfigDict, ValidationError

from shipway.access.effective import Access, Basis, Right
from shipway.access.landscape import Landscape, Principal
from shipway.access.text import folded, route_text
from shipway.access.vocabulary import MANAGE
from shipway.errors import ShipwayError

__all__ = [
    "SCHEMA",
    "Decision",
    "Entry",
    "Key",
    "Record",
    "Reviewed",
    "Row",
    "make_review",
    "open_review",
    "read_review",
    "rows",
    "summary",
]

SCHEMA = "shipway/access-review/v1"
OWNS = "OWNER"

Key = tuple[str, str, str, str]
"""What makes a right the same one in two reviews: principal, securable, privilege, route."""


class Entry(BaseModel):
    """One right as the record keeps it; two entries that are equal are the same right in two reviews."""

    # Tolerant: a later version may have written more.
    model_config = ConfigDict(frozen=True, extra="ignore")

    principal: str
    securable: str
    privilege: str
    route: str
    note: str = ""

    @property
    def key(self) -> Key:
        """What makes it this right; the note, which follows from other rights, does not."""
        return self.principal, self.securable, self.privilege, self.route


class Decision(BaseModel):
    """What a reviewer decided on one right."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    principal: str
    securable: str
    privilege: str
    route: str
    decision: Literal["keep", "revoke"]
    reviewer: str
    comment: str = ""
    day: date

    @property
    def key(self) -> Key:
        """The right's key in a review."""
        return self.principal, self.securable, self.privilege, self.route


class Record(BaseModel):
    """What of an earlier review's JSON is needed to compare with it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    schema_: str
    environment: str
    source: str
    day: date
    rights: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A review: who has what in one environment on one day."""

    environment: str
    source: str
    day: date
    principals: tuple[Principal, ...]
    entries: tuple[Entry, ...]
    since: date | None
    """The day of the review that this one was compared with."""
    new: frozenset[Entry]
    gone: tuple[Entry, ...]
    unknown: tuple[str, ...]
    decided: Mapping[Key, Decision] = field(default_factory=dict)
    """By right, what was decided on it at the last review."""

    @property
    def not_revoked(self) -> tuple[Entry, ...]:
        """Rights that were to be revoked, and are still there."""
        return tuple(one for one in self.entries if (found := self.decided.get(one.key)) and found.decision == "revoke")


@dataclass(frozen=True, slots=True)
class Row:
    """Entries that a reviewer decides on together: one principal's, on one securable, by one route."""

    principal: str
    securable: str
    privileges: tuple[str, ...]
    route: str
    note: str
    change: str
    """`new`, `gone` or nothing."""
    decided: str
    """What the last review decided on it."""


def make_review(
    landscape: Landscape,
    environment: str,
    day: date,
    before: Record | None = None,
    decided: Mapping[Key, Decision] | None = None,
) -> Reviewed:
    """The review of `environment`, compared with `before` where there is one, and with what was decided then."""
    entries = tuple(sorted(_entries(Access(landscape), environment), key=lambda entry: entry.key))
    known = {entry.key for entry in before.rights} if before else set()
    now = {entry.key for entry in entries}
    return Reviewed(
        environment=environment,
        source=landscape.source,
        day=day,
        principals=tuple(sorted(landscape.principals.values())),
        entries=entries,
        since=before.day if before else None,
        new=frozenset(entry for entry in entries if before and entry.key not in known),
        gone=tuple(sorted((one for one in before.rights if one.key not in now), key=lambda one: one.key))
        if before
        else (),
        decided=decided or {},
        unknown=(*(f"NOT READ: {gap}" for gap in landscape.gaps), *landscape.unknown),
    )


def _entries(access: Access, environment: str) -> Iterable[Entry]:
    rights = list(access.rights(environment))
    usable = {(one.principal, one.privilege, one.route) for one in rights if not one.missing}
    # An owner's dozen privileges are one fact; so is a right that is reached twice.
    return dict.fromkeys(
        Entry(
            principal=right.principal,
            securable=right.securable,
            privilege=OWNS if right.route.basis is Basis.OWNER else right.privilege,
            route=route_text(right),
            note=_note(right, (right.principal, right.privilege, right.route) in usable),
        )
        for right in folded(rights)
    )


def _note(right: Right, usable_below: bool) -> str:
    if right.route.basis is Basis.OWNER:
        return "has all rights on it, and may grant itself any on what is in it"
    if right.missing:
        partly = "usable only in parts: lacks" if usable_below else "granted but not usable: lacks"
        return f"{partly} {', '.join(right.missing)}"
    if right.privilege == MANAGE and not right.securable.startswith("secret-scope:"):
        return "may grant itself any other privilege"
    return ""


def rows(found: Reviewed, entries: Sequence[Entry], *, gone: bool = False) -> list[Row]:
    """`entries` as rows to decide on; what is new stands apart from what was there."""

    def shared(entry: Entry) -> tuple[str, str, str, str, str, str]:
        change = "gone" if gone else "new" if entry in found.new else ""
        return entry.principal, entry.securable, entry.route, entry.note, change, _decided(found, entry, gone=gone)

    result = []
    for (principal, securable, route, note, change, decided), group in groupby(sorted(entries, key=shared), key=shared):
        privileges = tuple(sorted({entry.privilege for entry in group}))
        result.append(Row(principal, securable, privileges, route, note, change, decided))
    return result


def _decided(found: Reviewed, entry: Entry, *, gone: bool) -> str:
    one = found.decided.get(entry.key)
    if one is None:
        return ""
    by = f"{one.reviewer} on {one.day}{f': {one.comment}' if one.comment else ''}"
    match one.decision:
        case "keep":
            return f"gone, and was to be kept: {by}" if gone else f"kept by {by}"
        case "revoke":
            return f"revoked by {by}" if gone else f"to be revoked and still there: {by}"
        case _:
            assert_never(one.decision)


def read_review(path: Path, environment: str, landscape: Landscape) -> Record:
    """An earlier review's record; raises ShipwayError where it is none, or of something else."""
    record = open_review(path)
    wanted = {"schema": SCHEMA, "environment": environment, "source": landscape.source}
    got = {"schema": record.schema_, "environment": record.environment, "source": record.source}
    for name, value in wanted.items():
        if got[name] != value:
            message = f"{path}: its {name} is {got[name]!r}, wanted {value!r}"
            raise ShipwayError(message, "a review can be compared only with an earlier one of the same")
    return record


def open_review(path: Path) -> Record:
    """A review's record, of whatever environment; raises ShipwayError where it is none."""
    try:
        content: Any = json.loads(path.read_bytes())
        if not isinstance(content, dict):
            raise TypeError("it is no mapping")
        return Record.model_validate({**content, "schema_": content.get("schema"), "source": content.get("from")})
    except (OSError, ValueError, TypeError, RecursionError) as error:
        why = f"{error.error_count()} fields are wrong" if isinstance(error, ValidationError) else str(error)
        raise ShipwayError(f"{path}: this is no access review ({why})", "give the review.json of one") from error


def summary(found: Reviewed) -> str:
    """The review in a few lines."""
    holders = {entry.principal for entry in found.entries}
    lines = [
        f"Access review of {found.environment} ({found.source}), {found.day}:",
        f"  {len(found.entries)} rights of {len(holders)} principals; {len(found.principals) - len(holders)} have none",
    ]
    if found.since:
        lines.append(f"  since {found.since}: {len(found.new)} new, {len(found.gone)} gone")
        lines += [
            f"    new   {entry.principal}: {entry.privilege} on {entry.securable}"
            for entry in sorted(found.new, key=lambda one: one.key)
        ]
        lines += [f"    gone  {entry.principal}: {entry.privilege} on {entry.securable}" for entry in found.gone]
    else:
        lines.append("  compared with no earlier review: --since FILE")
    if found.decided:
        lines.append(f"  {len(found.decided)} rights were decided on then, {len(found.not_revoked)} of them are still")
        lines[-1] += " there though they were to be revoked"
        lines += [f"    STILL THERE  {one.principal}: {one.privilege} on {one.securable}" for one in found.not_revoked]
    elif found.since:
        lines.append("  the last review was not signed off: shipway access signoff")
    return "\n".join(lines)
