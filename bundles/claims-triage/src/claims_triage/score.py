"""The task `score`: how complex each claim of the day is, and which desk should settle it."""

from __future__ import annotations

import sys

from claims_triage.model import load
from claims_triage.names import CLAIMS, MODEL, SCORES
from shipway.runtime import models, outputs, tables
from shipway.runtime.job import job_parameters

__all__ = ["main"]

_TYPES = {"claim_id": "string", "score": "double", "desk": "string"}


def main() -> None:
    """Score the day's claims with the pinned model version, and append."""
    job = job_parameters(sys.argv[1:])
    claims = tables.read(job.named(CLAIMS), reported_on=job.as_of)
    if not claims:
        # On a day without claims nobody is waiting; a source that broke off would look the same.
        sys.exit(f"no claim was reported on {job.as_of} in {job.named(CLAIMS)}")
    model = load(models.folder(job.named(MODEL), job.model_version))
    scores = [(claim["claim_id"], model.score(claim)) for claim in claims]
    rows = [{"claim_id": claim, "score": score, "desk": model.desk(score)} for claim, score in scores]
    print(f"{outputs.publish(job, SCORES, rows, _TYPES):,} of {len(claims):,} claims of {job.as_of} scored")
