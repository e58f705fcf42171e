"""What a line is made of that runs an agent."""

from __future__ import annotations

from typing import Literal

from shipway.models.deployment.base import Resolved

__all__ = ["AgentWorkload"]


class AgentWorkload(Resolved):
    """A pointer file that says which release a conversation gets."""

    kind: Literal["agent"]
    path: str
    """In the volume of the use case's releases."""
    content: str
    """Canonical JSON: `shipway.pointer.file_form`."""
