"""The review as versioned JSON: the source of every other rendering, for programs."""

from __future__ import annotations

import json
from dataclasses import asdict

from shipway.plan.report import Review

__all__ = ["render_json"]


def render_json(review: Review) -> str:
    """The review as JSON of the schema that its field `schema` names, in ASCII, ending with a newline."""
    return json.dumps(asdict(review), indent=2) + "\n"
