"""A line: one use case in one environment, with two permanent slots and one pointer."""

from __future__ import annotations

from typing import assert_never

from binding import Construct
from shipway.models.deployment import AgentWorkload, JobsWorkload, LineStack, ServingWorkload
from stacks.base import ShipwayStack
from workloads import PointerFile, ServingEndpoint, UseCaseModel, add_jobs

__all__ = ["UseCase"]


class UseCase(ShipwayStack):
    """The stack `<environment>-<use-case>`."""

    def __init__(self, scope: Construct, spec: LineStack) -> None:
        super().__init__(scope, spec)
        model = UseCaseModel(self, "model", spec=spec.model)
        match spec.workload:
            case JobsWorkload() as workload:
                add_jobs(self, workload, run_principal=spec.run_principal)
            case ServingWorkload() as workload:
                ServingEndpoint(self, "endpoint", spec=workload, model=model)
            case AgentWorkload() as workload:
                PointerFile(self, "pointer", spec=workload)
            case _:
                assert_never(spec.workload)
