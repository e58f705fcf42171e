"""The workload of a line whose slots are jobs: the two jobs, the router that starts them and a batch job's output."""

from __future__ import annotations

from collections.abc import Iterator

from shipway.models.deployment import JobSlotSpec, JobSpec, JobsWorkload, OutputSpec, Permission, RouterSpec, TaskSpec
from shipway.models.kinds import UseCaseKind
from shipway.models.line import Line
from shipway.models.names import Role, Slot
from shipway.models.output import STAMPS
from shipway.pointer import json_form, view

__all__ = ["jobs_workload"]


def jobs_workload(line: Line) -> JobsWorkload:
    """The jobs of one line; raises BadName."""
    return JobsWorkload(
        kind=line.bundle.kind.value,
        job=_job(line),
        slots=tuple(_slot(line, slot) for slot in Slot),
        router=_router(line),
        output=_output(line),
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
        permissions=(*_people(line), *_watchers(line)),
    )


def _people(line: Line) -> Iterator[Permission]:
    for role, row in line.environment.access.items():
        if row.job is not None:
            yield Permission(group=line.names.group(role), level=row.job)


def _watchers(line: Line) -> Iterator[Permission]:
    """Who watches releases sees how the jobs ran."""
    if line.environment.watcher is not None:
        yield Permission(group=line.names.watchers, level="CAN_VIEW")


def _slot(line: Line, slot: Slot) -> JobSlotSpec:
    release, names = line.manifest.release(slot), line.names
    wheel = f"{line.job.package}-{release.version}-py3-none-any.whl"
    parameters = {
        # The business date: the day of the run, unless the router or a person says another.
        "as_of": "{{job.start_time.iso_date}}",
        "catalog": line.catalog,
        "flags": names.flags_file(line.bundle.data.catalog, line.bundle.data.schema_),
        "model_version": str(release.model_version),
        "release": release.id,
        "schema": line.schema,
        "slot": slot.value,
    }
    return JobSlotSpec(
        slot=slot,
        job_name=names.job(slot),
        parameters=dict(sorted((parameters | _of_kind(line, slot)).items())),
        wheel=f"/Volumes/{line.catalog}/{line.schema}/{names.volume()}/{release.wheel_sha256[:16]}/{wheel}",
    )


def _of_kind(line: Line, slot: Slot) -> dict[str, str]:
    """What only jobs of this kind are told."""
    # Without the router's word a slot has no effects: a run that somebody starts by hand is a rehearsal.
    pointer = {"pointer": ""}
    match line.bundle.kind:
        case UseCaseKind.BATCH:
            return {"output": line.output.table}
        case UseCaseKind.STREAMING:
            # Each slot's own and never changed: a release goes on where the one before it in its slot stopped.
            folder = f"/Volumes/{line.catalog}/{line.schema}/{line.names.checkpoints()}/{slot}"
            return {**pointer, "checkpoint": folder}
        case _:
            return pointer


def _router(line: Line) -> RouterSpec:
    schedule, manifest = line.job.schedule, line.manifest
    by_view = line.bundle.kind is UseCaseKind.BATCH
    return RouterSpec(
        job_name=line.names.router,
        description=f"Runs the slots of {line.names.use_case} that work",
        cron=schedule.cron,
        timezone=schedule.timezone,
        runs={slot: manifest.runs(slot) for slot in Slot},
        pointer=None if by_view else json_form.render(line.pointer),
    )


def _output(line: Line) -> OutputSpec | None:
    if line.bundle.kind is not UseCaseKind.BATCH:
        return None
    names, output = line.names, line.output
    table, key = names.table(output.table), output.key
    rest = tuple(column for column in output.columns if column != key)
    shape = view.ViewShape((line.catalog, line.schema, table), key, rest)
    pointer = line.release_pointer
    return OutputSpec(
        warehouse=names.sql_warehouse(output.warehouse),
        catalog=line.catalog,
        schema_name=line.schema,
        # Only who owns a view can change what it shows: that is who deploys.
        owner=names.group(Role.DEPLOYERS),
        table=table,
        table_comment=f"All that any release of {names.use_case} has said, one row a {key}, day and slot",
        columns={key: output.columns[key], **{column: output.columns[column] for column in rest}, **STAMPS},
        view=names.table(output.view),
        view_comment=f"What {names.use_case} says, one row a {key}",
        definition=view.render(shape, view.ViewPointer.of(pointer)),
    )
