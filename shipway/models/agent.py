"""The `agent` block of a bundle of kind agent."""

from __future__ import annotations

from shipway.models.document import Document
from shipway.models.names import DataName

__all__ = ["Agent"]


class Agent(Document):
    """What an agent is made of beside its prompt, which its releases name."""

    prompt: DataName
    """Its name in the prompt registry."""
