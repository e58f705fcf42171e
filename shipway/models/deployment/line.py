"""What a line's stack is made of."""

from __future__ import annotations

from shipway.models.deployment.base import Grant, Permission, Resolved, StackBase
from shipway.models.names import Slot

__all__ = ["JobSpec", "LineStack", "ModelSpec", "SlotSpec", "TaskSpec"]


class ModelSpec(Resolved):
    """A registered model."""

    catalog: str
    schema_name: str
    name: str
    owner: str
    comment: str
    grants: tuple[Grant, ...]


class TaskSpec(Resolved):
    """One task of a slot's job."""

    key: str
    entry_point: str
    after: tuple[str, ...]


class SlotSpec(Resolved):
    """One slot's job: its name and what the release in it sets."""

    slot: Slot
    job_name: str
    release: str
    version: str
    model_version: int
    catalog: str
    schema_name: str
    """Where its tables are; the code of a release is the same in every environment."""

    wheel: str
    """Path of the wheel in the releases volume, by digest."""


class JobSpec(Resolved):
    """What both slots' jobs have in common."""

    description: str
    package: str
    cluster_policy: str
    spark_version: str
    node_type: str
    workers: int
    timeout_seconds: int
    max_retries: int
    tasks: tuple[TaskSpec, ...]
    tags: dict[str, str]
    permissions: tuple[Permission, ...]


class LineStack(StackBase):
    """One use case in one environment."""

    environment: str
    use_case: str
    run_principal: str
    model: ModelSpec
    job: JobSpec
    slots: tuple[SlotSpec, ...]
    router_name: str
    active: Slot
    cron: str
    timezone: str
