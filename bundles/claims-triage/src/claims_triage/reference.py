"""A world to try the use case in: forty new claims a day in November 2026, the same on every machine."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from claims_triage.names import CLAIMS
from shipway.runtime import tables
from shipway.runtime.job import job_parameters

__all__ = ["claims", "main"]

_SEED, _FIRST, _DAYS, _A_DAY = 1874, date(2026, 11, 1), 30, 40

_TYPES = {
    "claim_id": "string",
    "reported_on": "date",
    "parties": "bigint",
    "documents": "bigint",
    "injured": "boolean",
    "settled_by": "string",
}


def claims() -> Iterator[dict[str, Any]]:
    """All claims, in the order in which they were reported."""
    chance = random.Random(_SEED)  # noqa: S311 - the same numbers each time are the point
    for number in range(_DAYS * _A_DAY):
        parties, documents = 1 + int(chance.random() * 4), 1 + int(chance.random() * 12)
        injured = chance.random() < 0.2
        hard = 0.18 * parties + 0.05 * documents + 0.5 * injured + 0.3 * chance.random()
        yield {
            "claim_id": f"T-{number + 1:06d}",
            "reported_on": _FIRST + timedelta(days=number // _A_DAY),
            "parties": parties,
            "documents": documents,
            "injured": injured,
            "settled_by": "experts" if hard > 1.1 else "fast lane",
        }


def main() -> None:
    """Write the claims where the use case reads them, unless they are there."""
    job = job_parameters(sys.argv[1:])
    if tables.read(job.named(CLAIMS)):
        print("the reference claims are there already")
        return
    print(f"{tables.append(job.named(CLAIMS), claims(), _TYPES):,} claims written")
