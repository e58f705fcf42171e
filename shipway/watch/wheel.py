"""The wheel of the watcher's job: the modules of Shipway that it needs, and which lines it watches.

It brings nothing along: all of it is the standard library, but for what Databricks has in every job (Spark, its SDK).
The modules are listed and not searched for, since a landing zone is resolved again and again; a test searches.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from shipway.run.wheel import BuiltWheel, wheel_of
from shipway.watch.told import WatchedLine, render

__all__ = ["ENTRY_POINT", "MODULES", "PACKAGE", "watch_wheel"]

PACKAGE = "shipway_watch"
ENTRY_POINT = "watch"

_VERSION = "1.0.0"
"""Of the package's name alone: which code it is, its digest says."""

_MAIN = b'''"""Watches releases: made by Shipway, see docs/watch.md."""

from shipway.outside.watch_job import main as watch

__all__ = ["watch"]
'''

MODULES = (
    "__init__",
    "errors",
    "flags.__init__",
    "flags.change",
    "flags.file",
    "flags.store",
    "journal",
    "judge.__init__",
    "judge.complete",
    "judge.decide",
    "judge.distributions",
    "judge.evidence",
    "judge.judge",
    "judge.judgement",
    "judge.looks",
    "judge.means",
    "judge.measures",
    "judge.shares",
    "judge.terms",
    "judge.underway",
    "models.__init__",
    "models.phase",
    "observed.__init__",
    "observed.model",
    "outside.__init__",
    "outside.flags",
    "outside.line_runs",
    "outside.watch_job",
    "outside.workspace",
    "outside.workspace_shapes",
    "pointer.__init__",
    "pointer.cohorts",
    "pointer.pointer",
    "release.__init__",
    "release.moves",
    "run.__init__",
    "run.past",
    "runtime.__init__",
    "runtime.place",
    "runtime.tables",
    "verdict",
    "watch.__init__",
    "watch.decide",
    "watch.folder",
    "watch.look",
    "watch.order",
    "watch.rounds",
    "watch.signals",
    "watch.told",
)
"""Below `shipway`."""


def watch_wheel(lines: Sequence[WatchedLine]) -> BuiltWheel:
    """The wheel that watches these lines: the same bytes for the same code and lines."""
    return wheel_of(PACKAGE, _VERSION, {**_code(), f"{PACKAGE}/lines.json": render(lines)}, ENTRY_POINT)


@cache
def _code() -> dict[str, bytes]:
    root = Path(__file__).parents[1]
    files = [root.joinpath(*module.split(".")).with_suffix(".py") for module in MODULES]
    ours = {file.relative_to(root.parent).as_posix(): file.read_bytes() for file in files}
    return {**ours, f"{PACKAGE}/__init__.py": _MAIN}
