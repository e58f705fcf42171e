"""The judge as a whole: what it says of whole cases, when it looks, what it will not be fooled by, how it explains."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest

from shipway.judge.judge import Case, judge
from shipway.judge.judgement import Judgement
from shipway.judge.looks import TakenLook
from shipway.judge.measures import FakeMeasures, Observation
from shipway.models.judging import Judging, Looks, Metric
from shipway.verdict import Verdict

PASSED, UNDECIDED, FAILED = Verdict.PASSED, Verdict.UNDECIDED, Verdict.FAILED
GOOD = Metric(direction="higher", type="binary", margin=0.02, minimum_effect=0.06, slices=("motor", "property"))
ERROR = Metric(direction="lower", type="continuous", margin=0.5, minimum_effect=1.5)
JUDGING = Judging(metrics={"good": GOOD, "error": ERROR}, looks=Looks(runs=(2, 4)))
FIRST = date(2026, 11, 2)


def in_cohort(key: str) -> bool:
    return key.endswith(("0", "1"))


@cache
def observations(days: int = 4, keys: int = 600, lost: float = 0.0, off: float = 0.0) -> tuple[Observation, ...]:
    """Both releases on the same keys; the candidate gets `lost` more of them wrong, and its errors are `off` larger."""
    chance = random.Random(7)  # noqa: S311  the same every time
    rows = []
    for day in range(days):
        for number in range(keys):
            key, hard, noise = f"C{day}-{number}", chance.random(), chance.random()
            part = "motor" if chance.random() < 0.5 else "property"
            for release, loss, more in (("rnew", lost, off), ("rold", 0.0, 0.0)):
                values = {"good": float(hard + 0.02 * noise > 0.1 + loss), "error": 8 + 4 * hard + noise + more}
                rows += [
                    Observation(key, FIRST + timedelta(day), release, "blue", metric, value, part)
                    for metric, value in values.items()
                ]
    return tuple(rows)


def shadow(rows: Iterable[Observation], judging: Judging = JUDGING, taken: tuple[TakenLook, ...] = ()) -> Judgement:
    return judge(Case("prod/claims-triage", judging, "shadow", "rnew", "rold", tuple(rows), 96.0, taken))


def canary(rows: Iterable[Observation], percent: int = 20) -> Judgement:
    case = Case("prod/x", JUDGING, "canary", "rnew", "rold", tuple(rows), 96.0, percent=percent, in_cohort=in_cohort)
    return judge(case)


def verdicts(judgement: Judgement) -> dict[str, Verdict]:
    return {f"{one.metric}/{one.part or ''}": one.verdict for one in judgement.findings}


def changed(change: Callable[[Observation], Observation | None], rows: Iterable[Observation]) -> list[Observation]:
    return [new for row in rows if (new := change(row)) is not None]


def test_an_equal_candidate_passes_in_a_shadow_and_in_a_canary() -> None:
    assert shadow(observations()).verdict is PASSED
    assert canary(observations(keys=3000)).verdict is PASSED


def test_a_worse_candidate_fails_in_both() -> None:
    assert verdicts(shadow(observations(lost=0.08)))["good/"] is FAILED
    assert verdicts(canary(observations(lost=0.08, keys=2000)))["good/"] is FAILED
    assert verdicts(shadow(observations(off=2.0)))["error/"] is FAILED
    assert shadow(observations(off=2.0)).verdict is FAILED


def test_a_loss_that_is_tolerated_passes_and_one_near_the_margin_waits() -> None:
    assert shadow(observations(off=0.1)).verdict is PASSED
    assert verdicts(shadow(observations(keys=500, lost=0.02)))["good/"] is UNDECIDED


def test_too_few_keys_hold() -> None:
    judgement = shadow(observations(keys=20))
    assert judgement.verdict is UNDECIDED
    assert "keys that it takes" in str(judgement)


def test_only_one_slice_that_fails_fails_the_release() -> None:
    def worse(row: Observation) -> Observation:
        bad = (
            row.release == "rnew"
            and row.metric == "good"
            and row.slice == "motor"
            and int(row.key.split("-")[1]) % 9 == 0
        )
        return replace(row, value=0.0) if bad else row

    # The other half is better, so that the whole hides it.
    def better(row: Observation) -> Observation:
        return replace(row, value=1.0) if row.release == "rnew" and row.slice == "property" else row

    rows = [better(worse(row)) if row.metric == "good" else row for row in observations(keys=2000)]
    found = verdicts(shadow(rows))
    assert (found["good/"], found["good/motor"], found["good/property"]) == (PASSED, FAILED, PASSED)
    assert shadow(rows).verdict is FAILED


def test_a_slice_without_keys_holds() -> None:
    rows = [replace(row, slice="motor") for row in observations()]
    assert verdicts(shadow(rows))["good/property"] is UNDECIDED
    assert shadow(rows).verdict is UNDECIDED


def test_a_failure_that_is_not_critical_holds() -> None:
    judging = Judging(metrics={"error": replace_critical(ERROR)}, looks=Looks(runs=(2, 4)))
    judgement = shadow(observations(off=2.0), judging)
    assert verdicts(judgement)["error/"] is FAILED
    assert judgement.verdict is UNDECIDED
    assert "not critical" in str(judgement)


def replace_critical(metric: Metric) -> Metric:
    return metric.model_copy(update={"critical": False})


def test_what_is_measured_in_a_canary_only_is_not_asked_for_in_a_shadow() -> None:
    judging = Judging(metrics={"error": ERROR.model_copy(update={"phases": ("canary",)})})
    judgement = shadow(observations(), judging)
    assert judgement.verdict is UNDECIDED
    assert judgement.note == "the bundle declares no metric that is judged in a shadow: nothing can pass"


def of_new(row: Observation, value: float | None) -> Observation:
    return replace(row, value=value) if row.release == "rnew" and row.key == "C0-10" else row


FLAWS: dict[str, tuple[Callable[[Observation], Observation | None], str]] = {
    "NaN": (lambda row: of_new(row, math.nan), "no finite numbers"),
    "infinite": (lambda row: of_new(row, math.inf), "no finite numbers"),
    "null": (lambda row: of_new(row, None), "no finite numbers"),
    "neither 0 nor 1": (lambda row: of_new(row, 0.5) if row.metric == "good" else row, "neither 0 nor 1"),
    "too large": (lambda row: of_new(row, 1e300) if row.metric == "error" else row, "too large to average"),
    "another slice": (lambda row: replace(row, slice="motor") if of_new(row, 9) != row else row, "in one slice"),
}


@pytest.mark.parametrize("name", FLAWS)
@pytest.mark.parametrize("look", [shadow, canary])
def test_one_flaw_is_enough_not_to_pass(name: str, look: Callable[[Iterable[Observation]], Judgement]) -> None:
    change, said = FLAWS[name]
    judgement = look(changed(change, observations(keys=2000)))
    if name == "another slice" and look is canary:
        return  # Keys are in one arm each: nothing to differ from.
    assert judgement.verdict is UNDECIDED
    assert said in str(judgement)
    assert "C0-10" not in str(judgement) + json.dumps(judgement.as_json()), "a key may be a person's"


@pytest.mark.parametrize("release", ["rnew", "rold"])
def test_a_row_that_is_there_twice_is_not_picked_from(release: str) -> None:
    rows = observations()
    twice = [row for row in rows if row.release == release and row.key == "C0-10"]
    judgement = shadow([*rows, *twice])
    assert judgement.verdict is UNDECIDED
    assert "there twice" in str(judgement)
    assert {one.numbers.keys for one in judgement.findings if one.numbers and not one.part} == {4 * 600 - 1}


def test_flaws_do_not_save_a_bad_candidate() -> None:
    rows = changed(lambda row: of_new(row, math.nan), observations(lost=0.08))
    assert shadow(rows).verdict is FAILED


@pytest.mark.parametrize("release", ["rnew", "rold"])
@pytest.mark.parametrize("look", [shadow, canary])
def test_one_side_alone_does_not_pass(look: Callable[[Iterable[Observation]], Judgement], release: str) -> None:
    judgement = look(row for row in observations(keys=2000) if row.release == release)
    assert judgement.verdict is UNDECIDED


def test_nothing_at_all_does_not_pass() -> None:
    judging = JUDGING.model_copy(update={"looks": Looks(hours=(24,))})
    assert shadow([], judging).verdict is UNDECIDED
    assert shadow(observations(), Judging()).verdict is UNDECIDED


def dies_on_hard_keys(row: Observation) -> Observation | None:
    """The candidate scores only what it gets right."""
    hard = row.release == "rnew" and row.metric == "good" and row.value == 0
    return None if hard else row


def test_a_candidate_that_leaves_out_the_hard_keys_fails_for_what_it_left_out() -> None:
    judgement = shadow(changed(dies_on_hard_keys, observations(keys=2000)))
    assert judgement.verdict is FAILED
    assert "the candidate scored" in str(judgement)
    assert canary(changed(dies_on_hard_keys, observations(keys=2000))).verdict is FAILED


def test_a_run_that_is_not_over_holds_and_does_not_fail() -> None:
    def unfinished(row: Observation) -> Observation | None:
        late = row.release == "rnew" and row.as_of == FIRST + timedelta(1) and int(row.key.split("-")[1]) > 300
        return None if late else row

    judgement = shadow(changed(unfinished, observations(days=2)))
    assert judgement.verdict is UNDECIDED
    assert "not over" in str(judgement)


def test_a_live_release_that_scored_little_is_nothing_to_compare_with() -> None:
    def idle(row: Observation) -> Observation | None:
        return None if row.release == "rold" and row.key.endswith("5") else row

    assert "too little to compare with" in str(shadow(changed(idle, observations())))


def test_a_canary_with_fewer_keys_than_its_share_holds() -> None:
    judgement = canary(observations(keys=2000), percent=40)
    assert judgement.verdict is UNDECIDED
    assert "40 % are meant for it" in str(judgement)


def test_a_key_that_both_scored_counts_for_whom_it_got_it_from() -> None:
    case = Case("prod/x", JUDGING, "canary", "rnew", "rold", tuple(observations()), 96.0, percent=20)
    assert "nothing says which one they got" in str(judge(case))


def test_a_key_counts_once_however_often_it_was_scored() -> None:
    rows = observations(days=1, keys=30)
    daily = [replace(row, as_of=FIRST + timedelta(day)) for day in range(40) for row in rows]
    judgement = shadow(daily, JUDGING.model_copy(update={"looks": Looks(runs=(40,))}))
    assert {one.numbers.keys for one in judgement.findings if one.numbers and one.part is None} == {30}
    assert judgement.verdict is UNDECIDED


def test_it_looks_when_it_said_and_not_in_between() -> None:
    rows = observations()
    first = shadow(row for row in rows if row.as_of < FIRST + timedelta(2))
    assert first.look and first.look.number == 1
    between = shadow((row for row in rows if row.as_of < FIRST + timedelta(3)), taken=first.taken)
    assert (between.look, between.verdict, between.findings) == (None, PASSED, ())
    assert between.next_look and between.next_look.number == 2
    last = shadow(rows, taken=between.taken)
    assert last.look and last.look.number == 2
    assert last.next_look is None


def test_a_look_after_runs_sees_the_same_whenever_it_is_taken() -> None:
    rows = observations(days=3)
    assert shadow(rows).findings == shadow(row for row in rows if row.as_of < FIRST + timedelta(2)).findings


def test_a_later_failure_takes_back_an_earlier_pass_and_stays() -> None:
    passed = TakenLook(1, PASSED)
    revoked = shadow(observations(lost=0.08), taken=(passed,))
    assert revoked.verdict is FAILED
    assert shadow(observations(), taken=(TakenLook(1, FAILED),)).verdict is FAILED


def test_the_error_is_shared_by_the_looks_and_by_the_slices() -> None:
    alphas = {one.part: one.numbers.alpha for one in shadow(observations()).findings if one.numbers}
    assert alphas == {None: pytest.approx(0.025), "motor": pytest.approx(0.0125), "property": pytest.approx(0.0125)}


def test_the_text_and_the_json_say_the_same_and_stay_on_their_lines() -> None:
    judging = Judging(metrics={"good": GOOD.model_copy(update={"slices": ("a\nPASSED b\x1b[2J",)})})
    judgement = shadow(observations(), judging)
    assert "\x1b" not in str(judgement)
    assert not any(line.startswith("PASSED") for line in str(judgement).splitlines())
    said = json.loads(json.dumps(judgement.as_json(), allow_nan=False))
    assert said["verdict"] == str(judgement.verdict)
    assert Judgement.taken_from(said) == judgement.taken
    assert [one["verdict"] for one in said["findings"]] == [str(one.verdict) for one in judgement.findings]


def test_a_metric_that_nobody_declared_is_said_on_its_line() -> None:
    rows = [replace(row, metric="x\nPASSED: " + "y" * 100) for row in observations()]
    assert not any(line.startswith("PASSED") for line in str(shadow(rows)).splitlines())
    assert "observed, and not declared" in shadow(rows).note


def test_a_release_is_not_judged_against_itself_and_a_canary_has_a_percentage() -> None:
    with pytest.raises(ValueError, match="itself"):
        Case("prod/x", JUDGING, "shadow", "rnew", "rnew", (), 1.0)
    with pytest.raises(ValueError, match="percentage"):
        Case("prod/x", JUDGING, "canary", "rnew", "rold", (), 1.0)


def test_the_fake_hands_over_what_was_written_and_knows_what_it_was_asked() -> None:
    fake = FakeMeasures()
    fake.write("prod/x", observations(days=2, keys=1))
    assert len(list(fake.observations("prod/x", ["rnew"], FIRST + timedelta(1)))) == 2
    fake.assert_asked("prod/x", ["rnew"], FIRST + timedelta(1))
    with pytest.raises(AssertionError):
        fake.assert_asked("prod/y", ["rnew"], FIRST)


def test_the_page_shows_what_the_judge_says() -> None:
    page = (Path(__file__).parents[3] / "docs" / "judge.md").read_text()
    assert str(shadow(observations(keys=1000, lost=0.02, off=0.1))) in page
