"""What a line is made of whose slots are jobs: those of the kinds batch, batch_with_effects and streaming."""

from __future__ import annotations

from typing import Literal

from shipway.models.deployment.base import Permission, Resolved
from shipway.models.names import Slot

__all__ = ["JobSlotSpec", "JobSpec", "JobsWorkload", "RouterSpec", "TaskSpec"]


class TaskSpec(Resolved):
    """One task of a slot's job."""

    key: str
    entry_point: str
    after: tuple[str, ...]


class JobSlotSpec(Resolved):
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


class RouterSpec(Resolved):
    """The job that is scheduled and started; it says which slots work, and for kinds with effects whose count."""

    job_name: str
    description: str
    cron: str
    timezone: str
    active: Slot


class JobsWorkload(Resolved):
    """Two slots' jobs and their router."""

    kind: Literal["batch", "batch_with_effects", "streaming"]
    job: JobSpec
    slots: tuple[JobSlotSpec, ...]
    router: RouterSpec

    @property
    def job_names(self) -> tuple[str, ...]:
        """Of all its jobs."""
        return (*(slot.job_name for slot in self.slots), self.router.job_name)
