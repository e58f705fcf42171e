"""Intervals for the difference of two means, candidate minus live: what continuous metrics are judged by.

Means, not ranks: a rank test does not see a few keys that became a thousand times worse, and that is how published
false passes came about (docs/judge.md lists them).

- The same keys, scored by both: Student's t on the differences of each key.
- Different keys: Welch's t, with Satterthwaite's degrees of freedom (Welch 1947, Biometrika 34:28).

Each is computed plainly and again corrected for skewness (Hall 1992, Journal of the Royal Statistical Society B 54:221;
for two arms Zhou and Dinh 2005, Biostatistics 6:187), and of each bound the less favourable one counts.

Where nearly all values are one value, both say more than they know: what is rare has not been seen yet. Then a bound
also allows for as many unseen keys as are possible (Clopper and Pearson), each as far off as any value that was seen.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from shipway.judge.distributions import binomial_lower, student_quantile
from shipway.judge.shares import Interval

__all__ = ["NothingVaries", "TooLarge", "paired_means", "unpaired_means"]

# Ten events are where the normal approximation of a rare event begins to hold.
_RARE = 10


class NothingVaries(Exception):
    """Every value of both arms is the same: the metric measures nothing."""


class TooLarge(Exception):
    """Values whose squares are no numbers any more."""


@dataclass(frozen=True, slots=True)
class _Moments:
    """Of one arm: `keys`, mean, variance and third central moment of its values."""

    keys: int
    mean: float
    variance: float
    third: float


def paired_means(candidate: Sequence[float], live: Sequence[float], alpha: float) -> Interval:
    """Both arms' values in the same order of keys, two at least; raises NothingVaries, TooLarge."""
    differences = [new - old for new, old in zip(candidate, live, strict=True)]
    moments = _moments(differences)
    unseen = _unseen([differences], _spread([*candidate, *live]), alpha)
    return _interval(moments, _Moments(1, 0.0, 0.0, 0.0), moments.keys - 1.0, unseen, alpha)


def unpaired_means(candidate: Sequence[float], live: Sequence[float], alpha: float) -> Interval:
    """Both arms' values, two of each at least; raises NothingVaries, TooLarge."""
    new, old = _moments(candidate), _moments(live)
    unseen = _unseen([candidate, live], _spread([*candidate, *live]), alpha)
    return _interval(new, old, _degrees(new, old), unseen, alpha)


def _interval(new: _Moments, old: _Moments, degrees: float, unseen: float, alpha: float) -> Interval:
    difference = new.mean - old.mean
    error = math.sqrt(new.variance / new.keys + old.variance / old.keys)
    third = new.third / new.keys**2 - old.third / old.keys**2
    # One by one: the cube of a small error is zero.
    skew = third / error / error / error if error else 0.0
    quantile = student_quantile(1 - alpha, degrees)
    below = max(error * max(quantile, _skewed(quantile, skew)), unseen)
    above = max(error * max(quantile, _skewed(quantile, -skew)), unseen)
    if not math.isfinite(below + above + difference):
        raise TooLarge
    return Interval(difference - below, difference, difference + above)


def _skewed(quantile: float, skew: float) -> float:
    """The inverse of Hall's cubic transformation: the quantile of a mean whose values are skewed."""
    if abs(skew) < 1e-6:
        return quantile
    return 3 / skew * (math.cbrt(1 + skew * (quantile - skew / 6)) - 1)


def _moments(values: Sequence[float]) -> _Moments:
    count = len(values)
    try:
        mean = math.fsum(values) / count
        squares = math.fsum((value - mean) ** 2 for value in values)
        third = math.fsum((value - mean) ** 3 for value in values) / count
    except (OverflowError, ValueError) as error:
        raise TooLarge from error
    return _Moments(count, mean, squares / (count - 1), third)


def _degrees(new: _Moments, old: _Moments) -> float:
    first, second = new.variance / new.keys, old.variance / old.keys
    if first + second == 0:
        return float(min(new.keys, old.keys) - 1)
    # Divided first: squares of small variances are zero.
    share = first / (first + second)
    return 1 / (share**2 / (new.keys - 1) + (1 - share) ** 2 / (old.keys - 1))


def _unseen(arms: Sequence[Sequence[float]], spread: float, alpha: float) -> float:
    """How far the means may be off by what is too rare to have been seen."""
    counts = Counter(value for arm in arms for value in arm)
    # Of several that are as common the largest: the order of the rows must not matter.
    usual = max(counts, key=lambda value: (counts[value], value))
    shares = [0.0]
    for arm in arms:
        others = sum(value != usual for value in arm)
        if others < _RARE:
            shares.append(1 - binomial_lower(len(arm) - others, len(arm), alpha))
    return max(shares) * spread


def _spread(values: Sequence[float]) -> float:
    spread = max(values) - min(values)
    if spread == 0:
        raise NothingVaries
    return spread
