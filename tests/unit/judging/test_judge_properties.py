"""What holds for any data: swapped arms, better data, the order of rows, missing data."""

from __future__ import annotations

import math
import random
from datetime import date, timedelta
from typing import Literal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shipway.judge.judge import Case, judge
from shipway.judge.judgement import Judgement
from shipway.judge.looks import Progress, TakenLook, due, following, standing
from shipway.judge.means import NothingVaries, paired_means, unpaired_means
from shipway.judge.measures import Observation
from shipway.judge.shares import paired_shares, unpaired_shares
from shipway.models.judging import Judging, Looks, Metric
from shipway.verdict import Verdict, overall

COUNT = st.integers(0, 200)
ALPHA = st.sampled_from([0.1, 0.05, 0.025, 0.001])
VALUE = st.floats(-1e9, 1e9, allow_nan=False)
ARM = st.lists(VALUE, min_size=2, max_size=40)
NEAR = 1e-7


@given(COUNT, COUNT, COUNT, ALPHA)
def test_paired_shares_swap_with_their_arms_and_hold_their_estimate(
    losses: int, gains: int, same: int, alpha: float
) -> None:
    pairs = losses + gains + same
    assume(pairs)
    one, other = (paired_shares(*counts, pairs, alpha) for counts in ((losses, gains), (gains, losses)))
    assert (one.low, one.high) == (-other.high, -other.low)
    assert -1 <= one.low <= one.estimate + NEAR
    assert one.estimate - NEAR <= one.high <= 1


@given(COUNT, COUNT, COUNT, COUNT, ALPHA)
def test_unpaired_shares_swap_with_their_arms_and_hold_their_estimate(
    good: int, bad: int, live_good: int, live_bad: int, alpha: float
) -> None:
    assume(good + bad and live_good + live_bad)
    first, second = (good, good + bad), (live_good, live_good + live_bad)
    one, other = unpaired_shares(*first, *second, alpha), unpaired_shares(*second, *first, alpha)
    assert (one.low, one.high) == (-other.high, -other.low)
    assert -1 <= one.low <= one.estimate + NEAR
    assert one.estimate - NEAR <= one.high <= 1


@given(ARM, ARM, ALPHA)
def test_means_swap_with_their_arms(candidate: list[float], live: list[float], alpha: float) -> None:
    try:
        one, other = unpaired_means(candidate, live, alpha), unpaired_means(live, candidate, alpha)
    except NothingVaries:
        return
    assert one.low == pytest.approx(-other.high, rel=1e-9)
    assert one.high == pytest.approx(-other.low, rel=1e-9)


@given(st.integers(1, 200), COUNT, COUNT, ALPHA)
def test_one_loss_less_never_looks_worse_in_pairs(losses: int, gains: int, same: int, alpha: float) -> None:
    pairs = losses + gains + same
    worse, better = paired_shares(losses, gains, pairs, alpha), paired_shares(losses - 1, gains, pairs, alpha)
    assert better.low >= worse.low - NEAR
    assert better.high >= worse.high - NEAR


@given(COUNT, st.integers(1, 200), COUNT, st.integers(1, 200), ALPHA)
def test_one_good_key_more_never_looks_worse(good: int, bad: int, live_good: int, live_bad: int, alpha: float) -> None:
    live = live_good, live_good + live_bad
    worse, better = (unpaired_shares(good + more, good + bad, *live, alpha) for more in (0, 1))
    assert better.low >= worse.low - NEAR
    assert better.high >= worse.high - NEAR


WHOLE = st.integers(-1000, 1000).map(float)


@given(
    st.lists(st.tuples(WHOLE, WHOLE), min_size=12, max_size=40, unique_by=lambda pair: pair[0] - pair[1]), WHOLE, ALPHA
)
def test_a_gain_of_every_key_moves_the_bounds_by_as_much(
    pairs: list[tuple[float, float]], gain: float, alpha: float
) -> None:
    candidate, live = map(list, zip(*pairs, strict=True))
    one = paired_means(candidate, live, alpha)
    other = paired_means([new + gain for new in candidate], live, alpha)
    assert other.low == pytest.approx(one.low + gain, abs=1e-6)
    assert other.high == pytest.approx(one.high + gain, abs=1e-6)


DAY = date(2026, 11, 2)
JUDGING = Judging(
    metrics={
        "good": Metric(direction="higher", type="binary", margin=0.3, minimum_effect=0.7, slices=("a", "b")),
        "error": Metric(direction="lower", type="continuous", margin=1.0, minimum_effect=3.0),
    },
    looks=Looks(hours=(1,)),
    minimum_sample=10,
)
Phase = Literal["shadow", "canary"]


@st.composite
def rows(draw: st.DrawFn, *, whole: bool) -> list[Observation]:
    """Small cases that can pass: a few dozen keys over one or two days."""
    chance = random.Random(draw(st.integers(0, 10_000)))  # noqa: S311  drawn by hypothesis
    keys, days = draw(st.integers(60, 120)), draw(st.integers(1, 2))
    lost = draw(st.sampled_from([0.0, 0.0, 0.1, 0.8]))
    made = [
        Observation(f"C{key}", DAY + timedelta(day), release, "blue", metric, value, "ab"[key % 2])
        for key in range(keys)
        for day in range(days)
        for release, loss in (("rnew", lost), ("rold", 0.0))
        for metric, value in (("good", float(chance.random() > 0.05 + loss)), ("error", chance.random() + 4 * loss))
    ]
    return made if whole else [row for row in made if chance.random() > 0.1]


