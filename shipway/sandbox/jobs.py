"""The jobs that are deployed in the sandbox, the numbers of their runs, and whose turn it is."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from shipway.errors import ShipwayError
from shipway.run.job import Job, read_job
from shipway.sandbox.layout import Home
from shipway.sandbox.provider.store import Store, StoreError, workspace_name

__all__ = ["Deployed", "Turns", "deployed", "new_run"]


class Deployed(Mapping[str, Job]):
    """The jobs of one workspace, by id; each is read when it is asked for, so one that cannot run harms no other."""

    def __init__(self, objects: Mapping[str, Mapping[str, Any]]) -> None:
        self._objects = dict(objects)

    def __getitem__(self, job_id: str) -> Job:
        return read_job(self._objects[job_id])

    def __iter__(self) -> Iterator[str]:
        return iter(self._objects)

    def __len__(self) -> int:
        return len(self._objects)

    def named(self, name: str) -> Job | None:
        """The job of that name; raises ShipwayError where there are two."""
        found = [job_id for job_id, attributes in self._objects.items() if attributes.get("name") == name]
        if len(found) > 1:
            raise ShipwayError(f"the sandbox has {len(found)} jobs called {name}", "delete those that are not ours")
        return self[found[0]] if found else None


def deployed(root: Path, host: str) -> Deployed:
    """The jobs in the workspace `host` of the sandbox of the project at `root`; raises ShipwayError."""
    try:
        stored = list(Store(Home(root).workspaces).objects(workspace_name(host), "databricks_job"))
    except StoreError as error:
        raise ShipwayError(str(error), "`shipway sandbox status` says what is there") from error
    return Deployed({str(one.attributes.get("id")): one.attributes for one in stored})


def new_run(root: Path) -> tuple[int, Path]:
    """The number and the new folder of the next run."""
    runs = Home(root).runs
    runs.mkdir(parents=True, exist_ok=True)
    number = max((int(path.name) for path in runs.iterdir() if path.name.isdigit()), default=0)
    while True:
        number += 1
        try:
            (runs / str(number)).mkdir()
        except FileExistsError:
            # Somebody else's, in this moment.
            continue
        return number, runs / str(number)


class Turns:
    """One run of a job at a time: the next one waits where the job has a queue, and is refused where it has none.

    A job that allows more than one run at once is not held up.
    """

    def __init__(self, root: Path, host: str, stopped: Callable[[], bool], tell: Callable[[str], None]) -> None:
        self._folder = Home(root).turns / workspace_name(host)
        self._stopped, self._tell = stopped, tell

    @contextmanager
    def __call__(self, job: Job) -> Iterator[None]:
        """Hold the job's turn; raises ShipwayError where somebody else has it and there is no queue."""
        if job.max_concurrent_runs > 1:
            yield
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / f"{job.id}.lock").open("a") as file:
            self._take(file.fileno(), job)
            yield

    def _take(self, file: int, job: Job) -> None:
        told = False
        while not _taken(file):
            if not job.queue:
                raise ShipwayError(f"{job.name} runs already, and its max_concurrent_runs is 1", "wait for its end")
            if self._stopped():
                raise ShipwayError(f"stopped while {job.name} waited for its turn")
            if not told:
                self._tell(f"{job.name} runs already: this run is queued")
                told = True
            time.sleep(0.1)


def _taken(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
