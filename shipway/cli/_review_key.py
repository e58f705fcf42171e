"""The key under which reviews tell one changed secret from another, so that an approval can outlive a re-plan."""

from __future__ import annotations

import os

__all__ = ["review_key"]


def review_key() -> bytes:
    """The key in SHIPWAY_REVIEW_KEY; empty without it: a changed secret then has to be approved at each plan."""
    return os.environ.get("SHIPWAY_REVIEW_KEY", "").encode()
