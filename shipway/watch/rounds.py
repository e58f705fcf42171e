"""One round of the watcher's job: what it reads of each line, what it says, and the one thing that it does.

It decides by the same `decide` as `shipway watch`. What it does without Terraform is to take the candidate out of
service in the line's flags, where the bundle lets it act and the line's code asks its flags. The way back itself it
proposes: it says so in the line's folder, which `shipway watch` reads, and its run fails, which Databricks tells whom
the environment names.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from shipway.errors import ShipwayError
from shipway.flags.change import kill, look
from shipway.flags.file import EVERYTHING, Line, NotWhole
from shipway.flags.store import FlagStore
from shipway.judge.judgement import Judgement
from shipway.judge.measures import Measures
from shipway.judge.underway import Underway
from shipway.models.phase import Phase
from shipway.release.moves import Move
from shipway.run.past import PastRun
from shipway.watch.decide import Decision, decide
from shipway.watch.folder import Papers
from shipway.watch.look import of_judge, of_runs
from shipway.watch.order import Order
from shipway.watch.signals import Signal

__all__ = ["WATCHER", "LineOutside", "Round", "watch_line"]

WATCHER = "watcher job"
"""Who it says that it is, in flags and reports."""

_CONSUMERS_HAVE_IT = (Phase.CANARY, Phase.FLIPPED, Phase.STABLE)


@dataclass(frozen=True, slots=True)
class LineOutside:
    """The outside of one line."""

    line: Line
    papers: Papers
    flags: FlagStore
    measures: Measures
    runs: Callable[[Underway], Sequence[PastRun]]
    """Raises ShipwayError where they cannot be read."""


@dataclass
class Round:
    """What a round came to, for one line."""

    line: Line
    said: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    """Why somebody has to look; the run fails for any of it."""

    def __str__(self) -> str:
        return "\n".join([f"{self.line.environment}/{self.line.use_case}", *(f"  {one}" for one in self.said)])

    def trouble(self, what: str) -> None:
        """Say what somebody has to see to."""
        self.said.append(what)
        self.wrong.append(f"{self.line.use_case}: {what}")


def watch_line(outside: LineOutside, now: datetime) -> Round:
    """Look at one line and do what follows; what cannot be read is said, and what else is known counts all the same."""
    found = Round(outside.line)
    try:
        order = outside.papers.order()
        if order is None:
            found.said.append("nobody has said what is under way: the next move does, and so does shipway watch")
        elif order.underway is None:
            found.said.append("at rest")
        else:
            _watched(outside, order, order.underway, now, found)
    except ShipwayError as error:
        found.trouble(f"not watched: {error.message}")
    return found


def _watched(outside: LineOutside, order: Order, underway: Underway, now: datetime, found: Round) -> None:
    where = f" at {underway.percent} %" if underway.percent else ""
    found.said.append(f"{underway.phase.value}{where}: {underway.candidate}, live is {underway.live}")
    signals = _signals(outside, underway, now, found)
    found.said += [f"{one.verdict.name:9} {one.trigger.value}: {one.reason}" for one in signals]
    decision = decide(underway.phase, order.held, signals)
    if decision.move is None:
        found.said += [] if found.wrong else ["nothing to do"]
        return
    _report(outside, underway, decision, now)
    if decision.move is not Move.HOLD and order.acts and order.kills and underway.phase in _CONSUMERS_HAVE_IT:
        _kill(outside, underway, decision, now, found)
    command = f"shipway release {decision.move.value} {underway.use_case} --env {underway.environment}"
    why = "; ".join(one.reason for one in decision.because)[:300]
    found.trouble(f"proposed: {command} --reason {decision.reason}: {why}")


def _signals(outside: LineOutside, underway: Underway, now: datetime, found: Round) -> list[Signal]:
    try:
        runs = outside.runs(underway)
    except ShipwayError as error:
        found.trouble(f"not read: {error.message}")
        # Without the runs nobody knows which days are this phase's.
        return []
    signals = list(of_runs(underway.candidate, underway.live, runs, underway.since))
    if underway.phase.both_run:
        try:
            signals += of_judge(_judged(outside, underway, runs, now))
        except ShipwayError as error:
            found.trouble(f"not read: {error.message}")
    return signals


def _judged(outside: LineOutside, underway: Underway, runs: Sequence[PastRun], now: datetime) -> Judgement:
    papers, release, since = outside.papers, underway.candidate, underway.since
    # Its own looks and those that the ledger knew when the order was written: each is taken once.
    taken = (*underway.taken, *papers.looks(release, since))
    judgement = replace(underway, taken=taken).judged(runs, outside.measures, now)
    papers.keep_look(release, since, judgement)
    return judgement


def _report(outside: LineOutside, underway: Underway, decision: Decision, now: datetime) -> None:
    # Two clocks, the workspace's and that of whoever made the move: what is said of a phase is not from before it.
    at = max(now, underway.since).isoformat()
    for signal in decision.because:
        told = replace(signal, at=at, by=WATCHER, release=underway.candidate)
        outside.papers.report(underway.candidate, underway.since, told)


def _kill(outside: LineOutside, underway: Underway, decision: Decision, now: datetime, found: Round) -> None:
    """Take the candidate out of service, once."""
    try:
        if {EVERYTHING, underway.candidate} & _killed(outside):
            found.said.append(f"{underway.candidate} is out of service")
            return
        why = "; ".join(one.reason for one in decision.because)
        kill(outside.flags, outside.line, underway.candidate, f"{decision.reason}: {why}", WATCHER, now)
        found.said.append(f"{underway.candidate} was taken out of service: its keys take the safe path")
    except ShipwayError as error:
        found.trouble(f"{underway.candidate} could not be taken out of service: {error.message}")


def _killed(outside: LineOutside) -> set[str]:
    """What is out of service; nothing by name where the file cannot be believed, and then the kill writes a new one."""
    try:
        file = look(outside.flags, outside.line)
    except NotWhole:
        return set()
    return set(file.killed) if file else set()
