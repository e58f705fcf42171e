"""A line: one use case in one environment, with two permanent slots and one pointer."""

from __future__ import annotations

from binding import Construct, databricks
from shipway.models.deployment import LineStack
from stacks.base import ShipwayStack
from workloads import RouterJob, SlotJob, UseCaseModel

__all__ = ["UseCase"]


class UseCase(ShipwayStack):
    """The stack `<environment>-<use-case>`."""

    def __init__(self, scope: Construct, spec: LineStack) -> None:
        super().__init__(scope, spec)
        UseCaseModel(self, "model", spec=spec.model)
        # The account's and the landing zone's objects are found by name: their stacks are planned without this one.
        runs_as = databricks.DataDatabricksServicePrincipal(self, "run-principal", display_name=spec.run_principal)
        policy = databricks.DataDatabricksClusterPolicy(self, "cluster-policy", name=spec.job.cluster_policy)
        slots = Construct(self, "slots")
        jobs = {
            slot.slot: SlotJob(slots, slot.slot, spec=spec.job, slot=slot, runs_as=runs_as, policy=policy)
            for slot in spec.slots
        }
        RouterJob(self, "router", spec=spec, live=jobs[spec.active], run_as=runs_as.application_id)
