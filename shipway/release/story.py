"""A line's history as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from shipway.ledger.entry import Act, Entry
from shipway.release.history import Delivery, Passage, Span, Step, delivery_of, passages_of, spans_of, steps_of
from shipway.release.moves import Move

__all__ = ["delivery_rows", "duration", "history_json", "history_text", "minute", "step_note", "step_what"]


def history_text(entries: Sequence[Entry], line: tuple[str, str], now: datetime) -> Iterator[str]:
    """For people: what is live since when, every step, and what releases of this line took."""
    environment, use_case = line
    steps = steps_of(entries, line)
    if not steps:
        yield f"{use_case} in {environment}: the ledger knows nothing of it"
        return
    yield f"{use_case} in {environment}"
    spans = spans_of(entries, line)
    if spans:
        last = spans[-1]
        share = f", and {last.candidate} for {last.percent} of 100 keys" if last.percent else ""
        # What was before the first entry, the ledger does not know.
        since = "since" if len(spans) > 1 else "at least since"
        yield f"consumers get {last.live}{share}, {since} {minute(last.since)} ({duration(now - last.since)})"
    yield ""
    for step in steps:
        yield _flat(f"{minute(step.begun.when)}  {step.begun.move:9} {step_what(step)}".rstrip())
        if note := step_note(step):
            yield _flat(f"{'':28}{note}")
    yield ""
    yield "From this ledger alone:"
    for name, value in delivery_rows(delivery_of(passages_of(steps))):
        yield f"  {name:48} {value}"


def step_what(step: Step) -> str:
    """What a step did, in a few words."""
    entry = step.ended or step.begun
    parts = [entry.release]
    if entry.stands and entry.stands.percent and entry.move in (Move.CANARY, Move.STEP):
        parts.append(f"{entry.stands.percent} %")
    if entry.stands and entry.move in (Move.FLIP, Move.ROLLBACK):
        parts.append(f"all keys to {entry.stands.live}")
    if entry.move in (Act.KILL, Act.UNKILL, Act.FEATURE):
        parts.append(str(entry.details.get("name") or ""))
    if entry.move == Act.OVERRIDE:
        parts.append(f"gate {entry.details.get('gate')}")
    if entry.move in (Act.APPROVE, Act.WITHDRAW):
        parts.append(str(entry.details.get("move") or ""))
        parts.append(f"plan {entry.plan[:12]}, way back {entry.inverse[:12]}" if entry.plan else "")
    if verdict := entry.details.get("verdict"):
        parts.append(str(verdict))
    if step.how:
        parts.append(step.how.upper())
    return "  ".join(part for part in parts if part)


def step_note(step: Step) -> str:
    """By whom, by whose word, why, and how long it took."""
    took = f", took {duration(step.took)}" if step.took is not None and step.took.total_seconds() >= 1 else ""
    why = f": {step.begun.reason}" if step.begun.reason else ""
    return f"by {step.begun.actor}{_agreed(step.begun)}{took}{why}"


def _agreed(begun: Entry) -> str:
    told = begun.details.get("approvals")
    names = [str(one.get("by")) for one in told if isinstance(one, Mapping)] if isinstance(told, list) else []
    return f", approved by {' and '.join(names)}" if names else ""


def delivery_rows(delivery: Delivery) -> Iterator[tuple[str, str]]:
    """The figures with what each is."""
    yield "releases admitted", str(delivery.passages)
    share = delivery.failure_share
    failed = f"{delivery.taken_back} ({share:.0%})" if share is not None else "none reached one"
    yield "of those, a consumer got", str(delivery.reached)
    yield "of those, were taken back", failed
    yield "from admission to all consumers, median", _known(delivery.lead)
    since = f" ({delivery.without_alarm} without a recorded alarm: from the command)" if delivery.without_alarm else ""
    yield "from alarm to the old release again, median", _known(delivery.recovery) + since
    yield "consumers had what was then taken back, median", _known(delivery.exposure)


def history_json(entries: Sequence[Entry], line: tuple[str, str], now: datetime) -> dict[str, Any]:
    """For machines; times in UTC, lengths in seconds."""
    steps = steps_of(entries, line)
    passages = passages_of(steps)
    delivery = delivery_of(passages)
    return {
        "schema": "shipway/release-history/v1",
        "environment": line[0],
        "use_case": line[1],
        "as_of": now.isoformat(timespec="seconds"),
        "live": [_span_json(one) for one in spans_of(entries, line)],
        "steps": [_step_json(one) for one in steps],
        "passages": [_passage_json(one) for one in passages],
        "delivery": {
            "admitted": delivery.passages,
            "reached_consumers": delivery.reached,
            "taken_back": delivery.taken_back,
            "failure_share": delivery.failure_share,
            "lead_seconds": _seconds(delivery.lead),
            "recovery_seconds": _seconds(delivery.recovery),
            "recoveries_without_alarm": delivery.without_alarm,
            "exposure_seconds": _seconds(delivery.exposure),
        },
    }


def _span_json(span: Span) -> dict[str, Any]:
    return {
        "live": span.live,
        "candidate": span.candidate,
        "percent": span.percent,
        "since": _time(span.since),
        "until": _time(span.until),
    }


def _step_json(step: Step) -> dict[str, Any]:
    entry = step.ended or step.begun
    result = "open" if step.open else entry.result.value if entry.result else None
    return {
        "seq": step.begun.seq,
        "at": step.begun.at,
        "move": entry.move,
        "kind": step.begun.kind.value,
        "release": entry.release,
        "actor": step.begun.actor,
        "reason": step.begun.reason,
        "result": result,
        "seconds": _seconds(step.took),
        "phase": entry.stands.phase if entry.stands else None,
        "percent": entry.stands.percent if entry.stands else None,
        "back_fill": entry.back_fill,
    }


def _passage_json(passage: Passage) -> dict[str, Any]:
    times = ("admitted", "seen", "live", "stable", "alarm", "asked_back", "back", "ended")
    lengths = ("lead", "recovery", "exposure")
    return {
        "release": passage.release,
        **{name: _time(getattr(passage, name)) for name in times},
        **{f"{name}_seconds": _seconds(getattr(passage, name)) for name in lengths},
    }


def minute(at: datetime) -> str:
    """A time for people, in UTC."""
    return f"{at:%Y-%m-%d %H:%M}"


def duration(length: timedelta) -> str:
    """A length of time for people: in the largest unit that it has two of."""
    seconds = length.total_seconds()
    # 36 h says more than 2 days, 60 s no more than 1 min.
    for least, size, unit in ((172_800, 86_400, "days"), (7_200, 3_600, "h"), (60, 60, "min")):
        if seconds >= least:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s" if seconds >= 1 else "under 1 s"


def _known(length: timedelta | None) -> str:
    return duration(length) if length is not None else "not measured"


def _time(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _seconds(length: timedelta | None) -> float | None:
    return length.total_seconds() if length is not None else None


def _flat(text: str) -> str:
    # What somebody typed must not look like a line of ours.
    return text.replace("\n", "\\n")
