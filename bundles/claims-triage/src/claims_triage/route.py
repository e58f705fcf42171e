"""The task `route`: puts the day's claims on the work queue of their desk, where this slot may; then measures.

`shipway release kill claims-triage --component route` takes it out of service: then everything is a rehearsal, and
people route, as they did before. With the id of a release, it is that release alone that acts no more.

right_desk   1 where the desk is the one that settled the claim in the end
"""

from __future__ import annotations

import sys

from claims_triage.names import CLAIMS, MEASURES, QUEUE, SCORES
from shipway.flags.read import open_flags
from shipway.runtime import tables
from shipway.runtime.effects import Effects, effects_of
from shipway.runtime.job import Parameters, job_parameters
from shipway.runtime.measures import Measure, record

__all__ = ["main"]

_TYPES = {"claim_id": "string", "desk": "string"}


def main() -> None:
    """Route what this release scored; what another slot is to route is written beside the queue."""
    job = job_parameters(sys.argv[1:])
    scored = tables.read(job.named(SCORES), as_of=job.as_of, release=job.release, slot=job.slot)
    rows = [{"claim_id": row["claim_id"], "desk": row["desk"]} for row in scored]
    done = _effects(job).append(QUEUE, "claim_id", rows, _TYPES)
    print(f"{done.acted:,} claims on the work queue, {done.rehearsed:,} rehearsed")
    settled = {row["claim_id"]: row["settled_by"] for row in tables.read(job.named(CLAIMS), reported_on=job.as_of)}
    measures = (
        Measure(row["claim_id"], job.as_of, "right_desk", float(row["desk"] == settled[row["claim_id"]]))
        for row in scored
    )
    print(f"{record(job, MEASURES, measures):,} measures")


def _effects(job: Parameters) -> Effects:
    answer = open_flags(job.values.get("flags", ""), "claims-triage", job.release).component("route")
    if answer.on:
        return effects_of(job)
    print(f"route is out of service: {answer.why} {answer.detail}")
    return Effects(job, None)
