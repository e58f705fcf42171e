"""The workload of a line whose slots are jobs: the two jobs and the router that starts them."""

from __future__ import annotations

from shipway.models.deployment import JobSlotSpec, JobSpec, JobsWorkload, Permission, RouterSpec, TaskSpec
from shipway.models.line import Line
from shipway.models.names import Slot

__all__ = ["jobs_workload"]


def jobs_workload(line: Line) -> JobsWorkload:
    """The jobs of one line; raises BadName."""
    schedule = line.job.schedule
    return JobsWorkload(
        kind=line.bundle.kind.value,
        job=_job(line),
        slots=tuple(_slot(line, slot) for slot in Slot),
        router=RouterSpec(
            job_name=line.names.router,
            description=f"Runs the live slot of {line.names.use_case}",
            cron=schedule.cron,
            timezone=schedule.timezone,
            active=line.manifest.active,
        ),
    )


def _job(line: Line) -> JobSpec:
    job, names = line.job, line.names
    return JobSpec(
        description=line.bundle.description,
        package=job.package,
        cluster_policy=names.cluster_policy(job.compute.policy),
        spark_version=job.compute.spark_version,
        node_type=job.compute.node_type,
        workers=job.compute.workers,
        timeout_seconds=job.timeout_minutes * 60,
        max_retries=job.max_retries,
        # The provider compares tasks by position: in the API's order, by key, a plan stays quiet.
        tasks=tuple(
            TaskSpec(key=key, entry_point=task.entry_point, after=tuple(sorted(task.after)))
            for key, task in sorted(job.tasks.items())
        ),
        tags=line.tags,
        permissions=tuple(
            Permission(group=names.group(role), level=row.job)
            for role, row in line.environment.access.items()
            if row.job is not None
        ),
    )


def _slot(line: Line, slot: Slot) -> JobSlotSpec:
    release, data, names = line.manifest.release(slot), line.bundle.data, line.names
    catalog, schema = names.catalog(data.catalog), names.schema(data.schema_)
    wheel = f"{line.job.package}-{release.version}-py3-none-any.whl"
    return JobSlotSpec(
        slot=slot,
        job_name=names.job(slot),
        release=release.id,
        version=release.version,
        model_version=release.model_version,
        catalog=catalog,
        schema_name=schema,
        wheel=f"/Volumes/{catalog}/{schema}/{names.volume()}/{release.wheel_sha256[:16]}/{wheel}",
    )
