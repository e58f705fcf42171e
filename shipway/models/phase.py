"""How far a release has come, in a file of its own: code in jobs knows it too, and brings nothing along for it."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Phase"]


class Phase(StrEnum):
    """How far the release in the other slot has come; `docs/releases.md` draws the moves between them."""

    AT_REST = "at_rest"
    ADMITTED = "admitted"
    SHADOW = "shadow"
    CANARY = "canary"
    FLIPPED = "flipped"
    STABLE = "stable"

    @property
    def both_run(self) -> bool:
        """Whether both slots work: the candidate beside the live one, or the old one so that it can come back."""
        return self in (Phase.SHADOW, Phase.CANARY, Phase.FLIPPED, Phase.STABLE)

    @property
    def flipped(self) -> bool:
        """Whether the active slot is the new one, and the other what a rollback brings back."""
        return self in (Phase.FLIPPED, Phase.STABLE)
