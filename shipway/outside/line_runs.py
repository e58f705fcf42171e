"""The runs of a line in a live workspace, from the Jobs API: what `shipway.run.past` reads on a laptop.

The router's runs say when; the slots' runs say which release did its work. A slot's run names the task of the router
that started it (`trigger_info.run_id`), so a run that somebody starts by hand counts for nothing, as on the laptop.
Databricks keeps runs for 60 days: of a phase that is older, fewer are counted than there were. The shapes are those of
the API's reference and of databricks-sdk 0.156; no live workspace was at hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from shipway.judge.measures import Unread
from shipway.outside.workspace import Answer, Malformed, WorkspaceApi, items, why_unread
from shipway.run.past import PastRun

__all__ = ["LineJobs", "live_runs"]

_RUNS = "/api/2.2/jobs/runs/list"
_PAGE = 24
"""Runs of one answer: the API takes fewer than 25."""

_DONE = ("SUCCESS",)
_NOT_DONE = ("FAILED", "TIMEDOUT")


@dataclass(frozen=True, slots=True)
class LineJobs:
    """The names of a line's jobs."""

    router: str
    slots: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _SlotRun:
    """A run of a slot's job that a router's task started."""

    started_by: int
    """The run of that task."""
    at: int
    release: str
    as_of: date
    result: str


def live_runs(api: WorkspaceApi, jobs: LineJobs, since: datetime) -> list[PastRun]:
    """The line's runs that began since then and are over, the earliest first; raises Unread.

    One that started no slot is none. A slot that was tried again counts by how it ended last.
    """
    try:
        # First: when a router's run is over, those that it started are.
        runs = list(_of_job(api, jobs.router, since, expand_tasks="true"))
        slots = [one for job in jobs.slots for one in _slot_runs(api, job, since)] if runs else []
        found = [made for run in runs if (made := _run(run, slots)) is not None]
    # The SDK's errors and those of the network are OSErrors; the others are answers of another shape.
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Unread(f"{api.url} does not say how {jobs.router} ran: {why_unread(error)}") from error
    return sorted(found, key=lambda one: one.started)


def _run(run: Answer, slots: list[_SlotRun]) -> PastRun | None:
    if run.get("has_more"):
        raise Malformed(f"run {run['run_id']} has more tasks than a router")
    tasks = {int(task["run_id"]): task for task in items(run, "tasks", _RUNS)}
    mine = sorted((one for one in slots if one.started_by in tasks), key=lambda one: one.at)
    started = {one.started_by for one in mine}
    silent = [_result(task) for id_, task in tasks.items() if id_ not in started and _starts_a_slot(task)]
    if "SUCCESS" in silent:
        raise Malformed(f"run {run['run_id']} started a slot whose run is not in the list")
    if not mine:
        return None
    # By release: what was repaired ended as its last run did.
    last = {one.release: one.result for one in mine}
    failed = {release for release, result in last.items() if result in _NOT_DONE}
    return PastRun(
        mine[-1].as_of,
        datetime.fromtimestamp(int(run["start_time"]) / 1000, UTC),
        _result(run) == "SUCCESS",
        frozenset(release for release, result in last.items() if result in _DONE),
        # Where a slot could not even start, what the other one did says nothing against its release.
        frozenset() if set(silent) & set(_NOT_DONE) else frozenset(failed),
    )


def _starts_a_slot(task: Answer) -> bool:
    return "run_job_task" in task


def _slot_runs(api: WorkspaceApi, job: str, since: datetime) -> Iterator[_SlotRun]:
    for run in _of_job(api, job, since):
        started_by = (run.get("trigger_info") or {}).get("run_id")
        if started_by is not None:
            given = _parameters(run)
            as_of = date.fromisoformat(given["as_of"])
            yield _SlotRun(int(started_by), int(run["start_time"]), given["release"], as_of, _result(run))


def _of_job(api: WorkspaceApi, name: str, since: datetime, **query: str) -> Iterator[Answer]:
    """The job's runs that are over."""
    found = [one for one in api.pages("/api/2.2/jobs/list", "jobs", {"name": name}) if one["settings"]["name"] == name]
    if len(found) != 1:
        raise Unread(f"{api.url} has {len(found)} jobs called {name} that may be seen, wanted one", "deploy its line")
    asked = {
        "job_id": found[0]["job_id"],
        "completed_only": "true",
        "start_time_from": int(since.timestamp() * 1000),
        "limit": _PAGE,
        **query,
    }
    return api.pages(_RUNS, "runs", asked)


def _parameters(run: Answer) -> Mapping[str, str]:
    """What the run was started with; a job's parameters that nobody set have their default."""
    given: dict[str, str] = {}
    for one in items(run, "job_parameters", _RUNS):
        value: Any = one.get("value")
        given[str(one["name"])] = str(one["default"] if value is None else value)
    return given


def _result(run: Answer) -> str:
    """How it ended, in the words of the Jobs API; what did not run at all has none."""
    return str((run.get("state") or {}).get("result_state", ""))
