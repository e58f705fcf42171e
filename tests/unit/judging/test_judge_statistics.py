"""The judge's formulas against scipy: its own distributions, and its optimizers where the formula is a closed form."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import optimize, stats

from shipway.judge.distributions import binomial_lower, binomial_tail, student_quantile
from shipway.judge.means import NothingVaries, TooLarge, paired_means, unpaired_means
from shipway.judge.shares import Interval, paired_shares, unpaired_shares

ALPHA = st.sampled_from([0.05, 0.025, 0.0125, 0.001])
VALUE = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 3))


@given(st.floats(0.5, 0.9999), st.floats(0.5, 1e6))
def test_students_quantile_is_scipys(probability: float, degrees: float) -> None:
    wanted = stats.t.ppf(probability, degrees)
    assert student_quantile(probability, degrees) == pytest.approx(wanted, rel=1e-7, abs=1e-7)


@given(st.integers(0, 500), st.integers(1, 500), st.floats(0, 1))
def test_a_binomial_tail_is_scipys(successes: int, trials: int, probability: float) -> None:
    wanted = stats.binom.sf(successes - 1, trials, probability)
    assert binomial_tail(successes, trials, probability) == pytest.approx(wanted, abs=1e-9)


@given(st.integers(0, 500), st.integers(0, 500), ALPHA)
def test_an_exact_bound_of_a_share_is_scipys(good: int, bad: int, alpha: float) -> None:
    assume(good + bad)
    test = stats.binomtest(good, good + bad, alternative="greater")
    assert binomial_lower(good, good + bad, alpha) == pytest.approx(test.proportion_ci(1 - alpha).low, abs=1e-9)


Score = Callable[[float], tuple[float, float, float]]
"""A supposed difference to the observed one's distance from it, its variance and its third central moment."""


def numeric_lower(score: Score, difference: float, alpha: float) -> float:
    """The lower bound by scipy's optimizers: the score as published, and corrected for skewness, the smaller counts."""
    critical = stats.norm.ppf(1 - alpha)

    def plain(at: float) -> float:
        distance, variance, _ = score(at)
        return float(distance / math.sqrt(variance) - critical)

    def corrected(at: float) -> float:
        distance, variance, third = score(at)
        expanded = critical + third / variance**1.5 / 6 * (critical**2 - 1)
        return float(distance / math.sqrt(variance) - expanded)

    bounds = []
    for function in (plain, corrected):
        # From the estimate outwards, until it is excluded.
        inner, step = difference - 1e-7, 0.002
        while function(inner - step) < 0 and inner - step > -0.999:
            inner -= step
        bounds.append(optimize.brentq(function, max(inner - step, -0.999), difference - 1e-7))
    return float(min(bounds))


def likeliest(loss: Callable[[float], float], low: float, high: float) -> float:
    found = optimize.minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 1e-12})
    return float(found.x)


def trinomial(losses: int, gains: int, pairs: int) -> Score:
    def score(at: float) -> tuple[float, float, float]:
        def loss(share: float) -> float:
            logs = (losses, share), (gains, share + at), (pairs - losses - gains, 1 - 2 * share - at)
            return -sum(count * math.log(max(part, 1e-300)) for count, part in logs if count)

        share = likeliest(loss, max(0.0, -at), (1 - at) / 2)
        values = (-1, share), (1, share + at), (0, 1 - 2 * share - at)
        second, third = (sum(part * (value - at) ** power for value, part in values) for power in (2, 3))
        return (gains - losses) / pairs - at, second / pairs, third / pairs**2

    return score


def binomials(good: int, keys: int, live_good: int, live_keys: int) -> Score:
    def score(at: float) -> tuple[float, float, float]:
        def loss(share: float) -> float:
            logs = (
                (good, share),
                (keys - good, 1 - share),
                (live_good, share - at),
                (live_keys - live_good, 1 - share + at),
            )
            return -sum(count * math.log(max(part, 1e-300)) for count, part in logs if count)

        share = likeliest(loss, max(0.0, at), min(1.0, 1 + at))
        arms = ((share, keys), (share - at, live_keys))
        second = sum(part * (1 - part) / count for part, count in arms)
        (new, old) = (part * (1 - part) * (1 - 2 * part) / count**2 for part, count in arms)
        return good / keys - live_good / live_keys - at, second, new - old

    return score


@given(st.integers(4, 60), st.integers(4, 60), st.integers(30, 400), ALPHA)
def test_paired_shares_are_tangos_interval(losses: int, gains: int, same: int, alpha: float) -> None:
    pairs = losses + gains + same
    interval = paired_shares(losses, gains, pairs, alpha)
    wanted = numeric_lower(trinomial(losses, gains, pairs), (gains - losses) / pairs, alpha)
    assert interval.low == pytest.approx(wanted, abs=2e-5)


