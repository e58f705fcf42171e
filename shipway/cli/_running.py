"""`shipway run`, put together: the deployed jobs, what starts processes, what ends them when somebody wants that."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from shipway.errors import ShipwayError
from shipway.models.load import load
from shipway.models.names import Names, Slot
from shipway.outside.tasks import Tasks
from shipway.project import find_root
from shipway.run.carry_out import Runner
from shipway.run.job import Job, calling
from shipway.run.record import RunRecord, write_record
from shipway.sandbox.jobs import Turns, deployed, new_run
from shipway.sandbox.layout import Home

__all__ = ["Wanted", "run_use_case"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asked for on the command line."""

    start: Path
    use_case: str
    environment: str
    as_of: str = ""
    parameters: tuple[str, ...] = ()
    entry_point: str = ""
    """Of a slot's wheel, instead of the router's job."""

    slot: str = ""
    """Whose; empty: the active slot's, as the manifest has it."""


def run_use_case(
    wanted: Wanted, tell: Callable[[str], None], clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> RunRecord:
    """Run the use case's router in the sandbox and write the record; raises ShipwayError."""
    root = find_root(wanted.start)
    host, name = _line(root, wanted)
    jobs = deployed(root, host)
    job = jobs.named(name)
    if job is None:
        line = f"{wanted.environment}-{wanted.use_case}"
        raise ShipwayError(f"no job {name} in the sandbox", f"deploy it first: shipway deploy {line} --yes")
    if wanted.entry_point:
        job = calling(job, wanted.entry_point)
    given = _given(job, wanted)
    number, folder = new_run(root)
    tasks = Tasks(Home(root).folder)
    turns = Turns(root, host, lambda: tasks.stopped, tell)
    runner = Runner(jobs, Home(root).volumes, folder, str(number), tasks, clock, turns, tell)
    started = clock()
    with _ended_by_signals(tasks):
        made = runner.run(job, given)
    as_of = made.parameters.get("as_of", "")
    record = RunRecord(number, wanted.environment, wanted.use_case, as_of, started, made, wanted.entry_point)
    tell(f"Record: {write_record(record, folder).relative_to(root)}")
    return record


def _line(root: Path, wanted: Wanted) -> tuple[str, str]:
    """The workspace's address, and the name of the job that is meant."""
    documents = load(root)
    if (wanted.environment, wanted.use_case) not in documents.releases:
        has = ", ".join(f"{use_case} in {environment}" for environment, use_case in sorted(documents.releases))
        raise ShipwayError(f"no line {wanted.use_case!r} in {wanted.environment!r}", f"there are: {has or 'none'}")
    environment = documents.environments[wanted.environment].model
    names = Names(documents.account.model.organisation, wanted.environment, wanted.use_case)
    if not wanted.entry_point:
        return environment.workspace.place[0], names.router
    manifest = documents.releases[wanted.environment, wanted.use_case].model
    return environment.workspace.place[0], names.job(Slot(wanted.slot) if wanted.slot else manifest.active)


def _given(job: Job, wanted: Wanted) -> dict[str, str]:
    given = {}
    for parameter in wanted.parameters:
        name, equals, value = parameter.partition("=")
        if not equals or not name:
            raise ShipwayError(f"--param {parameter!r}: wanted NAME=VALUE")
        given[name] = value
    if wanted.as_of:
        try:
            given["as_of"] = date.fromisoformat(wanted.as_of).isoformat()
        except ValueError:
            raise ShipwayError(f"--as-of {wanted.as_of!r}: wanted a date like 2026-11-21") from None
    for name in given:
        if name not in job.parameters:
            has = ", ".join(sorted(job.parameters)) or "none"
            raise ShipwayError(f"{job.name} has no parameter {name!r}; it has: {has}")
    return given


@contextmanager
def _ended_by_signals(tasks: Tasks) -> Iterator[None]:
    """Ctrl-C, and a polite kill, end the tasks; the run then ends by itself, and is recorded."""
    wanted = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {one: signal.signal(one, lambda *_: tasks.stop()) for one in wanted}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
