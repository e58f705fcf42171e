"""What a line's stack is made of: what every kind has, and the workload of its own kind."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from shipway.models.deployment.agent import AgentWorkload
from shipway.models.deployment.base import Grant, Resolved, StackBase
from shipway.models.deployment.jobs import JobsWorkload
from shipway.models.deployment.serving import ServingWorkload

__all__ = ["LineStack", "ModelSpec", "Workload"]


class ModelSpec(Resolved):
    """A registered model."""

    catalog: str
    schema_name: str
    name: str
    owner: str
    comment: str
    grants: tuple[Grant, ...]


Workload = Annotated[JobsWorkload | ServingWorkload | AgentWorkload, Field(discriminator="kind")]
"""What works in a line, by its use case's kind."""


class LineStack(StackBase):
    """One use case in one environment."""

    environment: str
    use_case: str
    run_principal: str
    model: ModelSpec
    workload: Workload