@given(st.integers(5, 95), st.integers(5, 95), st.sampled_from([1, 3, 19]), ALPHA)
def test_unpaired_shares_are_farringtons_and_mannings_interval(good: int, live: int, ratio: int, alpha: float) -> None:
    interval = unpaired_shares(good, 100, live * ratio, 100 * ratio, alpha)
    wanted = numeric_lower(binomials(good, 100, live * ratio, 100 * ratio), (good - live) / 100, alpha)
    assert interval.low == pytest.approx(wanted, abs=2e-5)


@given(st.integers(0, 40), st.integers(0, 40), ALPHA)
def test_at_no_difference_paired_shares_are_mcnemars_test(losses: int, gains: int, alpha: float) -> None:
    assume(losses + gains >= 10)
    z = (gains - losses) / math.sqrt(losses + gains)
    excluded = paired_shares(losses, gains, 500, alpha).low > 0
    # Under no difference gains and losses are as likely: nothing is skewed, so the correction changes nothing.
    assert excluded == (stats.norm.sf(z) < alpha)


@given(st.integers(10, 90), st.integers(10, 90), ALPHA)
def test_at_no_difference_unpaired_shares_are_the_chi_squared_test(good: int, live: int, alpha: float) -> None:
    test = stats.chi2_contingency([[good, 100 - good], [live, 100 - live]], correction=False)
    excluded = unpaired_shares(good, 100, live, 100, alpha).low > 0
    assert excluded == (good > live and test.pvalue / 2 < alpha)


@pytest.mark.parametrize("pairs", [20, 100, 3000])
def test_without_any_difference_the_bound_is_what_tango_gives(pairs: int) -> None:
    square = stats.norm.ppf(0.975) ** 2
    assert paired_shares(0, 0, pairs, 0.025).low == pytest.approx(-square / (pairs + square), abs=1e-9)


def as_scipy(interval: Interval, wanted: tuple[float, float]) -> None:
    """One bound is plain Student, the other is moved outwards by the correction for skewness."""
    low, high = wanted
    slack = 1e-6 * (abs(low) + abs(high) + 1)
    assert interval.low <= low + slack
    assert interval.high >= high - slack
    assert interval.low == pytest.approx(low, abs=slack) or interval.high == pytest.approx(high, abs=slack)


@given(st.lists(st.tuples(VALUE, VALUE), min_size=12, max_size=60, unique=True), ALPHA)
def test_paired_means_are_students_interval(pairs: list[tuple[float, float]], alpha: float) -> None:
    candidate, live = map(list, zip(*pairs, strict=True))
    assume(len({round(new - old, 3) for new, old in pairs}) >= 12)
    as_scipy(paired_means(candidate, live, alpha), stats.ttest_rel(candidate, live).confidence_interval(1 - 2 * alpha))


ARM = st.lists(VALUE, min_size=12, max_size=60, unique=True)


@given(ARM, ARM, ALPHA)
def test_unpaired_means_are_welchs_interval(candidate: list[float], live: list[float], alpha: float) -> None:
    test = stats.ttest_ind(candidate, live, equal_var=False)
    as_scipy(unpaired_means(candidate, live, alpha), test.confidence_interval(1 - 2 * alpha))


@given(ARM, ARM)
def test_the_correction_for_skewness_is_halls_transformation(candidate: list[float], live: list[float]) -> None:
    interval = unpaired_means(candidate, live, 0.025)
    low, high = stats.ttest_ind(candidate, live, equal_var=False).confidence_interval(0.95)
    new, old = (stats.moment(arm, 3) / len(arm) ** 2 for arm in (candidate, live))
    error = math.sqrt(sum(stats.tvar(arm) / len(arm) for arm in (candidate, live)))
    skew = (new - old) / error**3
    plain = (high - low) / 2 / error
    moved = (interval.estimate - interval.low) / error
    skew = skew if moved > plain * (1 + 1e-9) else -skew
    moved = max(moved, (interval.high - interval.estimate) / error)
    assume(moved > plain * (1 + 1e-6))
    transformed = moved + skew / 3 * moved**2 + skew**2 / 27 * moved**3 + skew / 6
    assert transformed == pytest.approx(plain, rel=1e-6)


def test_what_never_varies_and_what_is_too_large_is_said() -> None:
    with pytest.raises(NothingVaries):
        paired_means([1.0] * 20, [1.0] * 20, 0.05)
    for huge in (1e308, 1.7e308, 1e200):
        with pytest.raises(TooLarge):
            unpaired_means([huge, -huge] * 20, [1.0, 2.0] * 20, 0.05)


def test_tiny_values_are_averaged_too() -> None:
    interval = unpaired_means([1e-150, 2e-150] * 20, [1e-150, 3e-150] * 20, 0.05)
    assert interval.low < interval.estimate < interval.high


def test_equal_differences_do_not_make_an_interval_of_no_width() -> None:
    live = [float(value % 7) for value in range(100)]
    interval = paired_means(live, live, 0.05)
    unseen = stats.binomtest(0, 100, alternative="less").proportion_ci(0.95).high
    assert interval.low == pytest.approx(-6 * unseen)
