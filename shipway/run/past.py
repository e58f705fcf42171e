"""The runs that were, read back from their records: what soak times and the judge count."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

__all__ = ["PastRun", "past_runs", "runs_since"]


@dataclass(frozen=True, slots=True)
class PastRun:
    """One run of a line, as far as a release wants to know."""

    as_of: date
    """The business date."""

    started: datetime
    well: bool
    releases: frozenset[str]
    """Whose slots did their work, all of it."""

    failed: frozenset[str] = frozenset()
    """Whose slots did not."""


def past_runs(folder: Path, environment: str, use_case: str) -> list[PastRun]:
    """The line's runs in the sandbox's folder of runs, the earliest first; one whose record is torn did not happen."""
    found = (_run(path, environment, use_case) for path in folder.glob("*/run.json"))
    return sorted((one for one in found if one is not None), key=lambda one: one.started)


def runs_since(runs: list[PastRun], since: datetime, *releases: str) -> list[PastRun]:
    """Those begun since then in which all of `releases` did their work."""
    return [one for one in runs if one.started >= since and one.releases.issuperset(releases)]


def _run(path: Path, environment: str, use_case: str) -> PastRun | None:
    try:
        said = json.loads(path.read_bytes())
        if (said["environment"], said["use_case"]) != (environment, use_case):
            return None
        return PastRun(
            date.fromisoformat(said["as_of"]),
            datetime.fromisoformat(said["started"]),
            said["result"] == "SUCCESS",
            frozenset(_releases(said["slots"], ("SUCCESS",))),
            frozenset(_releases(said["slots"], ("FAILED", "TIMEDOUT"))),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _releases(slots: dict[str, dict[str, str]], results: tuple[str, ...]) -> Iterator[str]:
    return (one["release"] for one in slots.values() if one["result"] in results)
