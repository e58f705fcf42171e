"""What a line is made of that serves a model from an endpoint."""

from __future__ import annotations

from typing import Literal

from shipway.models.deployment.base import Resolved

__all__ = ["ServingWorkload"]


class ServingWorkload(Resolved):
    """One endpoint with an entity for each slot."""

    kind: Literal["serving"]
