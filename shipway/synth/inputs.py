"""What the cdktf app builds.

Run by `cdktf synth` it is everything that the project's documents declare. Run by `shipway synth` it is the stacks that
have changed: the parent has resolved them already and names a file with them, so no document is read twice.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from shipway.errors import ShipwayError
from shipway.project import find_root

if TYPE_CHECKING:
    from shipway.models.deployment import Deployment

__all__ = ["DEPLOYMENT_FILE", "deployment_for_app"]

DEPLOYMENT_FILE = "SHIPWAY_DEPLOYMENT_FILE"


def deployment_for_app() -> Deployment:
    """The stacks to build; ends the process with a message where the documents have mistakes."""
    prepared = os.environ.get(DEPLOYMENT_FILE)
    if prepared:
        from shipway.models.deployment import Deployment

        return Deployment.model_validate_json(Path(prepared).read_bytes())
    # Not needed when the parent has done it, and a tenth of a second to import.
    from shipway.models.load import load
    from shipway.models.resolve import resolve

    try:
        return resolve(load(find_root(Path.cwd())))
    except ShipwayError as error:
        sys.exit(str(error))
