"""What a use case may cost in an environment: who is told when, and what marks its serverless compute on the bill."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from shipway.models.document import Document
from shipway.models.names import UseCaseName

__all__ = ["Budgets", "UseCaseBudget"]

_Amount = Annotated[int, Field(ge=1, le=10_000_000, strict=True)]
_Mailbox = Annotated[str, Field(pattern=r"^[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+\.[A-Za-z]+$", max_length=254)]


class UseCaseBudget(Document):
    """One use case's own budget."""

    monthly_usd: _Amount
    notify: tuple[_Mailbox, ...] = ()
    """Told beside those of the environment."""


class Budgets(Document):
    """The budgets of every use case that is released here. A budget stops nothing: it tells."""

    monthly_usd: _Amount
    """Of a use case that is not named below, at list prices."""

    alert_percent: Annotated[
        tuple[Annotated[int, Field(ge=1, le=500, strict=True)], ...], Field(min_length=1, max_length=4)
    ] = (80, 100)
    notify: Annotated[tuple[_Mailbox, ...], Field(min_length=1)]
    """Mailboxes of teams: people leave."""

    use_cases: dict[UseCaseName, UseCaseBudget] = {}
