"""A waiver: a rule that somebody answers for not following, for a reason and until a day."""

from __future__ import annotations

import datetime
from typing import Annotated

from pydantic import Field

from shipway.models.document import Document, Text

__all__ = ["Waiver"]


class Waiver(Document):
    """Waives one rule in the stacks that come from the document it stands in."""

    rule: Annotated[str, Field(pattern=r"^R[0-9]{2}$")]
    """The rule's number, as `shipway scan --list` shows it."""

    owner: Text
    """The group that answers for it; not a person, who may leave."""

    reason: Text
    expires: datetime.date
    """From this day on the waiver is a finding itself."""

    path: str = ""
    """Only constructs whose path starts with this, after the stack's name; empty: all of the document's."""
