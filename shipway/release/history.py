"""The story of a line, told by its ledger alone: what was done, what was live when, how long releases took.

Nothing is entered by hand, so nothing here is better than what the ledger knows. A lead time begins with the admission:
the ledger does not know when the code was written. A recovery begins with the first alarm that is recorded, and where
none is, with the command: how long consumers had suffered before anybody noticed, it does not know either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median

from shipway.ledger.entry import Act, Entry, Kind, Result, Standing
from shipway.models.release import Phase
from shipway.release.moves import Move
from shipway.verdict import Verdict

__all__ = ["Delivery", "Passage", "Span", "Step", "delivery_of", "passages_of", "spans_of", "steps_of"]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done: an intent with its outcome, or an event."""

    begun: Entry
    ended: Entry | None
    """None for an event, and for what nobody wrote the end of."""

    @property
    def open(self) -> bool:
        """Begun, and not ended."""
        return self.begun.kind is Kind.INTENT and self.ended is None

    @property
    def done(self) -> bool:
        """A move that was made."""
        return self.ended is not None and self.ended.result is Result.DONE

    @property
    def how(self) -> str:
        """How it ended, in a word; empty where it simply went well."""
        if self.open:
            return "not ended"
        result = self.ended.result if self.ended else self.begun.result
        return "" if result in (None, Result.DONE) else result.value

    @property
    def took(self) -> timedelta | None:
        """From the intent to the outcome."""
        return self.ended.when - self.begun.when if self.ended else None

    @property
    def alarm(self) -> bool:
        """Whether it says that a release is bad: a judgement or a watcher that FAILED, or a kill."""
        failed = self.begun.kind is Kind.EVENT and self.begun.details.get("verdict") == Verdict.FAILED.name
        return failed or self.begun.move == Act.KILL


@dataclass(frozen=True, slots=True)
class Span:
    """For how long consumers got the same."""

    live: str
    since: datetime
    until: datetime | None
    """None: still."""
    candidate: str | None = None
    """What the canary's keys got."""
    percent: int | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """One release on its way through a line, from its admission to its end. Times are of outcomes."""

    release: str
    admitted: datetime
    seen: datetime | None = None
    """When the first consumer got it."""
    live: datetime | None = None
    """When all consumers got it."""
    stable: datetime | None = None
    alarm: datetime | None = None
    """The first alarm after a consumer got it."""
    asked_back: datetime | None = None
    """When somebody asked for it to be taken back."""
    back: datetime | None = None
    """When consumers had the stable release again."""
    ended: datetime | None = None

    @property
    def lead(self) -> timedelta | None:
        """From the admission to all consumers."""
        return self.live - self.admitted if self.live else None

    @property
    def recovery(self) -> timedelta | None:
        """From the first alarm, or from the command where none is recorded, until consumers had the old one again."""
        begun = min((one for one in (self.alarm, self.asked_back) if one), default=None)
        return self.back - begun if self.back and begun else None

    @property
    def exposure(self) -> timedelta | None:
        """How long consumers had a release that was then taken back."""
        return self.back - self.seen if self.back and self.seen else None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the passages of a line add up to. A time is None where nothing was measured, never 0."""

    passages: int
    reached: int
    """Releases that a consumer got."""
    taken_back: int
    """Of those, the ones that were taken back."""
    lead: timedelta | None
    """Median of `Passage.lead`."""
    recovery: timedelta | None
    """Median of `Passage.recovery`."""
    without_alarm: int
    """Recoveries whose alarm is not recorded: measured from the command."""
    exposure: timedelta | None
    """Median of `Passage.exposure`."""

    @property
    def failure_share(self) -> float | None:
        """The share of releases that reached a consumer and were taken back."""
        return self.taken_back / self.reached if self.reached else None


def steps_of(entries: Sequence[Entry], line: tuple[str, str]) -> tuple[Step, ...]:
    """Everything that was done to a line, by when it was begun. An outcome without intent is a step of its own."""
    mine = [one for one in entries if one.line == line]
    ends = {one.closes: one for one in mine if one.kind is Kind.OUTCOME}
    intents = {one.hash for one in mine if one.kind is Kind.INTENT}
    steps = []
    for one in mine:
        match one.kind:
            case Kind.INTENT:
                steps.append(Step(one, ends.get(one.hash)))
            case Kind.EVENT:
                steps.append(Step(one, None))
            case Kind.OUTCOME if one.closes not in intents:
                steps.append(Step(one, one))
            case _:
                pass
    return tuple(steps)


def spans_of(entries: Sequence[Entry], line: tuple[str, str]) -> tuple[Span, ...]:
    """What consumers got from when to when. Before the first move the ledger does not know."""
    spans: list[Span] = []
    for one in entries:
        if one.line != line or one.stands is None or one.result is not Result.DONE:
            continue
        span = _span(one.stands, one.when)
        if spans and replace(spans[-1], since=span.since, until=None) == span:
            continue
        if spans:
            spans[-1] = replace(spans[-1], until=one.when)
        spans.append(span)
    return tuple(spans)


def _span(stands: Standing, since: datetime) -> Span:
    if stands.phase != Phase.CANARY:
        return Span(stands.live, since, None)
    return Span(stands.live, since, None, stands.candidate, stands.percent)


def passages_of(steps: Sequence[Step]) -> tuple[Passage, ...]:
    """Each release's way through the line, in the order of their admissions. A rehearsal is none: it was to go back."""
    passages: list[Passage] = []
    for step in steps:
        if step.begun.details.get("rehearsal"):
            continue
        if step.done and step.begun.move == Move.ADMIT:
            passages.append(Passage(step.begun.release, _end(step)))
        elif passages:
            passages[-1] = _onwards(passages[-1], step)
    return tuple(passages)


def _onwards(passage: Passage, step: Step) -> Passage:
    if passage.ended:
        return passage
    if step.alarm:
        late = passage.seen is None or passage.back is not None
        return passage if late or passage.alarm else replace(passage, alarm=step.begun.when)
    if not step.done:
        return passage
    at = _end(step)
    match step.begun.move:
        case Move.CANARY:
            # After a rollback, nobody gets it again; the first time counts.
            return replace(passage, seen=passage.seen or at)
        case Move.FLIP:
            return replace(passage, seen=passage.seen or at, live=at)
        case Move.STABILISE:
            return replace(passage, stable=at)
        case Move.ROLLBACK:
            return replace(passage, asked_back=step.begun.when, back=at)
        case Move.ABORT | Move.RETIRE:
            return replace(passage, ended=at)
        case _:
            return passage


def _end(step: Step) -> datetime:
    return (step.ended or step.begun).when


def delivery_of(passages: Sequence[Passage]) -> Delivery:
    """The figures of a line."""
    reached = [one for one in passages if one.seen]
    back = [one for one in reached if one.back]
    return Delivery(
        passages=len(passages),
        reached=len(reached),
        taken_back=len(back),
        lead=_median([one.lead for one in passages]),
        recovery=_median([one.recovery for one in back]),
        without_alarm=sum(one.alarm is None for one in back),
        exposure=_median([one.exposure for one in back]),
    )


def _median(times: Sequence[timedelta | None]) -> timedelta | None:
    known = [one.total_seconds() for one in times if one is not None]
    return timedelta(seconds=median(known)) if known else None
