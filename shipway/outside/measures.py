"""What bundles measured, in a live workspace: the very rows that `shipway.run.measures` reads on a laptop.

`statements` asks the warehouse. The API gives at most 25 MiB to a statement, so days are asked for in parts of so many
rows, and each part must have as many as were counted before: a table of measures only grows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from shipway.errors import ShipwayError
from shipway.judge.measures import COLUMNS, Observation, Unread, observation
from shipway.models.load import Documents
from shipway.outside.statements import Parameter, Row, Warehouse
from shipway.run.measures import measures_table

__all__ = ["WorkspaceMeasures"]

_AT_ONCE = 100_000
"""Rows of one statement: of about 100 bytes each, less than half of what the API gives."""


@dataclass(frozen=True)
class WorkspaceMeasures:
    """The `Measures` of `shipway.judge`, read by a SQL warehouse."""

    warehouse: Warehouse
    documents: Documents
    at_once: int = _AT_ONCE

    def observations(self, line: str, releases: Sequence[str], since: date) -> Iterable[Observation]:
        """As `SandboxMeasures`; raises Unread where the table is not there, may not be read, or not all of it came."""
        environment, _, use_case = line.partition("/")
        if (environment, use_case) not in self.documents.releases:
            raise ShipwayError(f"no line {line!r}: wanted <environment>/<use case>")
        name = measures_table(self.documents, environment, use_case)
        table = ".".join(f"`{part}`" for part in name.split("."))
        found: list[Observation] = []
        for first, last, counted in self._parts(table, releases, since):
            rows = self._part(table, releases, first, last)
            if len(rows) < counted:
                raise Unread(f"{name} has {counted:,} rows from {first} to {last}, and {len(rows):,} were given")
            found += [_read(row, name) for row in rows]
        return found

    def _parts(self, table: str, releases: Sequence[str], since: date) -> Iterator[tuple[date, date, int]]:
        """Business dates from and to, and how many rows they have."""
        which, values = _releases(releases)
        counts = self.warehouse.rows(
            # The names are of the naming standard and quoted, and values are parameters.
            f"SELECT as_of, COUNT(*) AS found FROM {table} "  # noqa: S608
            f"WHERE release IN ({which}) AND as_of >= :since GROUP BY as_of ORDER BY as_of",
            ("as_of", "found"),
            [*values, Parameter("since", since.isoformat(), "DATE")],
        )
        days: list[date] = []
        rows = 0
        for day, count in ((_day(day, table), _count(count, table)) for day, count in counts):
            if days and rows + count > self.at_once:
                yield days[0], days[-1], rows
                days, rows = [], 0
            days.append(day)
            rows += count
        if days:
            yield days[0], days[-1], rows

    def _part(self, table: str, releases: Sequence[str], first: date, last: date) -> list[Row]:
        which, values = _releases(releases)
        return self.warehouse.rows(
            f"SELECT {', '.join(COLUMNS)} FROM {table} "  # noqa: S608 - as above
            f"WHERE release IN ({which}) AND as_of BETWEEN :first AND :last ORDER BY as_of, release, metric, key",
            COLUMNS,
            [*values, Parameter("first", first.isoformat(), "DATE"), Parameter("last", last.isoformat(), "DATE")],
        )


def _releases(releases: Sequence[str]) -> tuple[str, list[Parameter]]:
    """Markers for the releases, and what they stand for."""
    values = [Parameter(f"release_{number}", release) for number, release in enumerate(releases)]
    return ", ".join(f":{one.name}" for one in values), values


def _read(row: Row, table: str) -> Observation:
    values = dict(zip(COLUMNS, row, strict=True))
    try:
        return observation({**values, "as_of": _day(values["as_of"], table)})
    except (ValueError, TypeError) as error:
        # Not which key: what is said here is kept, and a key can be a person's policy.
        raise Unread(f"{table} has a row on {values['as_of']} that cannot be read: {type(error).__name__}") from error


def _day(text: str | None, table: str) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        raise Unread(f"{table} says {text!r:.40} for a business date, wanted one like 2026-11-21") from None


def _count(text: str | None, table: str) -> int:
    if text is None or not text.isdecimal():
        raise Unread(f"{table} has {text!r:.40} rows on a day, wanted a number")
    return int(text)
