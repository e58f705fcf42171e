"""What must have PASSED before a move. Each gate is a question with one of three answers, and silence is UNDECIDED.

No gate stands before a way back. One gate can be overridden for one move, by name, with a reason, by somebody, until a
time: that is recorded, and shown wherever the line is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from shipway.errors import ShipwayError
from shipway.ledger.entry import Entry
from shipway.ledger.fold import Recorded
from shipway.models.judging import Period
from shipway.models.release import ReleaseManifest
from shipway.release.approvals import Asking, approved
from shipway.release.moves import Gate, MoveRow
from shipway.verdict import Verdict, overall

__all__ = ["OVERRIDE_HOURS", "Answer", "Asked", "Evidence", "NotPassed", "ask_gates", "expiry", "override_of"]

OVERRIDE_HOURS = 24
"""How long an override holds: it is for now, not for the next release."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a gate says, and why."""

    gate: Gate
    verdict: Verdict
    reason: str
    overridden: str = ""
    """Who lets the move skip it, and why; empty where nobody does."""

    @property
    def passes(self) -> bool:
        """Whether the move may be made as far as this gate goes."""
        return self.verdict is Verdict.PASSED or bool(self.overridden)


@dataclass(frozen=True, slots=True)
class Asked:
    """What gates are asked about: a line that is to go from one manifest to another."""

    before: ReleaseManifest
    after: ReleaseManifest
    recorded: Recorded
    soak: Period | None
    window: Period | None
    now: datetime
    inverse: str
    """The digest of the way back; empty where there is none yet."""
    approval: Asking | None = None
    """Whom the gate `approved` asks; None for a move that has no such gate."""


Ask = Callable[[Asked], tuple[Verdict, str]]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Who answers what documents and ledger cannot: runs, judgements, rehearsals. Until somebody does, silence."""

    runs: Callable[[Asked], int | str] = lambda asked: "nobody counted any"
    """How many runs the phase has seen, or why nobody knows."""
    judged: Ask = lambda asked: (Verdict.UNDECIDED, "nobody has judged this release: shipway release judge")
    rehearsed: Ask = lambda asked: (Verdict.UNDECIDED, "not rehearsed: shipway release rehearse")


class NotPassed(ShipwayError):
    """Gates that did not pass."""

    exit_code = 4

    def __init__(self, line: str, move: str, answers: Sequence[Answer]) -> None:
        self.answers = tuple(answers)
        bad = [one for one in answers if not one.passes]
        said = "\n".join(f"  {one.verdict.name:9} {one.gate.value}: {one.reason}" for one in bad)
        skip = " ".join(f"--override {one.gate.value}" for one in bad)
        worst = overall(one.verdict for one in bad)
        super().__init__(
            f"{line}: no {move}, a gate says {worst.name}\n{said}",
            f"what is UNDECIDED may only need time; to go on without: {skip} --reason OV-…",
        )


def ask_gates(row: MoveRow, asked: Asked, evidence: Evidence) -> tuple[Answer, ...]:
    """Every gate of a move with its answer; none for a way back."""
    return tuple(_answer(gate, asked, evidence) for gate in row.gates)


def _answer(gate: Gate, asked: Asked, evidence: Evidence) -> Answer:
    verdict, reason = _ask(gate, asked, evidence)
    entry = None if verdict is Verdict.PASSED else override_of(gate, asked.recorded, asked.now)
    return Answer(gate, verdict, reason, f"{entry.actor}, {entry.reason}" if entry else "")


def override_of(gate: Gate, recorded: Recorded, now: datetime) -> Entry | None:
    """The override of a gate that still holds."""
    for entry in reversed(recorded.overrides):
        expires = entry.details.get("expires")
        if entry.details.get("gate") == gate.value and isinstance(expires, str):
            return entry if now < datetime.fromisoformat(expires) else None
    return None


def _ask(gate: Gate, asked: Asked, evidence: Evidence) -> tuple[Verdict, str]:
    match gate:
        case Gate.NOT_QUARANTINED:
            return _not_quarantined(asked)
        case Gate.CANDIDATE_DIFFERS:
            return _differs(asked)
        case Gate.INVERSE_KNOWN:
            known = (Verdict.PASSED, f"the way back is written down: {asked.inverse[:12]}")
            return known if asked.inverse else (Verdict.UNDECIDED, "no way back is known")
        case Gate.SOAKED:
            return _lasted(asked, evidence, asked.soak)
        case Gate.WINDOW_OVER:
            return _lasted(asked, evidence, asked.window)
        case Gate.JUDGED:
            return evidence.judged(asked)
        case Gate.REHEARSED:
            return evidence.rehearsed(asked)
        case Gate.APPROVED:
            return approved(asked.approval) if asked.approval else (Verdict.UNDECIDED, "nobody was asked")
        case _:
            assert_never(gate)


def _not_quarantined(asked: Asked) -> tuple[Verdict, str]:
    candidate = asked.after.candidate
    if candidate.id in asked.recorded.quarantined:
        return Verdict.FAILED, f"{candidate.id} ({candidate.version}) was taken back from consumers before"
    return Verdict.PASSED, f"{candidate.id} was never taken back"


def _differs(asked: Asked) -> tuple[Verdict, str]:
    if asked.after.candidate.id == asked.after.stable.id:
        return Verdict.FAILED, f"{asked.after.candidate.id} is what is live already"
    return Verdict.PASSED, f"{asked.after.candidate.id} is not {asked.after.stable.id}"


def _lasted(asked: Asked, evidence: Evidence, wanted: Period | None) -> tuple[Verdict, str]:
    """Whether the phase has lasted as long as is wanted, by the clock and by runs; what nobody knows did not happen."""
    if wanted is None:
        return Verdict.PASSED, "nothing has to last in a rehearsal"
    since = asked.recorded.phase_since
    if not since:
        return Verdict.UNDECIDED, "the ledger does not say since when the line is in this phase"
    lacking = []
    if wanted.hours is not None:
        over = datetime.fromisoformat(since) + timedelta(hours=wanted.hours)
        if asked.now < over:
            lacking.append(f"until {over.isoformat(timespec='minutes')}")
    if wanted.runs is not None:
        runs = evidence.runs(asked)
        if isinstance(runs, str) or runs < wanted.runs:
            lacking.append(f"for {wanted.runs} runs, {runs if isinstance(runs, str) else f'{runs} so far'}")
    if lacking:
        return Verdict.UNDECIDED, f"it has to last {' and '.join(lacking)}"
    return Verdict.PASSED, f"it has lasted since {since}"


def expiry(now: datetime) -> str:
    """Until when an override that is given now holds."""
    return (now + timedelta(hours=OVERRIDE_HOURS)).isoformat(timespec="seconds")
