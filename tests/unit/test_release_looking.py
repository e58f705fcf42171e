"""A look of the judge at a line: which runs and rows are this phase's, and that each planned look is taken once."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from shipway.errors import ShipwayError
from shipway.judge.judgement import Judgement
from shipway.judge.measures import FakeMeasures, Observation
from shipway.ledger.entry import Entry
from shipway.ledger.fold import Recorded
from shipway.models.judging import Judging, Looks, Metric
from shipway.models.names import Slot
from shipway.models.release import Phase, Release, ReleaseManifest, Slots
from shipway.pointer.cohorts import in_cohort
from shipway.pointer.pointer import salt_of
from shipway.release.looking import Looked, entry_of, look_at
from shipway.run.past import PastRun, past_runs, runs_since
from shipway.verdict import Verdict

KEY = ("test", "letters")
BEGAN = datetime(2026, 11, 3, 10, tzinfo=UTC)
METRIC = Metric(direction="higher", type="binary", margin=0.03, minimum_effect=0.06)
JUDGING = Judging(metrics={"right": METRIC}, looks=Looks(runs=(1, 2)), minimum_sample=20)
OLD, NEW = (Release(version=f"1.{n}.0", wheel_sha256=f"{n:064x}", model_version=n) for n in (1, 2))


def manifest(phase: Phase = Phase.SHADOW, percent: int | None = None) -> ReleaseManifest:
    back = None if phase is Phase.AT_REST else OLD.id
    return ReleaseManifest(
        phase=phase, active=Slot.BLUE, percent=percent, rollback_to=back, slots=Slots(blue=OLD, green=NEW)
    )


def run(day: int, *, hour: int = 12, of: tuple[str, ...] = (OLD.id, NEW.id)) -> PastRun:
    return PastRun(date(2026, 11, day), datetime(2026, 11, day, hour, tzinfo=UTC), True, frozenset(of))


def rows(day: int, right: float = 1.0, keys: int = 600) -> list[Observation]:
    return [
        Observation(f"k{n}", date(2026, 11, day), one.id, slot, "right", float(one is OLD or n < right * keys))
        for n in range(keys)
        for one, slot in ((OLD, "blue"), (NEW, "green"))
    ]


def looked(*runs: PastRun, at: ReleaseManifest | None = None, entries: tuple[Entry, ...] = ()) -> Looked:
    recorded = Recorded(phase_since=BEGAN.isoformat())
    return Looked(KEY, at or manifest(), recorded, entries, JUDGING, runs, BEGAN + timedelta(days=3))


def measured(*some: list[Observation]) -> FakeMeasures:
    found = FakeMeasures()
    for one in some:
        found.write("test/letters", one)
    return found


def kept(found: Judgement, at: datetime) -> Entry:
    return replace(entry_of(KEY, found, "somebody", "0" * 64), at=at.isoformat(), seq=1, hash="f" * 64)


def test_a_candidate_that_is_as_good_passes_the_look_that_is_due() -> None:
    found = look_at(looked(run(4)), measured(rows(4)))
    assert (found.verdict, found.look and found.look.number) == (Verdict.PASSED, 1)


def test_a_worse_one_fails_and_the_entry_says_why() -> None:
    found = look_at(looked(run(4)), measured(rows(4, right=0.8)))
    assert found.verdict is Verdict.FAILED
    entry = entry_of(KEY, found, "somebody", "0" * 64)
    assert entry.details["verdict"] == "FAILED"
    assert entry.details["said"]


def test_a_look_is_taken_once_and_a_failure_stays() -> None:
    first = look_at(looked(run(4)), measured(rows(4, right=0.8)))
    entries = (kept(first, BEGAN + timedelta(days=1)),)
    again = look_at(looked(run(4), entries=entries), measured(rows(4)))
    assert (again.look, again.verdict) == (None, Verdict.FAILED)
    second = look_at(looked(run(4), run(5), entries=entries), measured(rows(4), rows(5)))
    assert (second.look and second.look.number, second.verdict) == (2, Verdict.FAILED)


def test_looks_of_an_earlier_phase_or_of_another_release_do_not_count() -> None:
    found = look_at(looked(run(4)), measured(rows(4)))
    before = kept(found, BEGAN - timedelta(hours=1))
    other = replace(kept(found, BEGAN + timedelta(hours=1)), release="r000000000000")
    assert look_at(looked(run(4), entries=(before, other)), measured(rows(4))).look is not None


def test_without_a_run_in_this_phase_nothing_is_decided_whatever_was_measured_before() -> None:
    found = look_at(looked(run(2), run(3, hour=9)), measured(rows(2), rows(3)))
    assert (found.verdict, found.look, found.progress.runs) == (Verdict.UNDECIDED, None, 0)


def test_a_run_in_which_the_candidate_did_nothing_is_none() -> None:
    assert look_at(looked(run(4, of=(OLD.id,))), measured(rows(4))).verdict is Verdict.UNDECIDED


def test_in_a_canary_each_release_is_judged_on_its_own_keys() -> None:
    salt = salt_of("letters", NEW.id)
    # Wrong for every key that the candidate does not have: nobody got those answers.
    day = [
        replace(row, value=0.0) if row.release == NEW.id and not in_cohort(salt, row.key, 50) else row
        for row in rows(4, keys=1500)
    ]
    found = look_at(looked(run(4), at=manifest(Phase.CANARY, 50)), measured(day))
    assert (found.verdict, found.paired, found.percent) == (Verdict.PASSED, False, 50)


@pytest.mark.parametrize("phase", [Phase.AT_REST, Phase.ADMITTED])
def test_where_one_release_runs_alone_there_is_nothing_to_compare(phase: Phase) -> None:
    with pytest.raises(ShipwayError, match="only one release runs there"):
        look_at(looked(run(4), at=manifest(phase)), measured(rows(4)))


def test_without_a_record_of_when_the_phase_began_nothing_is_judged() -> None:
    with pytest.raises(ShipwayError, match="does not say since when"):
        look_at(replace(looked(run(4)), recorded=Recorded()), measured(rows(4)))


def test_a_judgement_without_a_look_is_not_written_down() -> None:
    found = look_at(looked(), measured())
    with pytest.raises(ValueError, match="without a look"):
        entry_of(KEY, found, "somebody", "0" * 64)


class TestPastRuns:
    def write(self, folder: Path, number: int, **changed: object) -> None:
        said: dict[str, object] = {
            "environment": "test",
            "use_case": "letters",
            "as_of": "2026-11-04",
            "started": f"2026-11-04T1{number}:00:00.000+00:00",
            "result": "SUCCESS",
            "slots": {
                "blue": {"release": OLD.id, "result": "SUCCESS"},
                "green": {"release": NEW.id, "result": "FAILED"},
            },
        }
        (folder / str(number)).mkdir()
        (folder / str(number) / "run.json").write_text(json.dumps({**said, **changed}))

    def test_they_are_read_in_their_order_and_torn_or_foreign_ones_are_left_out(self, tmp_path: Path) -> None:
        self.write(tmp_path, 2)
        self.write(tmp_path, 1)
        self.write(tmp_path, 3, use_case="other")
        self.write(tmp_path, 4, as_of="soon")
        (tmp_path / "5").mkdir()
        (tmp_path / "5" / "run.json").write_text('{"environment": "te')
        found = past_runs(tmp_path, *KEY)
        assert [one.started.hour for one in found] == [11, 12]
        assert found[0].releases == {OLD.id}

    def test_since_then_and_of_these_releases(self) -> None:
        both = [run(4), run(5, of=(OLD.id,))]
        assert runs_since(both, BEGAN, OLD.id, NEW.id) == both[:1]
        assert runs_since(both, datetime(2026, 11, 5, tzinfo=UTC), OLD.id) == both[1:]
