"""What is judged, and the seam that reads it: the rows that a bundle's own job writes about what it did.

The table is `<use case>_measures` in the bundle's schema, append-only, one row for each key, business date, release and
metric. Whoever reads it hands over all rows that were asked for: sorting out is the judge's business, so that nothing
that is missing, doubled or no number is lost on the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from shipway.errors import ShipwayError

__all__ = ["COLUMNS", "FakeMeasures", "Measures", "Observation", "Unread", "observation"]

COLUMNS = ("key", "as_of", "release", "slot", "metric", "value", "slice")
"""Of a table of measures, in the order in which they are read."""


class Unread(ShipwayError):
    """What was measured, or ran, could not be read, or not all of it: the answer is UNDECIDED, and this is why.

    Part of an answer is none: what is missing could be all that speaks against a release.
    """

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Observation:
    """One number about one key."""

    key: str
    as_of: date
    """The business date of the run."""

    release: str
    """The id of the release that did the work."""

    slot: str
    metric: str
    value: float | None
    """None is a null in the table; it counts as a flaw, as NaN does."""

    slice: str = ""
    """The part of the keys that this one belongs to; each key is in one at most."""


def observation(row: Mapping[str, Any]) -> Observation:
    """A row of a table of measures; raises ValueError or TypeError where its value is none of a number."""
    return Observation(
        key=str(row["key"]),
        as_of=row["as_of"],
        release=str(row["release"]),
        slot=str(row["slot"]),
        metric=str(row["metric"]),
        value=None if row["value"] is None else float(row["value"]),
        slice=str(row["slice"] or ""),
    )


class Measures(Protocol):
    """Where observations are read from."""

    def observations(self, line: str, releases: Sequence[str], since: date) -> Iterable[Observation]:
        """Every row of the line (`<environment>/<use case>`) of these releases, from the business date `since` on."""


@dataclass
class FakeMeasures:
    """Measures in memory; it knows what it was asked."""

    rows: dict[str, list[Observation]] = field(default_factory=dict)
    asked: list[tuple[str, tuple[str, ...], date]] = field(default_factory=list)

    def write(self, line: str, observations: Iterable[Observation]) -> None:
        """Append rows, as a run does."""
        self.rows.setdefault(line, []).extend(observations)

    def observations(self, line: str, releases: Sequence[str], since: date) -> Iterable[Observation]:
        """Every row that was written and is asked for."""
        self.asked.append((line, tuple(releases), since))
        return [row for row in self.rows.get(line, []) if row.release in releases and row.as_of >= since]

    def assert_asked(self, line: str, releases: Sequence[str], since: date) -> None:
        """Fail unless exactly this was asked last."""
        last = self.asked[-1] if self.asked else None
        assert last == (line, tuple(releases), since), f"asked last: {last}"  # noqa: S101  a fake asserts for tests
