"""One interval against one margin: PASSED, UNDECIDED or FAILED, and why, in words and numbers.

Differences are in the direction that is good: a loss is negative, whichever way the metric points.

    loses surely less than the margin       PASSED      low > -margin
    loses surely more than the margin       FAILED      high < -margin
    neither, or too few keys                UNDECIDED

How many are enough follows from what is declared: a candidate that loses nothing would pass, and one that loses
`minimum_effect` would fail, both with the declared power. With fewer only a candidate passes that is surely better.
Below the bundle's `minimum_sample` nothing passes at all, and only what surely loses more than the whole
`minimum_effect` fails: nobody waits for a hundred keys while each one is wrong.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

from shipway.judge.distributions import normal_quantile
from shipway.judge.evidence import Arms
from shipway.judge.means import NothingVaries, TooLarge, paired_means, unpaired_means
from shipway.judge.shares import Interval, paired_shares, unpaired_shares
from shipway.judge.terms import JudgingTerms, MetricTerms
from shipway.verdict import Verdict

__all__ = ["FEWEST", "Comparison", "Finding", "Method", "Numbers", "decide"]

FEWEST = 10
"""Below so many keys in an arm no formula here holds, and nothing is said at all."""

_FEWEST_OF_A_SLICE = 30

Method = Literal["Tango", "Farrington-Manning", "paired t", "Welch t"]


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a finding rests on. `low`, `difference` and `high` are in the good direction: a loss is negative."""

    method: Method
    keys: int
    live_keys: int
    mean: float
    live_mean: float
    low: float
    difference: float
    high: float
    margin: float
    minimum_effect: float
    alpha: float
    needed: int
    """How many of the candidate's keys it takes, at this spread."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What the judge says of one metric, or of one slice of it."""

    metric: str
    part: str | None
    """The slice; None for all keys."""

    verdict: Verdict
    reason: str
    numbers: Numbers | None = None
    critical: bool = True

    @property
    def counts_as(self) -> Verdict:
        """What it does to the whole: a failure that is not critical holds the release, a person decides."""
        return self.verdict if self.critical else min(self.verdict, Verdict.UNDECIDED)

    def as_json(self) -> dict[str, object]:
        """The same for a machine."""
        return {
            "metric": self.metric,
            "slice": self.part,
            "verdict": str(self.verdict),
            "critical": self.critical,
            "reason": self.reason,
            "numbers": asdict(self.numbers) if self.numbers else None,
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is compared, and how strictly."""

    name: str
    metric: MetricTerms
    part: str | None
    paired: bool
    alpha: float
    judging: JudgingTerms

    @property
    def margin(self) -> float:
        """Of a slice, the loss that must be found: it is smaller than the whole, so it can show less."""
        return self.metric.margin if self.part is None else self.metric.minimum_effect

    @property
    def fewest(self) -> int:
        """Keys below which nothing passes, whatever the spread."""
        return self.judging.minimum_sample if self.part is None else _FEWEST_OF_A_SLICE

    def needed(self, interval: Interval, keys: int) -> int:
        """How many of the candidate's keys give both wrong answers their declared rarity, at this spread."""
        certain = normal_quantile(1 - self.alpha)
        # The interval's own half, not the standard error: where events are rare it is wider, and tells the truth.
        parts = [(interval.estimate - interval.low) / self.margin]
        if self.part is None:
            parts.append((interval.high - interval.estimate) / (self.metric.minimum_effect - self.metric.margin))
        wider = max(parts) * (1 + normal_quantile(self.judging.power) / certain)
        return max(self.fewest, math.ceil(keys * wider**2))

    def finding(self, verdict: Verdict, reason: str, numbers: Numbers | None = None) -> Finding:
        """What is said of it."""
        return Finding(self.name, self.part, verdict, reason, numbers, self.metric.critical)


def decide(comparison: Comparison, arms: Arms) -> Finding:
    """What both arms say of this metric, or this slice."""
    arms = arms.paired() if comparison.paired else arms
    candidate, live = arms.candidate.means(comparison.part), arms.live.means(comparison.part)
    if comparison.paired:
        # A key that the two releases put into different slices is a flaw already, and in none of them.
        live = {key: live[key] for key in candidate if key in live}
        candidate = {key: candidate[key] for key in live}
    few = _too_few(candidate, live)
    if few:
        return comparison.finding(Verdict.UNDECIDED, _flawed(few, arms))
    try:
        method, interval = _interval(comparison, candidate, live)
    except NothingVaries:
        return comparison.finding(
            Verdict.UNDECIDED, _flawed("has one value for all keys of both releases: that measures nothing", arms)
        )
    except TooLarge:
        return comparison.finding(Verdict.UNDECIDED, _flawed("has values too large to average", arms))
    return _found(comparison, arms, _numbers(comparison, method, interval, candidate, live))


def _too_few(candidate: Mapping[str, float], live: Mapping[str, float]) -> str:
    if not candidate and not live:
        return "has no value of either release for the same keys"
    for name, arm in (("the candidate", candidate), ("the live release", live)):
        if len(arm) < FEWEST:
            return f"has {len(arm)} keys of {name}; nothing can be said below {FEWEST}"
    return ""


def _interval(
    comparison: Comparison, candidate: Mapping[str, float], live: Mapping[str, float]
) -> tuple[Method, Interval]:
    sign = 1.0 if comparison.metric.direction == "higher" else -1.0
    # A key that was scored on several days has a mean of them: no longer 0 or 1, and no longer a binary metric.
    whole = all(value in (0, 1) for arm in (candidate, live) for value in arm.values())
    if comparison.metric.type == "binary" and whole:
        return _of_shares(comparison, candidate, live)
    new, old = [sign * value for value in candidate.values()], [sign * value for value in live.values()]
    if comparison.paired:
        return "paired t", paired_means(new, old, comparison.alpha)
    return "Welch t", unpaired_means(new, old, comparison.alpha)


def _of_shares(
    comparison: Comparison, candidate: Mapping[str, float], live: Mapping[str, float]
) -> tuple[Method, Interval]:
    good = 1 if comparison.metric.direction == "higher" else 0
    if comparison.paired:
        pairs = [(candidate[key] == good, live[key] == good) for key in candidate]
        losses, gains = pairs.count((False, True)), pairs.count((True, False))
        return "Tango", paired_shares(losses, gains, len(pairs), comparison.alpha)
    new = sum(value == good for value in candidate.values())
    old = sum(value == good for value in live.values())
    return "Farrington-Manning", unpaired_shares(new, len(candidate), old, len(live), comparison.alpha)


def _numbers(
    comparison: Comparison,
    method: Method,
    interval: Interval,
    candidate: Mapping[str, float],
    live: Mapping[str, float],
) -> Numbers:
    return Numbers(
        method=method,
        keys=len(candidate),
        live_keys=len(live),
        mean=math.fsum(candidate.values()) / len(candidate),
        live_mean=math.fsum(live.values()) / len(live),
        low=interval.low,
        difference=interval.estimate,
        high=interval.high,
        margin=comparison.margin,
        minimum_effect=comparison.metric.minimum_effect,
        alpha=comparison.alpha,
        needed=comparison.needed(interval, len(candidate)),
    )


def _found(comparison: Comparison, arms: Arms, numbers: Numbers) -> Finding:
    tiny = min(numbers.keys, numbers.live_keys) < comparison.fewest
    if numbers.high < -(numbers.minimum_effect if tiny else numbers.margin):
        return comparison.finding(Verdict.FAILED, _loss(numbers), numbers)
    if tiny or (numbers.keys < numbers.needed and numbers.low < 0):
        reason = f"{_loss(numbers)}; has {numbers.keys:,} of the {numbers.needed:,} keys that it takes"
        return comparison.finding(Verdict.UNDECIDED, _flawed(reason, arms), numbers)
    if numbers.low <= -numbers.margin:
        return comparison.finding(Verdict.UNDECIDED, _flawed(f"{_loss(numbers)}: too close to tell", arms), numbers)
    if arms.flaws:
        return comparison.finding(Verdict.UNDECIDED, _flawed(_loss(numbers), arms), numbers)
    return comparison.finding(Verdict.PASSED, _loss(numbers), numbers)


def _loss(numbers: Numbers) -> str:
    tolerated = f"tolerated {numbers.margin:.4g}"
    if numbers.low >= 0:
        return f"is better, by {numbers.low:.4g} at least"
    if numbers.high < 0:
        return f"loses between {-numbers.high:.4g} and {-numbers.low:.4g}, {tolerated}"
    return f"loses {-numbers.low:.4g} at most, {tolerated}"


def _flawed(reason: str, arms: Arms) -> str:
    return "; ".join([reason, *arms.flaws])
