"""What a line is made of whose slots are jobs: those of the kinds batch, batch_with_effects and streaming."""

from __future__ import annotations

from typing import Literal

from shipway.models.deployment.base import Permission, Resolved
from shipway.models.names import Slot

__all__ = ["JobSlotSpec", "JobSpec", "JobsWorkload", "OutputSpec", "RouterSpec", "TaskSpec"]


class TaskSpec(Resolved):
    """One task of a slot's job."""

    key: str
    entry_point: str
    after: tuple[str, ...]


class JobSlotSpec(Resolved):
    """One slot's job: its name and what the release in it sets."""

    slot: Slot
    job_name: str
    parameters: dict[str, str]
    """What its code is told: its release, its slot, where its tables and flags are. The router says some of it anew."""

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
    """The job that is scheduled and started: it starts the slots that work."""

    job_name: str
    description: str
    cron: str
    timezone: str
    runs: dict[Slot, bool]
    """Which slots work."""

    pointer: str | None
    """Whose effects count, as shipway.pointer.json_form writes it; None where a view says whose rows count."""


class OutputSpec(Resolved):
    """A batch job's table and the view of it that consumers read."""

    warehouse: str
    """The name of the SQL warehouse that makes and changes the two."""

    catalog: str
    schema_name: str
    owner: str
    table: str
    table_comment: str
    columns: dict[str, str]
    """Name and SQL type, in the order in which they stand in the table."""

    view: str
    view_comment: str
    definition: str
    """The pointer, as shipway.pointer.view writes it."""


class JobsWorkload(Resolved):
    """Two slots' jobs, their router and, of a batch job, its output."""

    kind: Literal["batch", "batch_with_effects", "streaming"]
    job: JobSpec
    slots: tuple[JobSlotSpec, ...]
    router: RouterSpec
    output: OutputSpec | None

    @property
    def job_names(self) -> tuple[str, ...]:
        """Of all its jobs."""
        return (*(slot.job_name for slot in self.slots), self.router.job_name)
