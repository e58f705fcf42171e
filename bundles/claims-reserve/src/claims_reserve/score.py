"""The task `score`: a reserve for each claim that is open on the business date."""

from __future__ import annotations

import sys

from claims_reserve.model import load
from claims_reserve.names import CLAIMS, MODEL, SCORES
from shipway.runtime import models, outputs, tables
from shipway.runtime.job import job_parameters

__all__ = ["main"]

_TYPES = {"claim_id": "string", "line_of_business": "string", "reserve": "double"}


def main() -> None:
    """Score with the pinned model version, and append."""
    job = job_parameters(sys.argv[1:])
    claims = [claim for claim in tables.read(job.named(CLAIMS)) if claim["reported_on"] <= job.as_of]
    if not claims:
        # No reserves at all is what nobody wants to find out from the ledger's total.
        sys.exit(f"no claim is open on {job.as_of} in {job.named(CLAIMS)}")
    model = load(models.folder(job.named(MODEL), job.model_version))
    rows = [
        {
            "claim_id": claim["claim_id"],
            "line_of_business": claim["line_of_business"],
            "reserve": model.reserve(claim),
        }
        for claim in claims
    ]
    count = outputs.publish(job, SCORES, rows, _TYPES)
    print(f"{count:,} reserves for {job.as_of} by model version {job.model_version}; {len(claims):,} claims are open")
