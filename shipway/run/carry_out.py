"""Carry out a run: walk the job, resolve what each task is called with, start it, try again, remember how it went.

Processes are started by what implements `Starter` (`shipway.outside.tasks`); here nothing but folders and logs is made.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Protocol, assert_never

from shipway.errors import ShipwayError, visible
from shipway.run.job import Condition, Job, RunJob, Task, Wheel
from shipway.run.record import Attempt, JobRun, TaskRun
from shipway.run.references import Context
from shipway.run.walk import Outcome, Result, compare, of_run, walk

__all__ = ["Call", "Runner", "Starter"]


_TAIL = 4096


@dataclass(frozen=True, slots=True)
class Call:
    """A process that is wanted: an entry point of a wheel, its arguments, where it works and what it says goes."""

    wheels: tuple[Path, ...]
    package: str
    entry_point: str
    arguments: tuple[str, ...]
    folder: Path
    log: Path


class Starter(Protocol):
    """What starts processes and can end them all."""

    @property
    def stopped(self) -> bool:
        """Whether somebody wants the run to end."""

    def run(self, call: Call, timeout: float) -> int | None:
        """The exit code, once it is over; None if it was killed, for its `timeout` in seconds or with the run."""


@dataclass(frozen=True)
class Runner:
    """Runs jobs of one workspace."""

    jobs: Mapping[str, Job]
    """By id: those that a task may start."""

    volumes: Path
    """Where `/Volumes` is on this machine."""

    folder: Path
    """The run's own."""

    run_id: str
    starter: Starter
    clock: Callable[[], datetime]
    turn: Callable[[Job], AbstractContextManager[None]]
    """Waits for a job's turn, or refuses, as its `max_concurrent_runs` and `queue` say."""

    tell: Callable[[str], None]
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, job: Job, given: Mapping[str, str], path: tuple[str, ...] = ()) -> JobRun:
        """One run of `job`; raises ShipwayError for a job that cannot be run as it is declared."""
        with self.turn(job):
            return _JobRunning(self, job, given, path, self.clock()).run()


