"""The numbers of a plan: those that Terraform prints, by its own rules, and those of what it does not count."""

from __future__ import annotations

from collections.abc import Iterable

from shipway.plan.model import Action, ResourceChange
from shipway.plan.report import Counts

__all__ = ["count"]


def count(changes: Iterable[ResourceChange]) -> Counts:
    """The counts of these changes; only managed objects and reads count, configuration blocks do not."""
    total = Counts()
    for change in changes:
        total += _one(change)
    return total


def _one(change: ResourceChange) -> Counts:
    if change.mode == "configuration":
        return Counts()
    if change.mode != "managed":
        # Terraform says nothing of a data source that goes; one that is read while applying is no change.
        return Counts(reads=int(change.action is Action.READ))
    return Counts(
        add=int(change.action.creates),
        change=int(change.action is Action.UPDATE),
        destroy=int(change.action.destroys),
        imports=int(change.importing),
        moves=int(change.moved),
        forgets=int(change.action in (Action.FORGET, Action.CREATE_FORGET)),
        reads=int(change.action is Action.READ),
        unrecognized=int(change.action is Action.UNRECOGNIZED),
    )
