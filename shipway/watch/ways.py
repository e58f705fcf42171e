"""What the three views of a line say against going on: manifest, ledger, and what is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shipway.release.disagreement import Way
from shipway.verdict import Verdict
from shipway.watch.signals import Signal, Trigger

__all__ = ["of_ways"]


def of_ways(ways: Sequence[tuple[Way, str]]) -> Iterator[Signal]:
    """Where what is there is not what was done: nobody goes on from there unseen."""
    for way, said in ways:
        if way is Way.DRIFT:
            yield Signal(Trigger.DRIFT, Verdict.UNDECIDED, said)
