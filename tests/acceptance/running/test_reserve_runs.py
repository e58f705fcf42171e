"""The use case claims-reserve on the laptop, really: both slots, shadow, canary, and what each version is there for."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from shipway.judge.judge import Case, judge
from shipway.judge.judgement import Judgement
from shipway.models.load import Documents, load
from shipway.pointer.cohorts import in_cohort
from shipway.run.measures import SandboxMeasures, measures_table, view_name
from shipway.run.walk import Result
from shipway.runtime.models import folder
from shipway.verdict import Verdict

if TYPE_CHECKING:
    from tests.acceptance.running.conftest import Line

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
LINE = "test/claims-reserve"
DAYS = [f"2026-11-{day:02d}" for day in range(1, 10)]


def release(version: int) -> str:
    return f"r{version:012x}"


@pytest.fixture(scope="session")
def documents() -> Documents:
    return load(ROOT)


def judged(
    line: Line, documents: Documents, live: int, candidate: int, since: str, percent: int | None = None
) -> Judgement:
    """The judge's answer, by what the bundle declares and what the runs measured."""
    measures = SandboxMeasures(line.home.folder, documents)
    ids = [release(candidate), release(live)]
    cohort: Callable[[str], bool] | None = None
    if percent is not None:
        salt, share = f"claims-reserve/{ids[0]}", percent

        def cohort(key: str) -> bool:
            return in_cohort(salt, key, share)

    return judge(
        Case(
            line=LINE,
            judging=documents.bundles["claims-reserve"].model.release,
            phase="canary" if percent else "shadow",
            candidate=ids[0],
            live=ids[1],
            observations=tuple(measures.observations(LINE, ids, date.fromisoformat(since))),
            hours=48,
            percent=percent,
            in_cohort=cohort,
        )
    )


def a_day(line: Line, day: str) -> None:
    """Both slots run, then the claims desk reads the view."""
    made = line.run(day)
    assert made.result is Result.SUCCESS, [line.log(f"run-{slot}-score") for slot in line.slots]
    assert line.call("handlers", day).result is Result.SUCCESS, line.log("handlers")


def test_names_are_those_that_the_bundle_writes_to(documents: Documents) -> None:
    assert measures_table(documents, "test", "claims-reserve") == "claims_test.reserve.claims_reserve_measures"
    assert view_name(documents, "test", "claims-reserve") == "claims_test.reserve.reserve_current"


@pytest.mark.parametrize(
    ("live", "candidate", "verdict", "because"),
    [
        (1, 2, Verdict.PASSED, ()),
        # What was planted in it is in one line of business.
        (2, 3, Verdict.FAILED, ("error", "liability")),
        # Its error is even smaller: a shadow cannot see what is wrong with it.
        (2, 4, Verdict.PASSED, ()),
    ],
)
def test_what_a_shadow_shows(
    line: Line, documents: Documents, live: int, candidate: int, verdict: Verdict, because: tuple[str, ...]
) -> None:
    line.slots = {"blue": live, "green": candidate}
    shown = line.show(live)
    for day in DAYS[:2]:
        a_day(line, day)
    found = judged(line, documents, live, candidate, DAYS[0])
    assert found.verdict is verdict, found
    failed = {(one.metric, one.part) for one in found.findings if one.verdict is Verdict.FAILED}
    assert failed == ({("error", None), because} if because else set()), found
    # Nobody but the measures has seen the candidate.
    assert {row["release"] for row in line.seen(shown).values()} == {release(live)}


@pytest.mark.parametrize(
    ("live", "candidate", "verdict"),
    [(1, 2, Verdict.PASSED), (2, 4, Verdict.FAILED)],
)
def test_what_only_a_canary_shows(
    line: Line, documents: Documents, live: int, candidate: int, verdict: Verdict
) -> None:
    line.slots = {"blue": live, "green": candidate}
    before = line.seen(line.show(live))
    shown = line.show(live, candidate, 5)
    for day in DAYS[:2]:
        a_day(line, day)
    found = judged(line, documents, live, candidate, DAYS[0], 5)
    assert found.verdict is verdict, found
    assert {one.metric for one in found.findings if one.verdict is Verdict.FAILED} == (
        {"corrected"} if verdict is Verdict.FAILED else set()
    )
    canary = line.seen(shown)
    of_candidate = {key for key, row in canary.items() if row["release"] == release(candidate)}
    assert of_candidate == {key for key in canary if in_cohort(f"claims-reserve/{release(candidate)}", key, 5)}
    # A rollback shows again what was published before, also of the days of the canary.
    assert before == {}
    back = line.seen(line.show(live))
    assert {row["release"] for row in back.values()} == {release(live)}
    assert back.keys() == canary.keys()
    assert all(back[key] == row for key, row in canary.items() if key not in of_candidate)


def test_a_slot_that_is_off_does_not_run_and_a_repeated_run_changes_nothing(line: Line) -> None:
    shown = line.show(1)
    made = line.run(DAYS[0], green="off")
    assert {task.key: task.result for task in made.tasks}["run-green"] is Result.EXCLUDED
    assert made.result is Result.SUCCESS
    seen = line.seen(shown)
    assert len(seen) == 6020
    assert line.run(DAYS[0], green="off").result is Result.SUCCESS
    assert "0 reserves" in line.log("run-blue-score")
    assert line.seen(shown) == seen


def test_a_model_version_that_nobody_registered_fails_the_slot_and_leaves_the_other_alone(line: Line) -> None:
    line.slots = {"blue": 1, "green": 9}
    made = line.run(DAYS[0])
    assert made.result is Result.FAILED
    slots = {run.slot: run.result for run in made.runs() if run.slot}
    assert slots == {"blue": Result.SUCCESS, "green": Result.FAILED}
    assert "no version 9 of claims_test.reserve.claims_reserve: train it first" in line.log("run-green-score.2")
    assert len(line.seen(line.show(1))) == 6020


def test_a_day_without_claims_fails_rather_than_publish_nothing(line: Line) -> None:
    made = line.run("2026-10-01", green="off")
    assert made.result is Result.FAILED
    assert "no claim is open on 2026-10-01" in line.log("run-blue-score")


def test_training_again_registers_nothing_new_and_a_version_is_a_whole_model(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert line.call("train").result is Result.SUCCESS
    said = [text.split(":")[0] for text in line.log("train").splitlines() if text.startswith("version")]
    assert said == [f"version {number}" for number in (1, 2, 3, 4)]
    monkeypatch.setenv("SHIPWAY_SANDBOX", str(line.home.folder))
    model = json.loads((folder("claims_test.reserve.claims_reserve", 2) / "MLmodel").read_bytes())
    assert model["flavors"]["python_function"]["loader_module"] == "claims_reserve.model"
    # Unity Catalog takes no model without both.
    assert model["signature"].keys() == {"inputs", "outputs"}
