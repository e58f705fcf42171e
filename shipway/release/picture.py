"""A line as a picture: both slots, who gets which, how far the candidate has come, what the next move waits for.

Made from the manifest and the ledger; what only the outside knows (the gates' answers, the next look) is given to it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from shipway.ledger.entry import Entry
from shipway.ledger.fold import Recorded
from shipway.models.names import Slot
from shipway.models.release import Phase, ReleaseManifest
from shipway.release.approvals import open_approvals
from shipway.release.gates import Answer
from shipway.release.machine import next_percent
from shipway.release.moves import Move, moves_from, row_of
from shipway.release.record import standing
from shipway.release.story import minute

__all__ = ["Picture", "SlotPicture", "Stop", "Where", "picture_json", "picture_of", "picture_text"]


class Where(Enum):
    """Where a stop is, seen from the line."""

    PASSED = "●"
    HERE = "◉"
    AHEAD = "○"


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop on the way of a candidate."""

    name: str
    where: Where


@dataclass(frozen=True, slots=True)
class SlotPicture:
    """One slot."""

    slot: str
    release: str
    version: str
    share: int
    """Of a hundred keys, how many get this slot's output."""
    runs: bool
    role: str
    is_live: bool
    shadows: bool
    """It gets the same input, and nobody its output."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A line at one moment."""

    environment: str
    use_case: str
    as_of: datetime
    phase: str
    hold: str
    slots: tuple[SlotPicture, ...]
    path: tuple[Stop, ...]
    live_since: datetime | None
    phase_since: datetime | None
    next_move: str
    """What goes on from here; empty where nothing does."""
    answers: tuple[Answer, ...]
    """What the gates before it say."""
    next_look: str
    way_back: str
    notes: tuple[str, ...]
    """What somebody should know first."""


def picture_of(
    line: tuple[str, str],
    manifest: ReleaseManifest,
    recorded: Recorded,
    percents: Sequence[int],
    now: datetime,
    *,
    answers: Sequence[Answer] = (),
    next_look: str = "",
) -> Picture:
    """The picture of `line` (environment, use case).

    `percents` are the canary's steps of its bundle; `answers` what the gates before the next move say, `next_look` when
    the judge looks again, in words: empty where nobody asked.
    """
    barred = manifest.phase is not Phase.AT_REST and manifest.candidate.id in recorded.quarantined
    return Picture(
        environment=line[0],
        use_case=line[1],
        as_of=now,
        phase=_phase(manifest),
        hold=manifest.hold or "",
        slots=tuple(_slot(manifest, slot) for slot in Slot),
        path=tuple(_path(manifest, percents)),
        live_since=_time(recorded.live_since),
        phase_since=_time(recorded.phase_since),
        next_move=_next(manifest, percents, barred=barred),
        # Neither abort nor resume has gates: what is said of another move would be read as said of them.
        answers=() if barred or manifest.hold else tuple(answers),
        next_look=next_look,
        way_back=_way_back(manifest, barred=barred),
        notes=tuple(_notes(manifest, recorded, now, barred=barred)),
    )


def _phase(manifest: ReleaseManifest) -> str:
    name = manifest.phase.value.replace("_", " ")
    return f"{name} at {manifest.percent} %" if manifest.percent else name


def _slot(manifest: ReleaseManifest, slot: Slot) -> SlotPicture:
    release, is_live = manifest.release(slot), slot is manifest.active
    cohort = manifest.percent or 0
    return SlotPicture(
        slot=slot.value,
        release=release.id,
        version=release.version,
        share=100 - cohort if is_live else cohort,
        runs=manifest.runs(slot),
        role="live" if is_live else _role(manifest.phase),
        is_live=is_live,
        shadows=not is_live and manifest.runs(slot) and not cohort,
    )


def _role(phase: Phase) -> str:
    if phase is Phase.AT_REST:
        return "waits for a release"
    return "the old one, ready to come back" if phase.flipped else "the candidate"


def _path(manifest: ReleaseManifest, percents: Sequence[int]) -> Iterator[Stop]:
    shares = sorted({*percents, *([manifest.percent] if manifest.percent else [])})
    stops: list[tuple[str, tuple[Phase, int | None]]] = [("at rest", (Phase.AT_REST, None))]
    stops += [(name.value, (name, None)) for name in (Phase.ADMITTED, Phase.SHADOW)]
    stops += [(f"{'' if number else 'canary '}{share} %", (Phase.CANARY, share)) for number, share in enumerate(shares)]
    stops += [(name.value, (name, None)) for name in (Phase.FLIPPED, Phase.STABLE)]
    here = [place for _, place in stops].index((manifest.phase, manifest.percent))
    for number, (name, _) in enumerate(stops):
        yield Stop(name, Where.HERE if number == here else Where.PASSED if number < here else Where.AHEAD)


def _next(manifest: ReleaseManifest, percents: Sequence[int], *, barred: bool) -> str:
    if barred:
        return Move.ABORT.value
    if manifest.hold:
        return Move.RESUME.value
    more = next_percent(manifest, percents)
    if manifest.phase is Phase.CANARY:
        return f"{Move.STEP.value} to {more} %" if more else Move.FLIP.value
    onwards = [row.move for row in moves_from(manifest.phase, held=False) if not row.backwards]
    move = next((move for move in onwards if move is not Move.HOLD), None)
    return f"{move.value} at {more} %" if move is Move.CANARY else move.value if move else ""


def _way_back(manifest: ReleaseManifest, *, barred: bool) -> str:
    moves = [row.move for row in moves_from(manifest.phase, held=manifest.hold is not None) if row.backwards]
    if not moves:
        return ""
    stable = f"{manifest.stable.version} ({manifest.stable.id})"
    if moves[0] is Move.ROLLBACK:
        return f"rollback: all keys to {stable}, without asking anybody"
    return f"{moves[0].value}: {'take the candidate out again' if barred else row_of(moves[0]).summary}"


