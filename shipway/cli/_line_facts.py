"""What happened on a line: what its jobs measured and how they ran, in the sandbox or in the live workspace."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING

from shipway.judge.measures import Measures, Observation, Unread
from shipway.run.past import PastRun, past_runs
from shipway.sandbox.layout import Home

if TYPE_CHECKING:
    from pathlib import Path

    from shipway.models.load import Documents
    from shipway.outside.workspace import WorkspaceApi

__all__ = ["Facts", "live_facts", "sandbox_facts"]


@dataclass(frozen=True, slots=True)
class Facts:
    """Where a line's past is read. Both raise Unread where it cannot be, or not all of it."""

    measures: Measures
    runs: Callable[[datetime], list[PastRun]]
    """Those that are over and began since then at least, the earliest first."""


@dataclass(frozen=True, slots=True)
class _WhenAsked:
    """Measures whose reader is only made when somebody asks: without a run there is nothing to ask for."""

    make: Callable[[], Measures]

    def observations(self, line: str, releases: Sequence[str], since: date) -> Iterable[Observation]:
        return self.make().observations(line, releases, since)


def sandbox_facts(root: Path, key: tuple[str, str], documents: Callable[[], Documents]) -> Facts:
    """Those of the laptop."""
    home = Home(root)

    def measures() -> Measures:
        from shipway.run.measures import SandboxMeasures

        return SandboxMeasures(home.folder, documents())

    return Facts(_WhenAsked(measures), lambda since: past_runs(home.runs, *key))


def live_facts(
    key: tuple[str, str], documents: Callable[[], Documents], connect: Callable[[str], WorkspaceApi]
) -> Facts:
    """Those of the workspace that the environment's document names; each is asked for once."""
    from shipway.models.names import Names, Slot
    from shipway.outside.line_runs import LineJobs, live_runs
    from shipway.outside.measures import WorkspaceMeasures
    from shipway.outside.statements import warehouse_named

    environment, use_case = key

    @cache
    def api() -> WorkspaceApi:
        return connect(documents().environments[environment].model.workspace.place[0])

    def names() -> Names:
        return Names(documents().account.model.organisation, environment, use_case)

    @cache
    def measures() -> Measures:
        here = documents().environments[environment]
        if here.model.judge_warehouse is None:
            raise Unread(
                f"{here.file} names no SQL warehouse for the judge",
                "add judge_warehouse: <a key of its sql_warehouses>",
            )
        name = names().sql_warehouse(here.model.judge_warehouse)
        return WorkspaceMeasures(warehouse_named(api(), name), documents())

    @cache
    def runs(since: datetime) -> list[PastRun]:
        # What has no job has no router either: a model that is served, an agent.
        has_job = documents().bundles[use_case].model.job is not None
        jobs = LineJobs(names().router, tuple(names().job(slot) for slot in Slot))
        return live_runs(api(), jobs, since) if has_job else []

    return Facts(_WhenAsked(measures), runs)
