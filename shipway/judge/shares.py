"""Intervals for the difference of two shares, candidate minus live: what binary metrics are judged by.

Both are score intervals: the values that a test does not exclude, with the variance as it would be if that value were
true. So they hold where the usual approximation does not: with no event at all, and near 0 and 1.

- The same keys, scored by both: Tango 1998, Statistics in Medicine 17:891. At a difference of 0 it is McNemar's test.
- Different keys: Farrington and Manning 1990, Statistics in Medicine 9:1447. At 0 it is Pearson's chi-squared test.

Each is computed as published and again corrected for skewness (Gart and Nam 1990, Biometrics 46:637; Laud 2017,
Pharmaceutical Statistics 16:334), and of each bound the less favourable one counts. One of both alone is too bold
somewhere. With 5 keys of a hundred in one arm and rare events, all outcomes enumerated: the uncorrected test fails a
candidate at the margin up to twice as often as it may, and the corrected one passes it up to 1.6 times as often.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from shipway.judge.distributions import bisected, normal_quantile

__all__ = ["Interval", "paired_shares", "unpaired_shares"]


@dataclass(frozen=True, slots=True)
class Interval:
    """A difference, candidate minus live, and its bounds: each is wrong with probability alpha at most."""

    low: float
    estimate: float
    high: float


@dataclass(frozen=True, slots=True)
class _Score:
    """How far an observed difference is from a supposed one, in standard deviations, and how skewed that measure is."""

    z: float
    skew: float

    @property
    def least(self) -> float:
        """The smaller of the plain and the corrected score: Z of z = Z + skew * (Z**2 - 1)."""
        if abs(self.skew) < 1e-12:
            return self.z
        root = 1 + 4 * self.skew * (self.skew + self.z)
        # Beyond the vertex the expansion says nothing: its end, which excludes nothing, stands for it.
        return min(self.z, (math.sqrt(max(root, 0.0)) - 1) / (2 * self.skew))


def paired_shares(losses: int, gains: int, pairs: int, alpha: float) -> Interval:
    """Of `pairs` keys that both scored, `losses` are good with the live release alone, `gains` with the candidate."""
    difference = (gains - losses) / pairs
    return Interval(
        low=_lower(difference, lambda at: _paired(losses, gains, pairs, at), alpha),
        estimate=difference,
        # The candidate's gain is the live release's loss: the upper bound is the lower one with the arms swapped.
        high=-_lower(-difference, lambda at: _paired(gains, losses, pairs, at), alpha),
    )


def unpaired_shares(good: int, keys: int, live_good: int, live_keys: int, alpha: float) -> Interval:
    """`good` of the candidate's `keys`, and of the live release's."""
    share, live = good / keys, live_good / live_keys
    return Interval(
        low=_lower(share - live, lambda at: _unpaired(good, keys, live_good, live_keys, at), alpha),
        estimate=share - live,
        high=-_lower(live - share, lambda at: _unpaired(live_good, live_keys, good, keys, at), alpha),
    )


def _lower(difference: float, score: Callable[[float], _Score], alpha: float) -> float:
    """The smallest difference that is not excluded."""
    critical = normal_quantile(1 - alpha)
    plain = bisected(lambda at: critical - score(at).z, -1.0, difference)
    # The corrected score rises near its bound, not far from it: go outwards from the plain bound until it excludes.
    inner, step = plain, max(difference - plain, 1e-9) / 8
    while (outer := max(inner - step, -1.0)) < inner:
        if score(outer).least > critical:
            return bisected(lambda at: critical - score(at).least, outer, inner)
        inner, step = outer, step * 1.5
    return -1.0


def _paired(losses: int, gains: int, pairs: int, at: float) -> _Score:
    """The score of the supposed difference `at`; the likeliest share of losses solves a quadratic (Tango, (7))."""
    linear = losses + gains - at * (2 * pairs + losses - gains)
    root = math.sqrt(max(linear**2 + 8 * pairs * losses * at * (1 - at), 0.0))
    share = min(max((linear + root) / (4 * pairs), 0.0, -at), (1 - at) / 2)
    differing = 2 * share + at
    return _score(
        (gains - losses) / pairs - at,
        (differing - at**2) / pairs,
        (at - 3 * at * differing + 2 * at**3) / pairs**2,
    )


def _unpaired(good: int, keys: int, live_good: int, live_keys: int, at: float) -> _Score:
    """The score of the supposed difference `at`; the likeliest shares solve a cubic (their appendix)."""
    share, live = good / keys, live_good / live_keys
    candidate = _likeliest(share, live, live_keys / keys, at)
    other = candidate - at
    first, second = candidate * (1 - candidate), other * (1 - other)
    return _score(
        share - live - at,
        first / keys + second / live_keys,
        first * (1 - 2 * candidate) / keys**2 - second * (1 - 2 * other) / live_keys**2,
    )


def _likeliest(share: float, live: float, ratio: float, at: float) -> float:
    """The candidate's likeliest share if it differs by `at` from the live one; `ratio`: live keys to its own."""
    a = 1 + ratio
    b = -(1 + ratio + share + ratio * live + at * (ratio + 2))
    c = at**2 + at * (2 * share + ratio + 1) + share + ratio * live
    d = -share * at * (1 + at)
    v = (b / (3 * a)) ** 3 - b * c / (6 * a**2) + d / (2 * a)
    u = math.copysign(math.sqrt(max((b / (3 * a)) ** 2 - c / (3 * a), 0.0)), v)
    angle = math.acos(min(max(v / u**3, -1.0), 1.0)) if u else 0.0
    found = 2 * u * math.cos((math.pi + angle) / 3) - b / (3 * a)
    return min(max(found, 0.0, at), 1.0, 1 + at)


def _score(difference: float, variance: float, third: float) -> _Score:
    # Where the supposed shares are exactly 0 or 1, any difference is impossible and none is certain.
    if variance < 1e-18:
        return _Score(math.copysign(math.inf, difference) if abs(difference) > 1e-9 else 0.0, 0.0)
    return _Score(difference / math.sqrt(variance), third / (6 * variance**1.5))
