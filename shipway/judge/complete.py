"""Whether the candidate did the work at all: what it did not score cannot speak against it.

A candidate that dies on every hard key and scores the easy ones well would pass every comparison of scores. So the
keys are counted first. In a shadow both releases have the same keys; in a canary the candidate has those of its cohort
that the live release also scored, and about as many as its percentage says (a sample ratio that is off by luck once in
a thousand times: Fabijan et al. 2019, KDD).
"""

from __future__ import annotations

from collections.abc import Callable, Set
from datetime import date

from shipway.judge.decide import Finding
from shipway.judge.distributions import binomial_lower, binomial_tail
from shipway.judge.evidence import Cell
from shipway.verdict import Verdict

__all__ = ["compared", "complete", "share_is_right"]

_LUCK = 0.001


def compared(metric: str, candidate: Set[Cell], live: Set[Cell], wanted: float) -> Finding | None:
    """What is wrong with what the candidate is compared with; None if nothing is. `wanted` is the least share."""
    for name, own, other in (("the live release", live, candidate), ("the candidate", candidate, live)):
        if not own and other:
            return Finding(metric, None, Verdict.UNDECIDED, f"has {len(other):,} values, none of them of {name}")
    work = candidate | live
    if len(work - live) > (1 - wanted) * len(work):
        reason = f"the live release scored {len(live):,} of {len(work):,}: there is too little to compare with"
        return Finding(metric, None, Verdict.UNDECIDED, reason)
    return None


def complete(metric: str, candidate: Set[Cell], live: Set[Cell], wanted: float, alpha: float) -> Finding | None:
    """What the candidate left undone of what the live release did; None if nothing. `wanted` is the least share."""
    missing = live - candidate
    # Nothing at all is silence: perhaps nobody wrote it down. Some and not all is work that was not done.
    if not candidate or len(missing) <= (1 - wanted) * len(live):
        return None
    reason = f"the candidate scored {len(live - missing):,} of {len(live):,}, at least {wanted:.1%} are wanted"
    if _surely(missing, live, 1 - wanted, alpha):
        return Finding(metric, None, Verdict.FAILED, reason)
    return Finding(metric, None, Verdict.UNDECIDED, f"{reason}; perhaps its last run is not over")


def _surely(missing: Set[Cell], live: Set[Cell], allowed: float, alpha: float) -> bool:
    """Whether more is missing than is allowed, the newest day left out: a run may be under way."""
    newest: date = max(day for _, day in live)
    before = sum(day < newest for _, day in live)
    gone = sum(day < newest for _, day in missing)
    return before > 0 and binomial_lower(gone, before, alpha) > allowed


def share_is_right(
    metric: str, candidate: Set[str], live: Set[str], percent: int, in_cohort: Callable[[str], bool] | None
) -> Finding | None:
    """What is wrong with a canary's share of the keys; None if nothing is."""
    if in_cohort is None and candidate & live:
        reason = f"{len(candidate & live):,} keys were scored by both releases, and nothing says which one they got"
        return Finding(metric, None, Verdict.UNDECIDED, reason)
    keys = candidate | live
    # P(X <= k) = 1 - P(X >= k + 1)
    if 1 - binomial_tail(len(candidate) + 1, len(keys), percent / 100) >= _LUCK:
        return None
    reason = f"the candidate has {len(candidate):,} of {len(keys):,} keys, and {percent} % are meant for it"
    return Finding(metric, None, Verdict.UNDECIDED, reason)