@dataclass
class _JobRunning:
    runner: Runner
    job: Job
    given: Mapping[str, str]
    path: tuple[str, ...]
    started: datetime
    tasks: dict[str, TaskRun] = field(default_factory=dict)

    def __post_init__(self) -> None:
        context = Context(self.job.id, self.job.name, self.runner.run_id, self.started, {})
        # Defaults may refer to the run, not to each other.
        parameters = {name: context.resolve(value) for name, value in {**self.job.parameters, **self.given}.items()}
        self.context = Context(self.job.id, self.job.name, self.runner.run_id, self.started, parameters)

    def run(self) -> JobRun:
        done = walk(self.job, self._act)
        over_time = self.job.timeout and self._seconds(self.started) >= self.job.timeout
        result = of_run(self.job.tasks, done)
        for task in self.job.tasks:
            self.tasks.setdefault(task.key, TaskRun(task.key, done[task.key].result, 0.0))
        return JobRun(
            name=self.job.name,
            slot=self.job.tags.get("slot", ""),
            parameters=self.context.parameters,
            result=Result.TIMEDOUT if over_time and not result.is_well else result,
            seconds=self._seconds(self.started),
            tasks=tuple(self.tasks[task.key] for task in self.job.tasks),
        )

    def _act(self, task: Task) -> Outcome:
        began = self.runner.clock()
        if self.runner.starter.stopped:
            made = TaskRun(task.key, Result.CANCELED, 0.0)
        else:
            try:
                made = self._carried_out(task, began)
            except ShipwayError as error:
                made = TaskRun(task.key, Result.FAILED, self._seconds(began), said=error.message)
        self.tasks[task.key] = made
        self._told(made)
        return Outcome(made.result, made.said)

    def _carried_out(self, task: Task, began: datetime) -> TaskRun:
        match task.work:
            case Condition() as condition:
                left, right = (self.context.resolve(side, task.key) for side in (condition.left, condition.right))
                said = str(compare(condition, left, right)).lower()
                return TaskRun(task.key, Result.SUCCESS, self._seconds(began), said)
            case RunJob() as wanted:
                made = self._other_job(task, wanted)
                return TaskRun(task.key, made.result, self._seconds(began), job=made)
            case Wheel() as wheel:
                return self._attempts(task, wheel, began)
            case _:
                assert_never(task.work)

    def _other_job(self, task: Task, wanted: RunJob) -> JobRun:
        job = self.runner.jobs.get(wanted.job_id)
        if job is None:
            raise ShipwayError(f"there is no job {wanted.job_id}: deploy the line again")
        given = {name: self.context.resolve(value, task.key) for name, value in wanted.parameters.items()}
        return self.runner.run(job, given, (*self.path, task.key))

    def _attempts(self, task: Task, wheel: Wheel, began: datetime) -> TaskRun:
        attempts: list[Attempt] = []
        result = Result.FAILED
        for number in range(1, task.max_retries + 2):
            result = self._attempt(task, wheel, number, attempts)
            again = result is Result.FAILED or (result is Result.TIMEDOUT and task.retry_on_timeout)
            if not again or self._left(task) == 0:
                break
        return TaskRun(task.key, result, self._seconds(began), attempts=tuple(attempts))

    def _attempt(self, task: Task, wheel: Wheel, number: int, attempts: list[Attempt]) -> Result:
        name = "-".join((*self.path, task.key)) + (f".{number}" if number > 1 else "")
        folder, log = self.runner.folder / "work" / name, self.runner.folder / f"{name}.log"
        folder.mkdir(parents=True, exist_ok=True)
        call = Call(
            wheels=tuple(_in_volumes(self.runner.volumes, path) for path in wheel.libraries),
            package=wheel.package,
            entry_point=wheel.entry_point,
            arguments=self._arguments(task, wheel),
            folder=folder,
            log=log,
        )
        began = self.runner.clock()
        code = self.runner.starter.run(call, self._left(task) or 0.0)
        attempts.append(Attempt(code, self._seconds(began), log.name))
        if self.runner.starter.stopped:
            return Result.CANCELED
        if code is None:
            return Result.TIMEDOUT
        return Result.SUCCESS if code == 0 else Result.FAILED

    def _arguments(self, task: Task, wheel: Wheel) -> tuple[str, ...]:
        """As Databricks hands them over: positions as they stand, or named ones with the job's own pushed down."""
        if wheel.parameters:
            return tuple(self.context.resolve(value, task.key) for value in wheel.parameters)
        named = {name: self.context.resolve(value, task.key) for name, value in wheel.named_parameters.items()}
        return tuple(f"--{name}={value}" for name, value in sorted({**named, **self.context.parameters}.items()))

    def _left(self, task: Task) -> float | None:
        """Seconds that the task may take, None for no limit."""
        limits = [task.timeout] if task.timeout else []
        if self.job.timeout:
            limits.append(max(0.0, self.job.timeout - self._seconds(self.started)))
        return min(limits) if limits else None

    def _seconds(self, since: datetime) -> float:
        return (self.runner.clock() - since).total_seconds()

    def _told(self, made: TaskRun) -> None:
        name = " / ".join((*self.path, made.key))
        tries = f", {len(made.attempts)} attempts" if len(made.attempts) > 1 else ""
        said = f": {made.said}" if made.said else ""
        with self.runner._lock:
            self.runner.tell(f"{name}  {made.result}{said}  {made.seconds:.1f} s{tries}")
            if made.attempts and made.result in (Result.FAILED, Result.TIMEDOUT):
                log = self.runner.folder / made.attempts[-1].log
                self.runner.tell(f"  {_last_line(log)}\n  see {log}")


def _last_line(log: Path) -> str:
    """What a task said last: of a traceback, the error."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - _TAIL))
        lines = file.read().decode(errors="replace").strip().splitlines()
    return visible(lines[-1])[:300] if lines else "it said nothing"


def _in_volumes(volumes: Path, path: str) -> Path:
    """The file of a wheel in a volume; raises ShipwayError for one that is elsewhere or not there."""
    parts = PurePosixPath(path).parts
    if parts[:2] != ("/", "Volumes") or ".." in parts:
        raise ShipwayError(f"the wheel {path!r} is not in a volume")
    file = volumes.joinpath(*parts[2:])
    if not file.is_file():
        raise ShipwayError(f"the wheel {path} is not there: the manifest's digest is none that shipway build has put")
    return file
