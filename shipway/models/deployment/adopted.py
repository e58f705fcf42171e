"""What an environment's adopted stack is made of."""

from __future__ import annotations

from shipway.models.adopted import Adopted
from shipway.models.deployment.base import StackBase

__all__ = ["AdoptedStack"]


class AdoptedStack(StackBase):
    """What was in a workspace before Shipway. Nothing of it is computed: the document itself is what is to be."""

    environment: str
    objects: Adopted
