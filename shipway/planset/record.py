"""Which plan sets were applied: an append-only file of JSON lines, intent before and outcome after.

A plan set is used once. One whose run was killed half-way is not used again either: what it had applied is in the
states, and the rest is planned anew on it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from shipway.errors import ShipwayError
from shipway.journal import alone, append_line, read_lines
from shipway.planset.carry_out import Applied

__all__ = ["applied_before", "only_one", "record_intent", "record_outcome"]

_FILE = "applied.jsonl"


def applied_before(home: Path) -> frozenset[str]:
    """The digests of all plan sets whose applying was begun here; raises ShipwayError if the record is broken."""
    file = home / _FILE
    found = set()
    for line in read_lines(file):
        try:
            found.add(str(json.loads(line.data)["plan_set"]))
        except (ValueError, KeyError, TypeError) as error:
            message = f"{file}:{line.number}: not a line of the record ({error})"
            raise ShipwayError(
                message, "look at what broke it; without the record a plan set could be used twice"
            ) from error
    return frozenset(found)


def record_intent(home: Path, digest: str, who: str, now: datetime) -> None:
    """Before anything is applied."""
    _append(home, {"plan_set": digest, "what": "intent", "at": now.isoformat(), "by": who})


def record_outcome(home: Path, digest: str, applied: Sequence[Applied], error: str, now: datetime) -> None:
    """After it, whether it went well or not."""
    stacks = [asdict(item) for item in applied]
    _append(home, {"plan_set": digest, "what": "outcome", "at": now.isoformat(), "applied": stacks, "error": error})


def _append(home: Path, entry: dict[str, object]) -> None:
    append_line(home / _FILE, json.dumps(entry, sort_keys=True).encode(), private=True)


def only_one(home: Path) -> AbstractContextManager[None]:
    """Nobody else applies a plan set of this project here meanwhile; raises ShipwayError if somebody does."""
    return alone(home / "lock", "somebody applies a plan set of this project right now", "wait for it to end")
