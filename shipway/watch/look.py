"""Gathering what speaks against the release that is under way on a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from shipway.judge.judgement import Judgement
from shipway.run.past import PastRun
from shipway.verdict import Verdict
from shipway.watch.signals import Signal, Trigger

__all__ = ["of_judge", "of_runs"]


def of_judge(found: Judgement) -> Iterator[Signal]:
    """What the judge says, where it is more than that it is not time yet."""
    against = [one.reason for one in found.findings if one.counts_as is found.verdict]
    why = f": {against[0]}" if against else ""
    if found.verdict is Verdict.FAILED:
        yield Signal(Trigger.JUDGE, Verdict.FAILED, f"the judge says FAILED{why}")
    elif found.verdict is Verdict.UNDECIDED and found.taken and found.next_look is None:
        yield Signal(Trigger.JUDGE, Verdict.UNDECIDED, f"no look is left, and the judge could not decide{why}")


def of_runs(candidate: str, stable: str, runs: Sequence[PastRun], since: datetime) -> Iterator[Signal]:
    """The candidate's last run of this phase, where it failed and the other release's did not."""
    mine = [one for one in runs if one.started >= since and candidate in one.releases | one.failed]
    # Where both fail, it is not the candidate: its data or its cluster are everybody's.
    if mine and candidate in mine[-1].failed and stable not in mine[-1].failed:
        yield Signal(Trigger.RUN, Verdict.FAILED, f"the candidate's run for {mine[-1].as_of} failed")
