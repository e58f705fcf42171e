"""The claims desk, made up: it reads the view, and raises a reserve that is much lower than what it thinks is right.

Part of the reference world: where the use case is real, the claims system writes this table. It sees what any consumer
sees, so a release that is in shadow leaves no trace here.
"""

from __future__ import annotations

import sys

from claims_reserve.names import ASSESSMENTS, CORRECTIONS, VIEW
from shipway.runtime import tables
from shipway.runtime.job import job_parameters

__all__ = ["TOO_LOW", "main"]

TOO_LOW = 0.6
"""Part of the assessed cost below which the desk raises a reserve; nobody corrects one that is too high."""

_TYPES = {
    "claim_id": "string",
    "as_of": "date",
    "release": "string",
    "line_of_business": "string",
    "corrected": "boolean",
}


def main() -> None:
    """Work through what the view shows for the business date, once."""
    job = job_parameters(sys.argv[1:])
    if tables.read(job.named(CORRECTIONS), as_of=job.as_of):
        print(f"the desk has worked on {job.as_of} already")
        return
    costs = {row["claim_id"]: row["cost"] for row in tables.read(job.named(ASSESSMENTS))}
    seen = [row for row in tables.read(job.named(VIEW), as_of=job.as_of) if row["claim_id"] in costs]
    rows = [
        {
            "claim_id": row["claim_id"],
            "as_of": job.as_of,
            "release": row["release"],
            "line_of_business": row["line_of_business"],
            "corrected": row["reserve"] < TOO_LOW * costs[row["claim_id"]],
        }
        for row in seen
    ]
    tables.append(job.named(CORRECTIONS), rows, _TYPES)
    print(f"{len(rows):,} reserves of {job.as_of} seen, {sum(row['corrected'] for row in rows):,} raised")
