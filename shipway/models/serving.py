"""The `endpoint` block of a bundle of kind serving."""

from __future__ import annotations

from typing import Literal

from shipway.models.document import Document

__all__ = ["Endpoint"]


class Endpoint(Document):
    """The endpoint that both slots stand in."""

    workload_size: Literal["Small", "Medium", "Large"] = "Small"
