"""The watcher's job: what its wheel starts, in Databricks and on a laptop.

In Databricks it reads measures by Spark, runs over the Jobs API as the principal that it runs as, and the lines'
folders in the volumes that are mounted there. On a laptop `SHIPWAY_SANDBOX` names the sandbox: all of it is read there.
**Not verified in a workspace**: that the SDK signs in by itself in a wheel's task, and writing to a mounted volume.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from shipway.errors import visible
from shipway.flags.file import FLAGS_FILE, LARGEST, Line
from shipway.flags.store import FileStore, FlagStore
from shipway.judge.measures import Observation, Unread, observation
from shipway.judge.underway import Underway
from shipway.outside.flags import VolumeStore
from shipway.outside.line_runs import LineJobs, live_runs
from shipway.outside.workspace import WorkspaceApi, connect
from shipway.run.past import PastRun, past_runs
from shipway.runtime import tables
from shipway.runtime.place import sandbox
from shipway.watch.folder import WATCH_FOLDER, LocalFolder, Papers
from shipway.watch.rounds import LineOutside, watch_line
from shipway.watch.told import WatchedLine, parse

__all__ = ["LINES_FILE", "SomebodyHasToLook", "main"]

LINES_FILE = "lines.json"
"""Inside the wheel's own package."""


class SomebodyHasToLook(Exception):
    """Ends the run as failed: Databricks tells whom the job names, with this message."""


def main(package: str = "shipway_watch") -> None:
    """Watch every line that the wheel names, once; raises SomebodyHasToLook where anything is wrong with one."""
    lines = parse(pkgutil.get_data(package, LINES_FILE) or b"")
    wrong: list[str] = []
    for line in lines:
        found = watch_line(_outside(line), datetime.now(UTC))
        print(visible(str(found)), flush=True)  # noqa: T201 - what a task prints is its log
        wrong += found.wrong
    if wrong:
        raise SomebodyHasToLook(visible("\n".join(wrong)))


def _outside(line: WatchedLine) -> LineOutside:
    home = sandbox()
    folder = Path(line.folder) if home is None else home / "volumes" / line.folder.removeprefix("/Volumes/")
    return LineOutside(
        Line(line.environment, line.use_case),
        Papers(LocalFolder(folder / WATCH_FOLDER)),
        _flags(folder / FLAGS_FILE, mounted=home is None),
        _TableMeasures(line.table),
        lambda underway: _runs(line, underway),
    )


def _runs(line: WatchedLine, underway: Underway) -> Sequence[PastRun]:
    home = sandbox()
    if home is not None:
        return past_runs(home / "runs", line.environment, line.use_case)
    # What has no job has no router either: a model that is served, an agent.
    return live_runs(_api(), LineJobs(line.router, line.slots), underway.since) if line.router else []


@cache
def _api() -> WorkspaceApi:
    return connect()


@dataclass(frozen=True, slots=True)
class _TableMeasures:
    """The `Measures` of the judge, read as a bundle's own code reads tables."""

    table: str

    def observations(self, line: str, releases: Sequence[str], since: date) -> Iterable[Observation]:
        """As `Measures`; raises Unread where the table cannot be read."""
        try:
            rows = [row for release in releases for row in tables.read(self.table, release=release)]
            found = [observation(row) for row in rows if row["as_of"] is not None and row["as_of"] >= since]
        except _unreadable() as error:
            # Its kind and not its words: a value could be among them, and this is kept.
            raise Unread(f"{self.table} cannot be read: {type(error).__name__}") from error
        return sorted(found, key=lambda one: (one.as_of, one.release, one.metric, one.key))


def _unreadable() -> tuple[type[Exception], ...]:
    """What reading a table raises: the engine's own errors, of the engine that is here, and those of odd values."""
    odd = (OSError, ValueError, KeyError, TypeError)
    if sandbox() is None:
        from pyspark.errors import PySparkException

        return (PySparkException, *odd)
    from deltalake.exceptions import DeltaError

    return (DeltaError, *odd)


def _flags(path: Path, *, mounted: bool) -> FlagStore:
    return VolumeStore(str(path), _MountedFiles()) if mounted else FileStore(path)


class _MountedFiles:
    """`shipway.outside.flags.Files` in a volume that is mounted here: it takes whole files, and has no locks."""

    def read(self, path: str) -> bytes | None:
        """As `Files`."""
        content = FileStore(Path(path)).read()
        return None if content is None else content[: LARGEST + 1]

    def write(self, path: str, content: bytes, *, new: bool) -> bool:
        """As `Files`: between its look and its write somebody may write, which `VolumeStore` looks for afterwards."""
        if new and Path(path).exists():
            return False
        LocalFolder(Path(path).parent).write(Path(path).name, content)
        return True
