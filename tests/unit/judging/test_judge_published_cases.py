"""False passes of other canary judges, as their users published them: here none passes.

Each series is judged as published, and again with twenty times as many keys of the same values: what is too little to
decide must not pass, and what is enough must fail.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import Literal

import pytest

from shipway.judge.judge import Case, judge
from shipway.judge.judgement import Judgement
from shipway.judge.measures import Observation
from shipway.models.judging import Judging, Looks, Metric
from shipway.verdict import Verdict

NAN = math.nan
DAY = date(2026, 11, 2)
Direction = Literal["higher", "lower"]


def judged(
    candidate: Sequence[float],
    live: Sequence[float],
    *,
    times: int = 1,
    direction: Direction = "lower",
    phase: Literal["shadow", "canary"] = "canary",
    margin: float = 0.1,
) -> Judgement:
    """Each point of a series is one key; in a canary no key is in both arms."""
    metric = Metric(direction=direction, type="continuous", margin=margin, minimum_effect=2 * margin)
    arms = {"rcandidate": list(candidate) * times, "rlive": list(live) * times}
    observations = tuple(
        Observation(f"{release if phase == 'canary' else ''}{number}", DAY, release, "blue", "errors", value)
        for release, values in arms.items()
        for number, value in enumerate(values)
    )
    percent = 50 if phase == "canary" else None
    judging = Judging(metrics={"errors": metric}, looks=Looks(hours=(24,)))
    return judge(Case("prod/x", judging, phase, "rcandidate", "rlive", observations, 24.0, percent=percent))


CASES = {
    # A service that fails seldom now fails in half of the points; ranks ignore what most points do not show.
    "kayenta 426, sparse data": ([0.0, 1.0, 2.0, 1.0, 0.0, 0.0], [0.0] * 6),
    # Seven of ten points a hundred times worse.
    "spinnaker 6278, seven of ten": ([100.0] * 7 + [1.0] * 3, [1.0] * 10),
    # No error before, errors now.
    "kayenta 799, errors where there were none": ([1.0, 4.0, 2.0, 3.0, 1.0], [0.0] * 5),
}


@pytest.mark.parametrize("phase", ["shadow", "canary"])
@pytest.mark.parametrize("name", CASES)
def test_it_does_not_pass_as_published(name: str, phase: Literal["shadow", "canary"]) -> None:
    candidate, live = CASES[name]
    assert judged(candidate, live, phase=phase).verdict is not Verdict.PASSED


@pytest.mark.parametrize("phase", ["shadow", "canary"])
@pytest.mark.parametrize("name", CASES)
def test_it_fails_with_twenty_times_the_keys(name: str, phase: Literal["shadow", "canary"]) -> None:
    candidate, live = CASES[name]
    assert judged(candidate, live, times=20, phase=phase).verdict is Verdict.FAILED


@pytest.mark.parametrize("name", CASES)
def test_the_same_series_the_other_way_round_is_an_improvement(name: str) -> None:
    candidate, live = CASES[name]
    assert judged(live, candidate, times=40).verdict is Verdict.PASSED


# kayenta 780, case 1: the live release swings between two levels, the candidate has left the upper one.
VARIABILITY = (
    [10.0, 10.1, 10.2, 10.3, 10.4, 10.5, 10.6, 17.0, 17.1, 17.2, 17.3, 17.4, 17.5, 17.6, 17.7],
    [1.0, 100.0, 4.0, 101.0, 5.0, 102.0, 6.0, 103.0, 7.0, 104.0, 8.0, 105.0, 9.0, 106.0, 17.0],
)


@pytest.mark.parametrize("direction", ["higher", "lower"])
def test_kayenta_780_another_spread_does_not_pass_as_published(direction: Direction) -> None:
    assert judged(*VARIABILITY, direction=direction, margin=1.0).verdict is not Verdict.PASSED


def test_kayenta_780_another_spread_fails_with_twenty_times_the_keys_where_lower_is_bad() -> None:
    assert judged(*VARIABILITY, times=20, direction="higher", margin=1.0).verdict is Verdict.FAILED


ERRORS = [1.0, NAN, NAN, NAN, NAN, 2.0, NAN, NAN, NAN, NAN] * 20


@pytest.mark.parametrize("phase", ["shadow", "canary"])
def test_kayenta_799_a_live_release_without_data_is_nothing_to_compare_with(
    phase: Literal["shadow", "canary"],
) -> None:
    judgement = judged(ERRORS, [], phase=phase)
    assert judgement.verdict is Verdict.UNDECIDED
    assert "no finite numbers" in str(judgement)


# The same report under other numbers: kayenta 377, spinnaker 5622 (all of one side is NaN).
@pytest.mark.parametrize("live", [[NAN] * 200, [0.0] * 200])
@pytest.mark.parametrize("phase", ["shadow", "canary"])
def test_spinnaker_5622_gaps_are_not_replaced_by_zeros(live: list[float], phase: Literal["shadow", "canary"]) -> None:
    gaps = [NAN, 0.048, NAN, 0.18, 0.089, NAN, 0.098, 0.035, NAN, NAN] * 20
    assert judged(gaps, live, phase=phase, margin=1.0).verdict is Verdict.UNDECIDED


def test_kayenta_420_rare_events_are_not_removed_as_outliers() -> None:
    judgement = judged([1.0] * 3 + [0.0] * 118, [0.0] * 121, margin=0.02)
    (finding,) = judgement.findings
    assert finding.numbers is not None
    assert finding.numbers.mean == pytest.approx(3 / 121)
    assert judgement.verdict is not Verdict.PASSED


@pytest.mark.parametrize("candidate", [[], [5.0] * 9])
@pytest.mark.parametrize("live", [[], [5.0] * 9])
def test_an_empty_or_tiny_series_passes_nowhere(candidate: list[float], live: list[float]) -> None:
    assert judged(candidate, live).verdict is Verdict.UNDECIDED
    assert judged(candidate, live, phase="shadow").verdict is Verdict.UNDECIDED


@pytest.mark.parametrize("phase", ["shadow", "canary"])
def test_a_metric_that_never_varies_measures_nothing(phase: Literal["shadow", "canary"]) -> None:
    assert judged([1.0] * 500, [1.0] * 500, phase=phase).verdict is Verdict.UNDECIDED


def test_one_metric_without_data_is_not_outvoted_by_others() -> None:
    metric = Metric(direction="higher", type="binary", margin=0.05, minimum_effect=0.2)
    judging = Judging(metrics={"good": metric, "silent": metric}, looks=Looks(hours=(24,)))
    rows = tuple(
        Observation(str(key), DAY, release, "blue", "good", float(key % 10 > 0))
        for release in ("rcandidate", "rlive")
        for key in range(1000)
    )
    judgement = judge(Case("prod/x", judging, "shadow", "rcandidate", "rlive", rows, 24.0))
    assert [finding.verdict for finding in judgement.findings] == [Verdict.PASSED, Verdict.UNDECIDED]
    assert judgement.verdict is Verdict.UNDECIDED
