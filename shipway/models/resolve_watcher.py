"""The watcher's job of an environment: its wheel with the lines that it watches, who it runs as, what that may do."""

from __future__ import annotations

from base64 import b64encode

from shipway.models.deployment import WatcherSpec
from shipway.models.names import WATCH_FOLDER, Names, Slot
from shipway.models.resolve_access import Here, UseCaseHere
from shipway.watch.told import WatchedLine
from shipway.watch.wheel import ENTRY_POINT, PACKAGE, watch_wheel

__all__ = ["CATALOG", "SCHEMA", "VOLUME", "watcher_spec"]

CATALOG, SCHEMA = ("USE_CATALOG",), ("USE_SCHEMA", "SELECT")
"""What its group gets where a use case is: it reads what releases measured."""

VOLUME = ("READ_VOLUME", "WRITE_VOLUME")
"""On a line's volume: it reads the order and the flags, and writes flags and reports. Wheels lie there too, and Unity
Catalog has nothing finer than a volume."""


def watcher_spec(here: Here) -> WatcherSpec | None:
    """The job, or None where the environment has none; raises BadName."""
    watcher = here.environment.watcher
    if watcher is None:
        return None
    wheel = watch_wheel([_line(here.names, found) for _, found in sorted(here.use_cases.items())])
    path = f"{here.names.watch_wheels(wheel.sha256)}/{wheel.name}"
    return WatcherSpec(
        job_name=here.names.watch_job,
        principal=here.names.watch_principal,
        managers=here.keep[0],
        folder=WATCH_FOLDER,
        wheel=path,
        # Where the workspace's tree is mounted: what the provider calls `workspace_path`.
        library=f"/Workspace{path}",
        content=b64encode(wheel.content).decode(),
        package=PACKAGE,
        entry_point=ENTRY_POINT,
        cron=watcher.schedule.cron,
        timezone=watcher.schedule.timezone,
        paused=watcher.paused,
        notify=tuple(sorted(set(watcher.notify))),
    )


def _line(names: Names, found: UseCaseHere) -> WatchedLine:
    data, has_job = found.bundle.data, found.bundle.job is not None
    return WatchedLine(
        environment=names.environment,
        use_case=found.names.use_case,
        catalog=found.names.catalog(data.catalog),
        schema=found.names.schema(data.schema_),
        volume=found.names.volume(),
        measures=found.names.measures(),
        router=found.names.router if has_job else "",
        slots=tuple(found.names.job(slot) for slot in Slot) if has_job else (),
    )
