"""Waivers: a rule that somebody answers for not keeping, until a day that is written down.

A waiver stands in the document it is about, so that it is reviewed with it. It never silences: what it covers stays
in the scan's report, counted apart; past its last day it covers nothing and is a finding itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field

from shipway.errors import Position
from shipway.models.document import Document

__all__ = ["PlacedWaiver", "Waiver"]

ConstructPath = Annotated[str, Field(pattern=r"^[^/\s]+(/[^/\s]+)*$", max_length=500)]


def _day(value: object) -> object:
    # pydantic would read a number as seconds since 1970, and 20270131 as a day of that year: a waiver long expired.
    if type(value) is date:
        return value
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise ValueError("a day such as 2027-01-31")


class Waiver(Document):
    """One rule, not kept on purpose."""

    rule: Annotated[str, Field(pattern=r"^R[0-9]{2}[A-Z]?$")]
    """The rule's id, as `shipway rules list` prints it."""

    owner: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=100)]
    """The group that answers for it; a group, because people leave."""

    reason: Annotated[str, Field(min_length=10, max_length=1000)]
    """Why, for the reviewer and the auditor."""

    expires: Annotated[date, BeforeValidator(_day)]
    """The last day on which it holds."""

    path: ConstructPath | None = None
    """Holds for this construct path and what is below it; without it, for all stacks of the document."""


# Who lets a plan destroy something lets it be synthesized without `prevent_destroy`: one decision, one waiver.
_FOLLOWS = {"R40": "R41"}


@dataclass(frozen=True, slots=True)
class PlacedWaiver:
    """A waiver with the place it is written at and the construct paths its document speaks for."""

    waiver: Waiver
    at: Position
    scopes: frozenset[str]
    """Stacks, or parts of them such as `prod-landing-zone/bundles/claims-triage`."""

    @property
    def stacks(self) -> frozenset[str]:
        """The stacks that these are in."""
        return frozenset(scope.partition("/")[0] for scope in self.scopes)

    def covers(self, rule: str, stack: str, construct_path: str) -> bool:
        """Whether it speaks of `rule` at `construct_path` in `stack`, whatever its last day."""
        if rule not in (self.waiver.rule, _FOLLOWS.get(self.waiver.rule)):
            return False
        # The path is data of the stack, the stack's name is not: both must say the same.
        if not _within(construct_path, stack):
            return False
        inside = any(_within(construct_path, scope) for scope in self.scopes)
        return inside and (self.waiver.path is None or _within(construct_path, self.waiver.path))

    def holds_on(self, today: date) -> bool:
        """Whether it still holds on the day `today`."""
        return today <= self.waiver.expires


def _within(path: str, scope: str) -> bool:
    # The slash keeps `prod/jobs` from covering `prod/jobs-of-others`.
    return f"{path}/".startswith(f"{scope}/")
