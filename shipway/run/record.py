"""What is kept of a run: `run.json` in its folder, for people, for the ledger and for whoever judges a release."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from shipway.run.walk import Result

__all__ = ["Attempt", "JobRun", "RunRecord", "TaskRun", "write_record"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One process: its exit code (None: killed for its time, or with the run), its time and its log."""

    exit_code: int | None
    seconds: float
    log: str
    """Relative to the run's folder."""


@dataclass(frozen=True, slots=True)
class TaskRun:
    """One task of a run: its attempts, or the run of another job that it was."""

    key: str
    result: Result
    seconds: float
    said: str = ""
    """What a condition found, or why the task could not start."""

    attempts: tuple[Attempt, ...] = ()
    job: JobRun | None = None

    def as_json(self) -> dict[str, object]:
        """The same for a machine."""
        return {
            "task": self.key,
            "result": self.result,
            "seconds": round(self.seconds, 3),
            **({"said": self.said} if self.said else {}),
            **(
                {
                    "attempts": [
                        {"exit_code": one.exit_code, "seconds": round(one.seconds, 3), "log": one.log}
                        for one in self.attempts
                    ]
                }
                if self.attempts
                else {}
            ),
            **({"run": self.job.as_json()} if self.job else {}),
        }


@dataclass(frozen=True, slots=True)
class JobRun:
    """One run of one job."""

    name: str
    slot: str
    """Empty for a router."""

    parameters: Mapping[str, str]
    result: Result
    seconds: float
    tasks: tuple[TaskRun, ...]

    @property
    def release(self) -> str:
        """The release that ran; empty for a router."""
        return self.parameters.get("release", "")

    def runs(self) -> Iterator[JobRun]:
        """This run and those that it started."""
        yield self
        for task in self.tasks:
            if task.job is not None:
                yield from task.job.runs()

    def as_json(self) -> dict[str, object]:
        """The same for a machine."""
        return {
            "job": self.name,
            "slot": self.slot,
            "release": self.release,
            "result": self.result,
            "seconds": round(self.seconds, 3),
            "parameters": dict(self.parameters),
            "tasks": [task.as_json() for task in self.tasks],
        }


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A whole run, as somebody started it."""

    number: int
    environment: str
    use_case: str
    as_of: str
    started: datetime
    job: JobRun
    called: str = ""
    """The one entry point that was called, outside of any job: no run of a release, so nothing counts it as one."""

    @property
    def slots(self) -> dict[str, JobRun]:
        """The runs of slots, by slot: what a release did."""
        return {run.slot: run for run in self.job.runs() if run.slot}

    @property
    def exit_code(self) -> int:
        """Of the command: 0 for a run that is well, 2 for one that is not, 130 for one that somebody stopped."""
        return 130 if self.job.result is Result.CANCELED else 0 if self.job.result.is_well else 2

    def as_json(self) -> dict[str, object]:
        """The same for a machine."""
        slots = {slot: {"release": run.release, "result": run.result} for slot, run in self.slots.items()}
        return {
            "schema": "shipway/call/v1" if self.called else "shipway/run/v1",
            "number": self.number,
            "environment": self.environment,
            "use_case": self.use_case,
            "as_of": self.as_of,
            "started": self.started.isoformat(timespec="milliseconds"),
            "result": self.job.result,
            "seconds": round(self.job.seconds, 3),
            **({"called": self.called} if self.called else {"slots": slots}),
            "run": self.job.as_json(),
        }


def write_record(record: RunRecord, folder: Path) -> Path:
    """Write `run.json`, whole or not at all."""
    file, draft = folder / "run.json", folder / "run.json.draft"
    draft.write_text(json.dumps(record.as_json(), indent=2) + "\n")
    draft.replace(file)
    return file
