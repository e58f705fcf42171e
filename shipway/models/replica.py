"""A replica: an environment that is declared to be as another is, but for what it lists with a reason.

A rehearsal proves something about prod only as far as test is like prod. What follows from an environment's own name
(names, addresses, storage) and what is its own by nature (workspace, state) is no difference: `differences.py` says so.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from shipway.models.document import Document
from shipway.models.names import EnvironmentName

__all__ = ["Replica"]

DocumentPath = Annotated[str, Field(pattern=r"^[A-Za-z][^\s/]*$", max_length=300)]
Reason = Annotated[str, Field(min_length=10, max_length=1000)]


class Replica(Document):
    """What this environment is a replica of; anything else that differs is refused."""

    of: EnvironmentName
    """The environment that this one is like."""

    differs: dict[DocumentPath, Reason] = {}
    """What is not as there, by its path in the document (`access.authors`, with all that is below), and why."""

    def explaining(self, path: str) -> str | None:
        """The path in `differs` that covers `path`, the longest; None where none does."""
        covering = [known for known in self.differs if path == known or path.startswith((f"{known}.", f"{known}["))]
        return max(covering, key=len, default=None)
