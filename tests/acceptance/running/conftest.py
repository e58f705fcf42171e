"""A sandbox with the line claims-reserve in it, made without Terraform: its wheel, its jobs, its view."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from shipway.outside.tasks import Tasks
from shipway.pointer.view import ViewPointer, ViewShape, render
from shipway.run.carry_out import Runner
from shipway.run.job import Condition, DependsOn, Job, RunJob, Task, Wheel, calling
from shipway.run.record import JobRun
from shipway.run.wheel import BuiltWheel, build_wheel
from shipway.runtime.views import rows_of
from shipway.sandbox.layout import Home

ROOT = Path(__file__).parents[3]
CATALOG, SCHEMA = "claims_test", "reserve"
VOLUME = f"/Volumes/{CATALOG}/{SCHEMA}/claims_reserve_releases"


def release(version: int) -> str:
    """The id of the release with that model version."""
    return f"r{version:012x}"


@dataclass
class Line:
    """The line of claims-reserve in a sandbox of its own."""

    home: Home
    wheel: BuiltWheel
    slots: dict[str, int] = field(default_factory=lambda: {"blue": 1, "green": 2})
    """The model version in each slot."""

    runs: int = 0
    tasks: Tasks = field(init=False)

    def __post_init__(self) -> None:
        self.tasks = Tasks(self.home.folder)
        file = self.home.volumes.joinpath(*VOLUME.split("/")[2:], self.wheel.name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(self.wheel.content)

    def slot(self, slot: str) -> Job:
        """The slot's job."""
        wheel = Wheel("claims_reserve", "score", (f"{VOLUME}/{self.wheel.name}",))
        measure = Wheel("claims_reserve", "measure", wheel.libraries)
        version = self.slots[slot]
        parameters = {
            "as_of": "{{job.start_time.iso_date}}",
            "catalog": CATALOG,
            "model_version": str(version),
            "release": release(version),
            "schema": SCHEMA,
            "slot": slot,
        }
        tasks = (Task("score", wheel, max_retries=1), Task("measure", measure, (DependsOn("score"),)))
        return Job(slot, f"claims-reserve-{slot}-test", tasks, parameters, {"slot": slot})

    def run(self, as_of: str, **on: str) -> JobRun:
        """A run of the router; `blue="off"` switches a slot off."""
        tasks = []
        for slot in self.slots:
            tasks.append(Task(slot, Condition("EQUAL_TO", f"{{{{job.parameters.{slot}}}}}", "on")))
            work = RunJob(slot, {"as_of": "{{job.parameters.as_of}}"})
            tasks.append(Task(f"run-{slot}", work, (DependsOn(slot, "true"),)))
        router = Job("0", "router", tuple(tasks), {"as_of": "", "blue": "on", "green": "on"}, {})
        return self._run(router, {"as_of": as_of, **on})

    def call(self, entry_point: str, as_of: str = "2026-11-01", slot: str = "blue") -> JobRun:
        """One entry point of the wheel."""
        return self._run(calling(self.slot(slot), entry_point), {"as_of": as_of})

    def log(self, task: str) -> str:
        """What a task of the last run said."""
        return (self.home.runs / str(self.runs) / f"{task}.log").read_text()

    def show(self, active: int, candidate: int | None = None, percent: int = 0) -> str:
        """Deploy the view that shows the release of this model version, and give its definition."""
        pointer = ViewPointer(
            release(active),
            release(candidate or active),
            percent,
            f"claims-reserve/{release(candidate)}" if candidate else "",
        )
        shape = ViewShape((CATALOG, SCHEMA, "reserve_scores"), "claim_id", ("line_of_business", "reserve"))
        definition = render(shape, pointer)
        attributes = {
            "catalog_name": CATALOG,
            "schema_name": SCHEMA,
            "name": "reserve_current",
            "view_definition": definition,
        }
        file = self.home.workspaces / "w" / "databricks_sql_table" / "view.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"attributes": attributes, "made_by": {"stack": "s", "run": "r"}}))
        return definition

    def seen(self, definition: str) -> Mapping[str, dict[str, Any]]:
        """What consumers see by a view of this definition, by claim."""
        return {row["claim_id"]: row for row in rows_of(self.home.folder, definition)}

    def _run(self, job: Job, given: Mapping[str, str]) -> JobRun:
        self.runs += 1
        folder = self.home.runs / str(self.runs)
        folder.mkdir(parents=True)
        jobs = {slot: self.slot(slot) for slot in self.slots}

        def turn(_: Job) -> AbstractContextManager[None]:
            return nullcontext()

        runner = Runner(
            jobs, self.home.volumes, folder, str(self.runs), self.tasks, lambda: datetime.now(UTC), turn, lambda _: None
        )
        return runner.run(job, given)


@pytest.fixture(scope="session")
def built() -> BuiltWheel:
    """The wheel of the bundle as it is in this project."""
    return build_wheel(ROOT / "bundles" / "claims-reserve")


@pytest.fixture(scope="session")
def trained(built: BuiltWheel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose sandbox has the reference data and the trained versions: copy it, do not write to it."""
    root = tmp_path_factory.mktemp("trained")
    line = Line(Home(root), built)
    for entry_point in ("reference-data", "train"):
        made = line.call(entry_point)
        assert made.result == "SUCCESS", line.log(entry_point)
    return root


@pytest.fixture
def line(trained: Path, built: BuiltWheel, tmp_path: Path) -> Line:
    """A sandbox of its own with the reference data and the trained versions; the project's folder has moved."""
    root = tmp_path / "my project"
    shutil.copytree(trained, root)
    shutil.rmtree(Home(root).runs)
    return Line(Home(root), built)
