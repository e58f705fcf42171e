"""Where a project is: the folder with cdktf.json and environments/, found from any folder below it."""

from __future__ import annotations

from pathlib import Path

from shipway.errors import ShipwayError

__all__ = ["NoProject", "find_root"]


class NoProject(ShipwayError):
    """No folder at or above this one is a Shipway project."""


def find_root(start: Path) -> Path:
    """The nearest folder at or above `start` that is a Shipway project; raises NoProject."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / "cdktf.json").is_file() and (folder / "environments").is_dir():
            return folder
    raise NoProject(
        f"{start} is not in a Shipway project: no folder above it has cdktf.json and environments/",
        "change into the project's folder, or clone it first",
    )
