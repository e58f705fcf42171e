"""A job as its deployed object has it: the parts that a run on the laptop needs, read from what Terraform made.

Names and meanings are those of Databricks' Jobs API 2.2 and of the provider's `databricks_job`. Fields that do not
concern a laptop (clusters, access, notifications) are passed over; a kind of task that cannot run here is an error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from shipway.errors import ShipwayError

__all__ = ["Condition", "DependsOn", "Job", "RunJob", "Task", "Wheel", "calling", "read_job"]


@dataclass(frozen=True, slots=True)
class Wheel:
    """An entry point of a wheel, and what it is called with."""

    package: str
    entry_point: str
    libraries: tuple[str, ...]
    """Paths of wheels, `/Volumes/...`."""

    parameters: tuple[str, ...] = ()
    named_parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Condition:
    """A comparison of two values; what depends on it says for which outcome it runs."""

    op: str
    left: str
    right: str


@dataclass(frozen=True, slots=True)
class RunJob:
    """A run of another job, with parameters for it."""

    job_id: str
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DependsOn:
    """A task that has to be over; `outcome` is `true` or `false` where that task is a condition."""

    task: str
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """One step of a job. Times are in seconds; 0 is no limit."""

    key: str
    work: Wheel | Condition | RunJob
    after: tuple[DependsOn, ...] = ()
    run_if: str = "ALL_SUCCESS"
    timeout: float = 0
    max_retries: int = 0
    retry_on_timeout: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """A deployed job."""

    id: str
    name: str
    tasks: tuple[Task, ...]
    parameters: Mapping[str, str]
    """Each parameter's default."""

    tags: Mapping[str, str]
    timeout: float = 0
    max_concurrent_runs: int = 1
    queue: bool = False
    """Whether a run that may not start yet waits; else it is refused."""


def read_job(attributes: Mapping[str, Any]) -> Job:
    """The job of a `databricks_job` object's attributes; raises ShipwayError for what cannot run here."""
    name = str(attributes.get("name", ""))
    try:
        return _job(name, attributes)
    except (KeyError, TypeError, ValueError) as error:
        # Objects of the sandbox may be edited by hand.
        raise ShipwayError(f"the job {name!r} is not whole: {error!r:.200}", "deploy its line again") from error


def _job(name: str, attributes: Mapping[str, Any]) -> Job:
    tasks = tuple(_task(name, task) for task in _blocks(attributes, "task"))
    if not tasks:
        raise ShipwayError(f"the job {name!r} has no tasks", "deploy its line again: shipway deploy")
    return Job(
        id=str(attributes.get("id", "")),
        name=name,
        tasks=tasks,
        parameters={str(one["name"]): str(one.get("default") or "") for one in _blocks(attributes, "parameter")},
        tags=_texts(attributes.get("tags")),
        timeout=float(attributes.get("timeout_seconds") or 0),
        max_concurrent_runs=int(attributes.get("max_concurrent_runs") or 1),
        queue=any(block.get("enabled") for block in _blocks(attributes, "queue")),
    )


def calling(job: Job, entry_point: str) -> Job:
    """`job` with one task instead of its own: that entry point of the same wheel, with the same parameters.

    Raises ShipwayError where the job has no task that is of a wheel.
    """
    for task in job.tasks:
        if isinstance(task.work, Wheel):
            work = replace(task.work, entry_point=entry_point)
            # Training does not fit in the time of a run, and is not tried again on its own.
            return replace(job, tasks=(Task(entry_point, work),), timeout=0)
    raise ShipwayError(f"{job.name} has no task of a wheel, so there is no entry point to call")


def _task(job: str, block: Mapping[str, Any]) -> Task:
    key = str(block.get("task_key", ""))
    return Task(
        key=key,
        work=_work(job, key, block),
        after=tuple(
            DependsOn(str(one["task_key"]), str(one.get("outcome") or "")) for one in _blocks(block, "depends_on")
        ),
        run_if=str(block.get("run_if") or "ALL_SUCCESS"),
        timeout=float(block.get("timeout_seconds") or 0),
        max_retries=int(block.get("max_retries") or 0),
        retry_on_timeout=bool(block.get("retry_on_timeout")),
    )


def _work(job: str, key: str, block: Mapping[str, Any]) -> Wheel | Condition | RunJob:
    for wheel in _blocks(block, "python_wheel_task"):
        return Wheel(
            package=str(wheel.get("package_name") or ""),
            entry_point=str(wheel.get("entry_point") or ""),
            libraries=tuple(str(one["whl"]) for one in _blocks(block, "library") if one.get("whl")),
            parameters=tuple(map(str, wheel.get("parameters") or ())),
            named_parameters=_texts(wheel.get("named_parameters")),
        )
    for condition in _blocks(block, "condition_task"):
        return Condition(*(str(condition.get(part) or "") for part in ("op", "left", "right")))
    for run in _blocks(block, "run_job_task"):
        return RunJob(str(run.get("job_id") or ""), _texts(run.get("job_parameters")))
    kinds = sorted(name for name, value in block.items() if name.endswith("_task") and value)
    raise ShipwayError(
        f"task {key!r} of the job {job!r} is a {', '.join(kinds) or 'task without work'}; "
        "the laptop runs python_wheel_task, condition_task and run_job_task"
    )


def _blocks(attributes: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    """A nested block is a list in the state, also where there can be one only."""
    value = attributes.get(name)
    blocks = [value] if isinstance(value, Mapping) else value if isinstance(value, list) else []
    return [block for block in blocks if isinstance(block, Mapping)]


def _texts(value: object) -> dict[str, str]:
    return {str(key): str(item) for key, item in value.items()} if isinstance(value, Mapping) else {}
