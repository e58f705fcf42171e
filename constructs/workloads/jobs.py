"""The jobs of a line: one for each slot, the router that starts them, and what a batch job writes."""

from __future__ import annotations

from binding import Construct, databricks
from shipway.models.deployment import JobsWorkload
from workloads.output import BatchOutput
from workloads.router import RouterJob
from workloads.slot_job import SlotJob

__all__ = ["add_jobs"]


def add_jobs(stack: Construct, spec: JobsWorkload, *, run_principal: str) -> None:
    """Put them into the stack itself: their paths are older than the other kinds."""
    # The account's and the landing zone's objects are found by name: their stacks are planned without this one.
    runs_as = databricks.DataDatabricksServicePrincipal(stack, "run-principal", display_name=run_principal)
    policy = databricks.DataDatabricksClusterPolicy(stack, "cluster-policy", name=spec.job.cluster_policy)
    slots = Construct(stack, "slots")
    jobs = {
        slot.slot: SlotJob(slots, slot.slot, spec=spec.job, slot=slot, runs_as=runs_as, policy=policy)
        for slot in spec.slots
    }
    RouterJob(stack, "router", spec=spec, slots=jobs, run_as=runs_as.application_id)
    if spec.output is not None:
        BatchOutput(stack, "output", spec=spec.output)
