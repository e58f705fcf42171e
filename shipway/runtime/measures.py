"""What a release is judged by: one number for each key, day and metric, written by the bundle's own job.

The table is `<use case>_measures` in the bundle's schema; the judge reads nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from shipway.runtime import tables
from shipway.runtime.job import Parameters

__all__ = ["TYPES", "Measure", "record"]

TYPES = {
    "key": "string",
    "as_of": "date",
    "release": "string",
    "slot": "string",
    "metric": "string",
    "value": "double",
    "slice": "string",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """One number about what this release did for one key on one business date."""

    key: str
    as_of: date
    metric: str
    value: float | None
    """None: it should be known and is not. The judge counts that against the release."""

    slice: str = ""


def record(job: Parameters, table: str, measures: Iterable[Measure]) -> int:
    """Append what is not there yet of this release, and say how much that was.

    A metric of a business date is written once: what is measured again later was decided on already.
    """
    name = job.named(table)
    there = {(row["as_of"], row["metric"]) for row in tables.read(name, release=job.release)}
    rows = [
        {
            "key": one.key,
            "as_of": one.as_of,
            "release": job.release,
            "slot": job.slot,
            "metric": one.metric,
            "value": None if one.value is None else float(one.value),
            "slice": one.slice,
        }
        for one in measures
        if (one.as_of, one.metric) not in there
    ]
    return tables.append(name, rows, TYPES)
