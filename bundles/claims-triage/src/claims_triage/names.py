"""The tables of the use case, in its schema."""

from __future__ import annotations

__all__ = ["CLAIMS", "MEASURES", "MODEL", "QUEUE", "SCORES"]

CLAIMS = "claims"
"""New claims, from the claims system, with the desk that settled them once it is known."""

SCORES = "triage_scores"
QUEUE = "work_queue"
"""What the desks work on. Whatever is written here is worked on, so only one slot may write a claim."""

MEASURES = "claims_triage_measures"
MODEL = "claims_triage"
