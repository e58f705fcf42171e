"""A release's rows in a table that both slots append to: stamped with who wrote them and for which day, and once.

A run that is repeated finds its rows and writes none: a task may be tried again at any time. Two runs of one slot at
once would not see each other; a job's `max_concurrent_runs: 1` keeps them apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from shipway.runtime import tables
from shipway.runtime.job import Parameters

__all__ = ["STAMPS", "publish"]

STAMPS = {"as_of": "date", "release": "string", "slot": "string"}


def publish(job: Parameters, table: str, rows: Iterable[tables.Row], types: Mapping[str, str]) -> int:
    """Append the rows, stamped, to a table of the use case and say how many were new: all or none of them."""
    stamps = {"as_of": job.as_of, "release": job.release, "slot": job.slot}
    name = job.named(table)
    if tables.read(name, **stamps):
        return 0
    return tables.append(name, [{**row, **stamps} for row in rows], {**types, **STAMPS})