def judged(observations: list[Observation], phase: Phase) -> Judgement:
    percent = 50 if phase == "canary" else None
    case = Case("prod/x", JUDGING, phase, "rnew", "rold", tuple(observations), 1.0, percent=percent)
    return judge(case if phase == "shadow" else cohorts(case))


def cohorts(case: Case) -> Case:
    # Slices go by the last digit too: every third key, so that both slices are in both arms.
    def in_cohort(key: str) -> bool:
        return int(key[1:]) % 3 != 0

    return Case(**{**{name: getattr(case, name) for name in Case.__slots__}, "in_cohort": in_cohort})


@given(rows(whole=False), st.sampled_from(["shadow", "canary"]), st.randoms())
def test_the_order_of_the_rows_says_nothing(
    observations: list[Observation], phase: Phase, chance: random.Random
) -> None:
    shuffled = list(observations)
    chance.shuffle(shuffled)
    assert judged(shuffled, phase) == judged(observations, phase)


def gap(row: Observation, kind: str) -> list[Observation]:
    match kind:
        case "twice":
            return [row, row]
        case "twice, and differing":
            return [row, Observation(row.key, row.as_of, row.release, "green", row.metric, 1.0, row.slice)]
        case _:
            value = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf, "null": None}[kind]
            return [Observation(row.key, row.as_of, row.release, row.slot, row.metric, value, row.slice)]


KINDS = ["twice", "twice, and differing", "nan", "inf", "-inf", "null"]


@given(rows(whole=True), st.sampled_from(["shadow", "canary"]), st.sampled_from(KINDS), st.integers(0, 10**6))
def test_no_case_with_a_flaw_passes(observations: list[Observation], phase: Phase, kind: str, at: int) -> None:
    if phase == "canary":
        observations = [row for row in observations if (int(row.key[1:]) % 3 != 0) == (row.release == "rnew")]
    at %= len(observations)
    flawed = [*observations[:at], *gap(observations[at], kind), *observations[at + 1 :]]
    assert judged(flawed, phase).verdict is not Verdict.PASSED


@given(rows(whole=True), st.sampled_from(["shadow", "canary"]), st.sampled_from(["good", "error"]))
def test_no_case_passes_without_one_of_its_metrics_or_releases(
    observations: list[Observation], phase: Phase, metric: str
) -> None:
    assert judged([row for row in observations if row.metric != metric], phase).verdict is not Verdict.PASSED
    for release in ("rnew", "rold"):
        left = [row for row in observations if (row.metric, row.release) != (metric, release)]
        assert judged(left, phase).verdict is not Verdict.PASSED


@given(rows(whole=False))
def test_no_shadow_passes_where_a_tenth_of_the_rows_is_missing(observations: list[Observation]) -> None:
    assert judged(observations, "shadow").verdict is not Verdict.PASSED


def test_whole_cases_do_pass_or_the_properties_above_say_nothing() -> None:
    passed = [judged(example, "shadow").verdict for example in (rows_once(seed) for seed in range(20))]
    assert passed.count(Verdict.PASSED) >= 15


def rows_once(seed: int) -> list[Observation]:
    chance = random.Random(seed)  # noqa: S311  the same every time
    return [
        Observation(f"C{key}", DAY, release, "blue", metric, value, "ab"[key % 2])
        for key in range(100)
        for release in ("rnew", "rold")
        for metric, value in (("good", float(chance.random() > 0.05)), ("error", chance.random()))
    ]


TAKEN = st.lists(st.builds(TakenLook, st.integers(1, 5), st.sampled_from(Verdict)), max_size=5)


@given(TAKEN, st.sampled_from(Verdict))
def test_a_failure_stays_and_nothing_is_no_pass(taken: list[TakenLook], verdict: Verdict) -> None:
    assert standing([]) is Verdict.UNDECIDED
    assert standing([*taken, TakenLook(6, verdict)]) is (
        Verdict.FAILED if Verdict.FAILED in [look.verdict for look in taken] else verdict
    )


@given(st.floats(0, 100), st.lists(st.integers(1, 100), min_size=1, max_size=5, unique=True).map(sorted))
def test_each_look_is_taken_once_and_in_order(hours: float, at: list[int]) -> None:
    looks = Looks(hours=tuple(at))
    look = due(looks, Progress(hours, 0, 0), ())
    assert (look is None) == (hours < at[0])
    if look:
        taken = [TakenLook(look.number, Verdict.PASSED)]
        assert due(looks, Progress(hours, 0, 0), taken) is None
        later = following(looks, Progress(hours, 0, 0), taken)
        assert later is None or (later.number == look.number + 1 and later.at > hours)


@given(st.lists(st.sampled_from(Verdict)))
def test_the_worst_wins_and_none_is_undecided(verdicts: list[Verdict]) -> None:
    assert overall(verdicts) is (max(verdicts) if verdicts else Verdict.UNDECIDED)
