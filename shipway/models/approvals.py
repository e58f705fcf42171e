"""Who approves what before it is applied: people and groups by class of change, for an environment or the account.

The classes are those of a review (docs/review.md): R2 something runs differently, R3 access is taken, R4 access is
given, R5 data is lost. What cannot be judged is never approved, so it has no line here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field

from shipway.models.document import Document
from shipway.models.names import GroupName

__all__ = ["Approval", "ApprovedClass", "approvals_of"]

ApprovedClass = Literal["R1", "R2", "R3", "R4", "R5"]


class Approval(Document):
    """How many people of which groups approve changes of one class."""

    people: Annotated[int, Field(ge=0, le=5, strict=True)] = 1
    """0 says that nobody needs to: the class is applied by whoever may deploy."""

    groups: tuple[GroupName, ...] = ()
    """Groups that the account declares; none means anybody but the author."""


# Where a mistake reaches customers, what runs and who may do what are two people's business, and data is three's.
_PROTECTED: Mapping[ApprovedClass, int] = MappingProxyType({"R2": 1, "R3": 1, "R4": 1, "R5": 2})
_OPEN: Mapping[ApprovedClass, int] = MappingProxyType({"R5": 1})


def approvals_of(
    declared: Mapping[ApprovedClass, Approval], *, protected: bool, administrators: str
) -> dict[ApprovedClass, Approval]:
    """What is declared, over the default: the administrators approve R2 to R5 where protected, elsewhere R5 only."""
    people = _PROTECTED if protected else _OPEN
    usual = {name: Approval(people=number, groups=(administrators,)) for name, number in people.items()}
    return {**usual, **declared}
