"""Reading what was approved: the fingerprints of an earlier review in JSON."""

from __future__ import annotations

import json
from pathlib import Path

from shipway.errors import ShipwayError
from shipway.plan.report import SCHEMA

__all__ = ["read_approved"]

_HINT = "give --approved what `shipway review --json` wrote"


def read_approved(path: Path) -> frozenset[str]:
    """The fingerprints in the review at `path`; raises ShipwayError if it is none."""
    try:
        found = json.loads(path.read_bytes())
    except OSError as error:
        raise ShipwayError(f"{path}: {error.strerror or error}", "give --approved a review in JSON") from error
    except ValueError as error:
        raise ShipwayError(
            f"{path}: not JSON ({error})", "give --approved what `shipway review --json` wrote"
        ) from error
    marks = found.get("fingerprints") if isinstance(found, dict) and found.get("schema") == SCHEMA else None
    if not isinstance(marks, list) or not all(isinstance(mark, str) for mark in marks):
        raise ShipwayError(f"{path}: not a review of {SCHEMA}", _HINT)
    return frozenset(marks)