def _notes(manifest: ReleaseManifest, recorded: Recorded, now: datetime, *, barred: bool) -> Iterator[str]:
    if recorded.stands and recorded.stands != standing(manifest) and not recorded.open_intent:
        stood = recorded.stands
        percent = f" at {stood.percent} %" if stood.percent else ""
        yield f"UNAPPLIED: this is what the manifest says; the ledger says {stood.phase}{percent}, {stood.live} live"
    for one in recorded.killed:
        yield f"KILLED: {one.details.get('name') or 'all of it'}, by {one.actor} at {minute(one.when)}: {one.reason}"
    if recorded.open_intent:
        one = recorded.open_intent
        yield f"OPEN: {one.move} was begun by {one.actor} at {minute(one.when)}, and nobody wrote how it ended"
    if recorded.failed:
        yield f"FAILED: {recorded.failed.move} at {minute(recorded.failed.when)}; part of it may be there"
    if manifest.hold:
        yield f"HELD: {manifest.hold}"
    if barred:
        yield f"QUARANTINED: {manifest.candidate.id} was taken back from consumers; only abort goes on from here"
    for given in open_approvals(recorded.approvals, now):
        bound = given.bound
        way_back = f"with it the way back {bound.inverse[:12]}"
        yield f"APPROVAL: {bound.move}, by {given.by} until {minute(given.until)}: plan {bound.plan[:12]}, {way_back}"
    for one in recorded.overrides:
        yield f"OVERRIDDEN: the gate {one.details.get('gate')}, by {one.actor}: {one.reason}"
    for one in recorded.to_back_fill:
        yield f"NOT IN GIT: {_switched(one)} by {one.actor} at {minute(one.when)}; commit it"


def _switched(entry: Entry) -> str:
    name = entry.details.get("name")
    return f"{entry.move} of {name}" if name else entry.move


def picture_text(picture: Picture, width: int = 80) -> Iterator[str]:
    """For a terminal of that many columns."""
    since = f", since {minute(picture.phase_since)}" if picture.phase_since else ""
    yield f"{picture.use_case} in {picture.environment}: {picture.phase}{since}"
    yield ""
    path = "  ".join(f"{stop.where.value}\u00a0{stop.name.replace(' ', chr(0xA0))}" for stop in picture.path)
    yield from (
        line.replace("\u00a0", " ") for line in textwrap.wrap(path, width, initial_indent="  ", subsequent_indent="  ")
    )
    yield ""
    yield "  consumers get"
    for one in picture.slots:
        yield from _box(picture, one, min(width - 18, 48))
    yield ""
    for name, texts in _rows(picture):
        for number, text in enumerate(texts):
            head = name if number == 0 else ""
            yield from textwrap.wrap(
                text.replace("\n", "\\n"),
                width,
                initial_indent=f"{head:10}",
                subsequent_indent=" " * 12,
                break_long_words=False,
            )


def _box(picture: Picture, one: SlotPicture, width: int) -> Iterator[str]:
    # The live one has the heavy frame: colours do not survive a log.
    down, up, left, right, side, flat = "┏┗┓┛┃━" if one.is_live else "┌└┐┘│─"
    arrow = f"{one.share:>3} % ━━▶" if one.share else "copy ┄┄┄▶" if one.shadows else ""
    since = f" since {minute(picture.live_since)}" if one.is_live and picture.live_since else ""
    state = f"{one.role}{since}, {'works' if one.runs else 'stands still'}"
    yield f"{'':15}{down}{f' {one.slot} ':{flat}<{width}}{left}"
    yield f"  {arrow:<13}{side} {f'{one.version}  {one.release}':<{width - 1}.{width - 1}}{side}"
    yield f"{'':15}{side} {state:<{width - 1}.{width - 1}}{side}"
    yield f"{'':15}{up}{flat * width}{right}"


def _rows(picture: Picture) -> Iterator[tuple[str, list[str]]]:
    yield "note", list(picture.notes)
    asks = [f"{one.verdict.name:9} {one.gate.value}: {one.reason}{_over(one)}" for one in picture.answers]
    yield "next", [picture.next_move, *asks] if picture.next_move else []
    yield "look", [picture.next_look] if picture.next_look else []
    yield "way back", [picture.way_back] if picture.way_back else []


def _over(answer: Answer) -> str:
    return f" (overridden by {answer.overridden})" if answer.overridden else ""


def picture_json(picture: Picture) -> dict[str, object]:
    """For machines."""
    return {
        "schema": "shipway/release-status/v1",
        "environment": picture.environment,
        "use_case": picture.use_case,
        "as_of": picture.as_of.isoformat(timespec="seconds"),
        "phase": picture.phase,
        "hold": picture.hold or None,
        "slots": [
            {
                "slot": one.slot,
                "release": one.release,
                "version": one.version,
                "percent": one.share,
                "runs": one.runs,
                "live": one.is_live,
                "role": one.role,
            }
            for one in picture.slots
        ],
        "path": [{"stop": one.name, "where": one.where.name.lower()} for one in picture.path],
        "live_since": picture.live_since.isoformat() if picture.live_since else None,
        "phase_since": picture.phase_since.isoformat() if picture.phase_since else None,
        "next": picture.next_move or None,
        "gates": [
            {"gate": one.gate.value, "verdict": one.verdict.name, "reason": one.reason, "overridden": one.overridden}
            for one in picture.answers
        ],
        "next_look": picture.next_look or None,
        "way_back": picture.way_back or None,
        "notes": list(picture.notes),
    }


def _time(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
