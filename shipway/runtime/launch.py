"""Started as a program, once for each task on the laptop: calls one entry point of a wheel, as a Databricks job does.

    python -I launch.py <wheels, joined by the path separator> <package> <entry point> [argument ...]

The wheel goes first on the path, as it is: a pure wheel is importable as a zip file. Nothing of Shipway is imported
here, so that what runs is what the wheel holds. The process ends when whoever started it does: its input is a pipe
that nobody writes to.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import threading
from collections.abc import Callable
from importlib.metadata import distributions
from typing import Any

__all__ = ["main"]


def main(wheels: str, package: str, entry_point: str, *arguments: str) -> object:
    """Call the entry point; what it returns counts for nothing, as on Databricks."""
    _end_with_the_starter()
    paths = [path for path in wheels.split(os.pathsep) if path]
    sys.path[:0] = paths
    sys.argv = [entry_point, *arguments]
    return _found(paths, package, entry_point)()


def _found(paths: list[str], package: str, entry_point: str) -> Callable[[], Any]:
    """The entry point that the wheel's metadata names; without one, the package's function of that name."""
    wanted = package.replace("-", "_").lower()
    for distribution in distributions(path=paths):
        if distribution.metadata["Name"].replace("-", "_").lower() == wanted:
            for one in distribution.entry_points:
                if one.name == entry_point:
                    found: Callable[[], Any] = one.load()
                    return found
    function: Callable[[], Any] = getattr(importlib.import_module(wanted), entry_point)
    return function


def _end_with_the_starter() -> None:
    starter = os.dup(0)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)

    def wait_for_the_end() -> None:
        while os.read(starter, 1):
            pass
        # The whole group: what the task itself has started goes with it.
        os.killpg(os.getpgrp(), signal.SIGKILL)

    threading.Thread(target=wait_for_the_end, daemon=True).start()


if __name__ == "__main__":
    main(*sys.argv[1:])
