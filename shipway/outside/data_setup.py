"""Starts the data setup job in a workspace, through the databricks-sdk, and reads how its runs went.

The workspace's own list of runs is what is believed (Databricks keeps runs for 60 days; what is older is run again,
and every statement may be). Nothing is remembered here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from shipway.deploy.data_setup import DataSetup
from shipway.errors import MissingTool, ShipwayError, ToolFailed

if TYPE_CHECKING:
    from databricks.sdk.service.jobs import BaseRun, JobsAPI

__all__ = ["FakeSetups", "WorkspaceSetups"]

_PATIENCE = timedelta(hours=1)
_SUCCESS = "SUCCESS"


def _jobs(host: str) -> JobsAPI:
    try:
        from databricks.sdk import WorkspaceClient
    except ImportError as error:
        raise MissingTool("starting a job needs the databricks-sdk", "pip install 'shipway[live]'") from error
    try:
        return WorkspaceClient(host=host).jobs
    except ValueError as error:
        raise ShipwayError(f"cannot sign in to {host}: {error}", "sign in as whoever deploys") from error


@dataclass(frozen=True)
class WorkspaceSetups:
    """The jobs of live workspaces; `jobs` gives the jobs API at a workspace's address."""

    jobs: Callable[[str], JobsAPI] = _jobs

    def installed(self, setup: DataSetup) -> bool:
        """Whether the last run that ended was a success, of that digest; a job that is not there installed nothing."""
        from databricks.sdk.errors.base import DatabricksError

        jobs = self.jobs(setup.host)
        try:
            job_id = self._find(jobs, setup)
            if job_id is None:
                return False
            last = next(iter(jobs.list_runs(job_id=job_id, completed_only=True, limit=1)), None)
        except (DatabricksError, OSError) as error:
            raise ToolFailed(f"{setup.host} does not say how {setup.job} went: {error}") from error
        return last is not None and _result(last) == _SUCCESS and _digest(last) == setup.digest

    def run(self, setup: DataSetup) -> None:
        """Start the job as it is deployed and wait for its end."""
        from databricks.sdk.errors import OperationFailed
        from databricks.sdk.errors.base import DatabricksError

        jobs = self.jobs(setup.host)
        try:
            job_id = self._find(jobs, setup)
            if job_id is None:
                raise ShipwayError(f"no job {setup.job} in {setup.host}", f"deploy {setup.landing_zone} first")
            # The digest that the deployed job itself has: its notebook goes with it.
            jobs.run_now(job_id).result(timeout=_PATIENCE)
        except (DatabricksError, OperationFailed, TimeoutError, OSError) as error:
            raise ToolFailed(f"{setup.job} in {setup.host} did not end well: {error}", "see its run there") from error

    def _find(self, jobs: JobsAPI, setup: DataSetup) -> int | None:
        found = [job.job_id for job in jobs.list(name=setup.job) if job.job_id is not None]
        if len(found) > 1:
            raise ShipwayError(
                f"{setup.host} has {len(found)} jobs called {setup.job}", "delete those that are not ours"
            )
        return found[0] if found else None


def _result(run: BaseRun) -> str:
    return run.state.result_state.value if run.state and run.state.result_state else ""


def _digest(run: BaseRun) -> str:
    for parameter in run.job_parameters or ():
        if parameter.name == "digest":
            return (parameter.default or "") if parameter.value is None else parameter.value
    return ""


@dataclass
class FakeSetups:
    """Remembers what was started; `fails` names jobs that end badly, `installs` what a run installs instead."""

    done: dict[str, str] = field(default_factory=dict)
    fails: frozenset[str] = frozenset()
    installs: str | None = None
    started: list[str] = field(default_factory=list)

    def installed(self, setup: DataSetup) -> bool:
        """Whether that digest is what was last installed."""
        return self.done.get(setup.job) == setup.digest

    def run(self, setup: DataSetup) -> None:
        """Pretend a run."""
        self.started.append(setup.job)
        if setup.job in self.fails:
            raise ToolFailed(f"{setup.job} did not end well")
        self.done[setup.job] = self.installs or setup.digest

    def assert_started(self, jobs: Iterable[str]) -> None:
        """Fail unless exactly these were started, in that order."""
        assert self.started == list(jobs), self.started  # noqa: S101 - what a fake is for
