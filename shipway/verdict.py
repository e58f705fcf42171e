"""The three answers of every check before a change: PASSED, UNDECIDED, FAILED. Silence is UNDECIDED."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

__all__ = ["Verdict", "overall"]


class Verdict(IntEnum):
    """Ordered from good to bad, so that the worst of several is their maximum."""

    PASSED = 0
    UNDECIDED = 1
    FAILED = 2

    def __str__(self) -> str:
        return self.name


def overall(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of them; UNDECIDED for none: no evidence is no permission."""
    return max(verdicts, default=Verdict.UNDECIDED)
