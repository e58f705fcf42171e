"""The task `measure`: how good this release's reserves were, as far as it is known by now.

error       how far the reserve is from what experts say the claim costs, in parts of that; known the same day
corrected   1 where the claims desk raised the reserve that it saw; known once the desk has worked, and only of the
            claims whose reserve consumers saw from this release
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from claims_reserve.names import ASSESSMENTS, CORRECTIONS, MEASURES, SCORES
from shipway.runtime import tables
from shipway.runtime.job import Parameters, job_parameters
from shipway.runtime.measures import Measure, record

__all__ = ["main"]


def main() -> None:
    """Append the measures that are new."""
    job = job_parameters(sys.argv[1:])
    count = record(job, MEASURES, [*_errors(job), *_corrections(job)])
    print(f"{count:,} measures of {job.release}")


def _errors(job: Parameters) -> Iterator[Measure]:
    costs = {
        row["claim_id"]: row["cost"] for row in tables.read(job.named(ASSESSMENTS)) if row["assessed_on"] <= job.as_of
    }
    for row in tables.read(job.named(SCORES), as_of=job.as_of, release=job.release, slot=job.slot):
        cost = costs.get(row["claim_id"])
        if cost is not None:
            value = abs(row["reserve"] - cost) / cost
            yield Measure(row["claim_id"], job.as_of, "error", value, row["line_of_business"])


def _corrections(job: Parameters) -> Iterator[Measure]:
    for row in tables.read(job.named(CORRECTIONS), release=job.release):
        if row["as_of"] <= job.as_of:
            value = float(row["corrected"])
            yield Measure(row["claim_id"], row["as_of"], "corrected", value, row["line_of_business"])
