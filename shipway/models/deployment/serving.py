"""What a line is made of that serves a model from an endpoint."""

from __future__ import annotations

from typing import Literal

from shipway.models.deployment.base import Permission, Resolved
from shipway.models.names import Slot

__all__ = ["EntitySpec", "GuardrailSpec", "InferenceTableSpec", "ServingWorkload"]


class EntitySpec(Resolved):
    """One slot: a served entity of its name, for ever."""

    slot: Slot
    model_version: int
    warm: bool
    """Whether it is kept running, so that it answers at once; else it goes to zero and takes minutes to come back."""
    percent: int
    """Of a hundred requests, how many it gets; 0 too is written."""


class GuardrailSpec(Resolved):
    """What is kept out, on one side of the model."""

    safety: bool
    pii: str | None


class InferenceTableSpec(Resolved):
    """Where requests and answers are recorded."""

    catalog: str
    schema_name: str
    prefix: str


class ServingWorkload(Resolved):
    """One endpoint with an entity for each slot."""

    kind: Literal["serving"]
    endpoint_name: str
    workload_size: str
    workload_type: str
    entities: tuple[EntitySpec, ...]
    inference_table: InferenceTableSpec
    input_guardrail: GuardrailSpec | None
    output_guardrail: GuardrailSpec | None
    tags: dict[str, str]
    permissions: tuple[Permission, ...]
