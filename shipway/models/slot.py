"""The two slots of a line, in a file of their own: code in jobs knows them too, and brings nothing along for it."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Slot"]


class Slot(StrEnum):
    """The two permanent places of a line."""

    BLUE = "blue"
    GREEN = "green"

    @property
    def other(self) -> Slot:
        """The slot that this one is not."""
        return Slot.GREEN if self is Slot.BLUE else Slot.BLUE
