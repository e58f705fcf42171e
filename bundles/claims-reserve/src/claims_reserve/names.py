"""The tables of the use case, in its schema."""

from __future__ import annotations

__all__ = ["ASSESSMENTS", "CLAIMS", "CORRECTIONS", "MEASURES", "MODEL", "SCORES", "VIEW"]

CLAIMS, ASSESSMENTS = "claims", "assessments"
"""Open claims, and what experts say they will cost; both come from the claims system."""

CORRECTIONS = "corrections"
"""What the claims desk did with the reserves that it saw; comes from the claims system too."""

SCORES, VIEW = "reserve_scores", "reserve_current"
MEASURES = "claims_reserve_measures"
MODEL = "claims_reserve"
