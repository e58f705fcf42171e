"""`releases:` of an environment: what it asks of every release, whatever its bundle says."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from shipway.models.document import Document

__all__ = ["Releases"]


class Releases(Document):
    """What an environment asks before consumers get a release: of all bundles, so none can ask for less."""

    approvals: Annotated[int, Field(ge=0, le=5, strict=True)] = 0
    """How many people, none of them its author nor who makes the move, approve before a release gets its first keys and
    before it gets all (`shipway release approve`). 0: nobody has to, and a way back never waits for anybody."""
