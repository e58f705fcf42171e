"""What an import came to: the document, and everything that is not in it, each with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shipway.models.adopted import Adopted
from shipway.observed import Observed, ObservedWorkspace

__all__ = ["Adoption", "LeftOut", "Reason"]


class Reason(StrEnum):
    """Why an object is not in the document."""

    NOT_REPRESENTABLE = "cannot be represented"
    BUNDLE = "belongs into a bundle"
    ACCOUNT = "belongs into environments/account.yaml"
    HARDENING = "belongs under hardening in the environment's document"
    DECLARED = "is declared already"
    DATABRICKS = "is Databricks' own"

    @property
    def is_loss(self) -> bool:
        """Whether somebody has to do something about it."""
        return self not in (Reason.DECLARED, Reason.DATABRICKS)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An object that is not in the document."""

    object: Observed
    reason: Reason
    why: str


@dataclass(frozen=True, slots=True)
class Adoption:
    """The result of one import: `taken` and `left_out` together are all that was observed, each object once."""

    environment: str
    observed: ObservedWorkspace
    document: Adopted
    taken: tuple[Observed, ...]
    left_out: tuple[LeftOut, ...]
    assumed: tuple[str, ...]
    """What was taken for granted, for whoever reads the document."""

    @property
    def losses(self) -> tuple[LeftOut, ...]:
        """What somebody has to look after."""
        return tuple(one for one in self.left_out if one.reason.is_loss)
