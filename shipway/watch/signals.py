"""What can speak against a release, and where it was said: one line of JSON for each report.

The judge, the runs and drift are looked up; what only others can know (an incident, a breached contract, a spike of
rejections, a missed service level) is reported, by a command or by whoever can append a line to the file. A report that
cannot be read is a report all the same: the line is then held, for nobody knows what it said.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from shipway.journal import opened, read_lines
from shipway.verdict import Verdict

__all__ = ["Reports", "Signal", "Trigger", "parse", "render"]

SCHEMA = "shipway/watch-report/v1"


class Trigger(StrEnum):
    """What can set the watcher off."""

    JUDGE = "judge"
    """The judge says FAILED; or no look is left and it is still UNDECIDED."""
    RUN = "run"
    """The candidate's own run fails."""
    DRIFT = "drift"
    """Somebody else changed what is there."""
    TASK_SUCCESS = "task-success"
    """Fewer tasks succeed than at launch, by more than five of a hundred (Q111, Q116)."""
    SLA = "sla"
    """A service level is missed: latency, freshness, throughput."""
    CONTRACT = "contract"
    """Data does not keep its contract."""
    REJECTIONS = "rejections"
    """People reject more of what the release proposes."""
    INCIDENT = "incident"
    """On-call says so."""

    @property
    def reported(self) -> bool:
        """Whether it is others who know, and report it."""
        return self not in (Trigger.JUDGE, Trigger.RUN, Trigger.DRIFT)


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that was found or reported about a line."""

    trigger: Trigger
    verdict: Verdict
    reason: str
    at: str = ""
    """ISO 8601; of a report."""
    by: str = ""
    release: str = ""
    """Of a report: the release that it speaks of; empty where nobody said, and then it is the one that is under way."""


@dataclass(frozen=True, slots=True)
class Reports:
    """The reports about one line, in a file that is only ever added to."""

    path: Path

    def write(self, signal: Signal) -> None:
        """Add one; raises ShipwayError where it cannot be kept."""
        with opened(self.path) as journal:
            journal.append(render(signal))

    def since(self, since: datetime, releases: Iterable[str]) -> list[Signal]:
        """What was reported from then on about one of these releases, or about none by name."""
        about = {*releases, ""}
        return [one for one in self._all() if one.release in about and (not one.at or _when(one) >= since)]

    def _all(self) -> Iterator[Signal]:
        for line in read_lines(self.path):
            if line.data.strip():
                yield parse(line.data, f"{self.path.name}:{line.number}")


def _when(signal: Signal) -> datetime:
    return datetime.fromisoformat(signal.at)


def render(signal: Signal) -> bytes:
    """A report as it is kept."""
    return json.dumps({**asdict(signal), "schema": SCHEMA, "verdict": signal.verdict.name}, sort_keys=True).encode()


def parse(data: bytes, where: str) -> Signal:
    """What a report says; one that cannot be read is a report too, and UNDECIDED. `where` is for people."""
    try:
        said = json.loads(data)
        if said.pop("schema") != SCHEMA:
            raise ValueError("another schema")
        texts = {name: str(said.get(name, "")) for name in ("reason", "at", "by", "release")}
        if texts["at"] and datetime.fromisoformat(texts["at"]).utcoffset() is None:
            raise ValueError("a time without an offset from UTC")
        return Signal(Trigger(said["trigger"]), Verdict[said["verdict"]], **texts)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return Signal(Trigger.INCIDENT, Verdict.UNDECIDED, f"{where}: a report that cannot be read: {error!r}"[:200])
