"""What a way back can begin before its modules are imported: the sandbox's server, and the plan that it will need.

After each move the line's folder holds the stack of the way back from there, so nothing has to be read to plan it. This
module imports little, and it must stay so: all it is for is time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from shipway.cli._target import Target, live, nowhere, sandbox
from shipway.deploy.begun import Begun
from shipway.deploy.runner import Runner
from shipway.deploy.steps import planning_folder
from shipway.project import find_root

__all__ = ["Place", "begin_way_back", "open_place"]

_NAME = re.compile(r"[a-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line is planned and applied."""

    target: Target
    terraform: Runner
    plans: Path
    """A folder for saved plans, of this user only."""


@contextmanager
def open_place(root: Path, *, is_live: bool, terraform: bool = True) -> Iterator[Place]:
    """The place of the lines of the project at `root`; raises ShipwayError."""
    out = root / ".shipway" / "release"
    target = (live(out) if is_live else sandbox(root, out)) if terraform else nowhere(out)
    with planning_folder(root) as plans:
        yield Place(target, target.terraform, plans)


@contextmanager
def begin_way_back(environment: str, use_case: str, *, is_live: bool) -> Iterator[Place]:
    """The same, with the plan of the line's way back on its way where that is known; raises ShipwayError."""
    root, stack = find_root(Path.cwd()), f"{environment}-{use_case}"
    with open_place(root, is_live=is_live) as place:
        folder = place.target.folder(stack)
        if _NAME.fullmatch(stack) is None or not (folder / "cdk.tf.json").is_file():
            yield place
            return
        begun = Begun(place.terraform, folder, place.plans / f"{stack}.tfplan")
        yield Place(place.target, begun, place.plans)
