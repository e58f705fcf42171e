"""The watcher: what is a signal, what signals come to, and that a report nobody can read still holds the line."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.models.judging import Judging
from shipway.models.names import Slot
from shipway.models.release import Phase, Release, ReleaseManifest, Slots
from shipway.release.disagreement import Way
from shipway.release.moves import Move, moves_from
from shipway.run.past import PastRun
from shipway.verdict import Verdict
from shipway.watch.decide import REASON_OF, decide
from shipway.watch.look import of_runs
from shipway.watch.signals import Reports, Signal, Trigger
from shipway.watch.ways import of_ways

NOW = datetime(2026, 11, 4, 12, tzinfo=UTC)
OLD, NEW = (Release(version=f"1.{n}.0", wheel_sha256=f"{n:064x}", model_version=n) for n in (1, 2))
SHADOW = ReleaseManifest(phase=Phase.SHADOW, active=Slot.BLUE, rollback_to=OLD.id, slots=Slots(blue=OLD, green=NEW))

signals = st.builds(Signal, st.sampled_from(Trigger), st.sampled_from(Verdict), st.just("why"))


def failed(trigger: Trigger = Trigger.INCIDENT) -> Signal:
    return Signal(trigger, Verdict.FAILED, "why")


@pytest.mark.parametrize(
    ("phase", "move"),
    [
        (Phase.AT_REST, None),
        (Phase.ADMITTED, Move.ABORT),
        (Phase.SHADOW, Move.ABORT),
        (Phase.CANARY, Move.ROLLBACK),
        (Phase.FLIPPED, Move.ROLLBACK),
        (Phase.STABLE, Move.ROLLBACK),
    ],
)
def test_what_failed_goes_back_by_the_way_that_its_phase_has(phase: Phase, move: Move | None) -> None:
    assert decide(phase, False, [failed()]).move is move


@given(st.sampled_from(Phase), st.booleans(), st.lists(signals))
def test_a_decision_is_a_legal_move_and_never_one_onwards(phase: Phase, held: bool, some: list[Signal]) -> None:
    found = decide(phase, held, some)
    if found.move is None:
        return
    row = next(row for row in moves_from(phase, held=held) if row.move is found.move)
    assert row.backwards or row.move is Move.HOLD
    assert found.because
    assert all(one.verdict is not Verdict.PASSED for one in found.because)


@given(st.sampled_from(sorted({*Phase} - {Phase.AT_REST})), st.booleans(), st.lists(signals))
def test_a_failure_of_the_release_is_never_outvoted(phase: Phase, held: bool, some: list[Signal]) -> None:
    found = decide(phase, held, [*some, failed(Trigger.SLA)])
    assert found.move in (Move.ABORT, Move.ROLLBACK)


def test_what_is_undecided_holds_the_line_once() -> None:
    open_ = Signal(Trigger.JUDGE, Verdict.UNDECIDED, "no look is left")
    assert decide(Phase.CANARY, False, [open_]).move is Move.HOLD
    assert decide(Phase.CANARY, True, [open_]).move is None


def test_drift_is_for_people_whoever_says_that_it_failed() -> None:
    assert decide(Phase.CANARY, False, [failed(Trigger.DRIFT)]).move is Move.HOLD
    assert [one.verdict for one in of_ways([(Way.DRIFT, "x"), (Way.OPEN, "y")])] == [Verdict.UNDECIDED]


def test_every_trigger_has_a_reason_to_go_back() -> None:
    assert set(REASON_OF) == set(Trigger)


class TestRuns:
    def run(self, day: int, of: Release | None, not_of: Release | None = None) -> PastRun:
        did, did_not = (frozenset({one.id} if one else ()) for one in (of, not_of))
        return PastRun(date(2026, 11, day), NOW + timedelta(days=day), not_of is None, did, did_not)

    def test_a_candidate_that_fails_where_the_live_release_does_not_has_failed(self) -> None:
        found = list(of_runs(NEW.id, OLD.id, [self.run(1, NEW), self.run(2, OLD, NEW)], NOW))
        assert [one.verdict for one in found] == [Verdict.FAILED]

    def test_where_both_fail_it_is_not_the_candidate(self) -> None:
        both = PastRun(date(2026, 11, 5), NOW, False, frozenset(), frozenset({OLD.id, NEW.id}))
        assert list(of_runs(NEW.id, OLD.id, [both], NOW)) == []

    def test_only_the_last_run_counts_and_only_of_this_phase(self) -> None:
        assert list(of_runs(NEW.id, OLD.id, [self.run(1, OLD, NEW), self.run(2, NEW)], NOW)) == []
        assert list(of_runs(NEW.id, OLD.id, [self.run(1, OLD, NEW)], NOW + timedelta(days=3))) == []


class TestReports:
    def test_what_is_written_is_read_back(self, tmp_path: Path) -> None:
        reports = Reports(tmp_path / "reports" / "x.jsonl")
        mine = Signal(Trigger.SLA, Verdict.FAILED, 'late: "ü"\n| x', NOW.isoformat(), "somebody", NEW.id)
        reports.write(mine)
        reports.write(Signal(Trigger.SLA, Verdict.FAILED, "another's", NOW.isoformat(), "", OLD.id))
        assert reports.since(NOW, (NEW.id,)) == [mine]
        assert reports.since(NOW + timedelta(seconds=1), (NEW.id,)) == []

    def test_no_file_is_no_report(self, tmp_path: Path) -> None:
        assert Reports(tmp_path / "none").since(NOW, ()) == []

    @pytest.mark.parametrize(
        "line",
        [
            "{",
            "[]",
            "null",
            "{}",
            "[" * 10_000,
            '{"schema": "shipway/watch-report/v1", "trigger": "x"}',
            '{"schema": "shipway/watch-report/v1", "trigger": "sla", "verdict": "FAILED", "at": "2026-11-04T12:00"}',
        ],
    )
    def test_one_that_cannot_be_read_holds_the_line(self, tmp_path: Path, line: str) -> None:
        (tmp_path / "x.jsonl").write_text(line + "\n")
        found = Reports(tmp_path / "x.jsonl").since(NOW, (NEW.id,))
        assert [one.verdict for one in found] == [Verdict.UNDECIDED]
        assert "x.jsonl:1" in found[0].reason


@pytest.mark.parametrize(("risk", "acts"), [("low", False), ("medium", True), ("high", True)])
def test_who_acts_follows_from_the_risk_unless_the_bundle_says_so(risk: str, acts: bool) -> None:
    assert Judging().watcher_acts(risk) is acts  # type: ignore[arg-type]
    assert Judging(watcher="act").watcher_acts("low")
    assert not Judging(watcher="propose").watcher_acts("high")
