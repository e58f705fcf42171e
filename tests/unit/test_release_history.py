"""The story of a line: told by the ledger alone, and never a figure that nobody measured."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shipway.ledger.chain import Ledger
from shipway.ledger.entry import GENESIS, Entry, Kind, Result, Standing
from shipway.ledger.fold import fold
from shipway.release.history import delivery_of, passages_of, spans_of, steps_of
from shipway.release.story import duration, history_json, history_text

LINE = ("prod", "claims-triage")
START = datetime(2026, 11, 3, 8, tzinfo=UTC)


class Told:
    """A ledger that is told of moves, with a clock that stands until it is moved."""

    def __init__(self, folder: Path) -> None:
        self.now = START
        self.ledger = Ledger(folder, "prod", lambda: self.now)

    def tell(self, kind: Kind, move: str, **more: Any) -> Entry:
        known = self.ledger.entries()
        given = {"environment": "prod", "use_case": "claims-triage", "actor": "ada", "release": "r-new"} | more
        return self.ledger.append(Entry(kind=kind, move=move, **given), known[-1].hash if known else GENESIS)

    def move(self, move: str, phase: str, *, live: str = "r-old", hours: float = 24, **more: Any) -> None:
        percent = more.pop("percent", None)
        result = more.pop("result", Result.DONE)
        intent = self.tell(Kind.INTENT, move, **more)
        self.now += timedelta(minutes=1)
        stands = Standing(
            phase=phase, active="blue", live=live, candidate=more.get("release", "r-new"), percent=percent
        )
        done = stands if result is Result.DONE else None
        self.tell(Kind.OUTCOME, move, closes=intent.hash, result=result, stands=done, **more)
        self.now += timedelta(hours=hours)

    @property
    def entries(self) -> tuple[Entry, ...]:
        return self.ledger.entries()


@pytest.fixture
def told(tmp_path: Path) -> Told:
    return Told(tmp_path)


def test_nothing_known_is_nothing_measured(told: Told) -> None:
    assert list(history_text((), LINE, START)) == ["claims-triage in prod: the ledger knows nothing of it"]
    figures = history_json((), LINE, START)["delivery"]
    assert {name: figures[name] for name in ("admitted", "failure_share", "lead_seconds", "recovery_seconds")} == {
        "admitted": 0,
        "failure_share": None,
        "lead_seconds": None,
        "recovery_seconds": None,
    }


def test_a_release_that_goes_through(told: Told) -> None:
    told.move("admit", "admitted")
    told.move("shadow", "shadow")
    told.move("canary", "canary", percent=25)
    told.move("flip", "flipped", live="r-new")
    told.move("stabilise", "stable", live="r-new")
    told.move("retire", "at_rest", live="r-new")
    (passage,) = passages_of(steps_of(told.entries, LINE))
    assert passage.lead == timedelta(hours=72, minutes=3)
    assert passage.recovery is None and passage.exposure is None and passage.ended
    spans = spans_of(told.entries, LINE)
    assert [(one.live, one.candidate, one.percent) for one in spans] == [
        ("r-old", None, None),
        ("r-old", "r-new", 25),
        ("r-new", None, None),
    ]
    assert [one.until for one in spans] == [spans[1].since, spans[2].since, None]
    delivery = delivery_of(passages_of(steps_of(told.entries, LINE)))
    assert (delivery.reached, delivery.taken_back, delivery.failure_share) == (1, 0, 0.0)


def test_a_recovery_begins_with_the_alarm(told: Told) -> None:
    told.move("admit", "admitted")
    told.tell(Kind.EVENT, "judge", details={"verdict": "FAILED"})  # nobody has it yet: no alarm for consumers
    told.move("shadow", "shadow")
    told.move("canary", "canary", percent=5)
    told.tell(Kind.EVENT, "judge", details={"verdict": "UNDECIDED"})
    told.now += timedelta(hours=1)
    told.tell(Kind.EVENT, "judge", details={"verdict": "FAILED"})
    told.now += timedelta(minutes=9)
    told.move("rollback", "shadow")
    told.move("abort", "at_rest")
    (passage,) = passages_of(steps_of(told.entries, LINE))
    assert passage.recovery == timedelta(minutes=10)
    assert passage.exposure == timedelta(hours=25, minutes=10)
    text = "\n".join(history_text(told.entries, LINE, told.now))
    assert "of those, were taken back                        1 (100%)" in text
    assert "from alarm to the old release again, median      10 min\n" in text
    assert "consumers get r-old, since" in text


def test_what_was_before_the_ledger_it_does_not_know(told: Told) -> None:
    told.move("admit", "admitted")
    assert "consumers get r-old, at least since 2026-11-03 08:01 (24 h)" in history_text(told.entries, LINE, told.now)


def test_without_a_recorded_alarm_it_says_so(told: Told) -> None:
    told.move("admit", "admitted")
    told.move("shadow", "shadow")
    told.move("canary", "canary", percent=5)
    told.move("rollback", "shadow")
    text = "\n".join(history_text(told.entries, LINE, told.now))
    assert "1 min (1 without a recorded alarm: from the command)" in text


def test_what_failed_or_never_ended_is_said_and_not_counted(told: Told) -> None:
    told.move("admit", "admitted")
    told.move("shadow", "shadow", result=Result.FAILED)
    told.tell(Kind.INTENT, "shadow")
    steps = steps_of(told.entries, LINE)
    assert [(one.begun.move, one.how) for one in steps] == [
        ("admit", ""),
        ("shadow", "failed"),
        ("shadow", "not ended"),
    ]
    assert fold(told.entries, LINE).stands == told.entries[1].stands
    text = "\n".join(history_text(told.entries, LINE, told.now))
    assert "r-new  FAILED" in text and "r-new  NOT ENDED" in text
    assert [one["result"] for one in history_json(told.entries, LINE, told.now)["steps"]] == ["done", "failed", "open"]


def test_other_lines_are_not_in_it(told: Told) -> None:
    told.move("admit", "admitted", use_case="policy-search")
    assert steps_of(told.entries, LINE) == () == spans_of(told.entries, LINE)


def test_each_admission_is_a_passage_of_its_own(told: Told) -> None:
    for release in ("r-2", "r-3"):
        told.move("admit", "admitted", release=release)
        told.move("abort", "at_rest", release=release)
    told.tell(Kind.EVENT, "judge", details={"verdict": "FAILED"})
    passages = passages_of(steps_of(told.entries, LINE))
    assert [(one.release, bool(one.ended), one.alarm) for one in passages] == [("r-2", True, None), ("r-3", True, None)]
    assert delivery_of(passages).failure_share is None, "no consumer got one: no share, and not 0 %"


def test_a_rehearsal_is_no_release_that_was_taken_back(told: Told) -> None:
    for move, phase in (("admit", "admitted"), ("canary", "canary"), ("rollback", "shadow"), ("abort", "at_rest")):
        told.move(move, phase, details={"rehearsal": True})
    assert passages_of(steps_of(told.entries, LINE)) == ()
    told.move("admit", "admitted")
    assert delivery_of(passages_of(steps_of(told.entries, LINE))).taken_back == 0
    assert len(passages_of(steps_of(told.entries, LINE))) == 1


def test_what_somebody_typed_is_no_line_of_ours(told: Told) -> None:
    told.move("admit", "admitted", reason="fine\n2026-11-03 08:00  flip      r-new")
    text = list(history_text(told.entries, LINE, told.now))
    assert not any(line.startswith("2026-11-03 08:00  flip") for line in text)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "under 1 s"),
        (1, "1 s"),
        (60, "1 min"),
        (3600, "60 min"),
        (7200, "2 h"),
        (100_000, "28 h"),
        (172_800, "2 days"),
    ],
)
def test_lengths_of_time(seconds: int, said: str) -> None:
    assert duration(timedelta(seconds=seconds)) == said
