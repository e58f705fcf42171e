"""The `endpoint` block of a bundle of kind serving: what its two served entities have in common.

What cannot be taken back once it is there, cannot be written here (`refused`): a rollback would not bring it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import model_validator

from shipway.models.document import Document, Flag

__all__ = ["Endpoint", "Guardrail", "Guardrails"]


class Guardrail(Document):
    """What is kept from a language model, or from whoever asked it."""

    safety: Flag = False
    """Whether unsafe content is blocked."""

    pii: Literal["BLOCK"] | None = None
    """What happens to personal data that is found; without it, nothing is looked for."""

    @model_validator(mode="after")
    def _guards(self) -> Guardrail:
        if not self.safety and self.pii is None:
            raise ValueError("`safety: true`, `pii: BLOCK` or both: as it stands it lets everything through")
        return self


class Guardrails(Document):
    """Of language models only: Databricks refuses them for other models, at apply."""

    input: Guardrail | None = None
    output: Guardrail | None = None


class Endpoint(Document):
    """The endpoint that both slots stand in."""

    refused: ClassVar[Mapping[str, str]] = {
        "auto_capture_config": "once off it can never be turned on again, and its tables cannot move; every endpoint "
        "here records requests by the AI gateway",
        "external_model": "Databricks lets none be added to an endpoint or taken from it; call the provider's model "
        "from an agent",
        "fallback_config": "a failing candidate's requests would be answered by the other slot: the canary would look "
        "well",
        "name": "another name is another endpoint, and the old one is deleted; it follows from the use case's",
        "route_optimized": "changing it deletes the endpoint and makes another",
        "served_models": "deprecated; the two served entities are the slots, and the manifest says what they hold",
        "traffic_config": "the manifest in releases/ says who gets which slot",
    }

    workload_size: Literal["Small", "Medium", "Large"] = "Small"
    """Of each slot: 4, 8 to 16, or 16 to 64 requests at once."""

    workload_type: Literal["CPU", "GPU_SMALL", "GPU_MEDIUM", "GPU_LARGE", "MULTIGPU_MEDIUM"] = "CPU"
    guardrails: Guardrails | None = None
    """Taking one away is refused in a protected environment (rule R71)."""
