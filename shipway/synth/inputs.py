"""What the cdktf app builds, and where to.

Run by `cdktf synth` it is everything that the project's documents declare. Run by `shipway synth` it is what has
changed: the parent starts the app while it still reads documents, and names on stdin a file with the resolved stacks,
so that no document is read twice and Node is up by then.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from shipway.errors import ShipwayError
from shipway.project import find_root

if TYPE_CHECKING:
    from shipway.models.deployment import Deployment

__all__ = ["FED_BY_PARENT", "AppInputs", "Order", "inputs_for_app"]

FED_BY_PARENT = "SHIPWAY_FED_BY_PARENT"
"""Set in the app's environment: its order comes on stdin."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a parent tells an app on stdin, in one line: a file with resolved stacks, and a folder to write to."""

    deployment: Path
    out: Path

    def line(self) -> str:
        """The order as the app reads it."""
        return json.dumps({"deployment": str(self.deployment), "out": str(self.out)}) + "\n"


@dataclass(frozen=True, slots=True)
class AppInputs:
    """The stacks to build, and where to; no folder means cdktf's own choice."""

    deployment: Deployment
    out: str | None


def inputs_for_app() -> AppInputs:
    """What to build; ends the process, with a message where the documents have mistakes."""
    if FED_BY_PARENT in os.environ:
        return _from_parent()
    # Not needed when the parent has done it, and a tenth of a second to import.
    from shipway.models.load import load
    from shipway.models.resolve import resolve

    try:
        return AppInputs(resolve(load(find_root(Path.cwd()))), None)
    except ShipwayError as error:
        sys.exit(str(error))


def _from_parent() -> AppInputs:
    from shipway.models.deployment import Deployment

    line = sys.stdin.readline()
    if not line:
        # The parent found nothing to do, or a mistake.
        sys.exit(0)
    order = json.loads(line)
    return AppInputs(Deployment.model_validate_json(Path(order["deployment"]).read_bytes()), order["out"])
