"""The numbers of a plan: those that Terraform prints, by its own rules, and those of what it does not count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from shipway.plan.model import Action, ResourceChange
from shipway.plan.report import Counts

__all__ = ["count"]


def count(changes: Sequence[ResourceChange]) -> Counts:
    """The counts of these changes; only managed objects and reads count, configuration blocks do not."""
    managed = [change for change in changes if change.mode == "managed"]
    actions = Counter(change.action for change in managed)
    return Counts(
        add=sum(number for action, number in actions.items() if action.creates),
        change=actions[Action.UPDATE],
        destroy=sum(number for action, number in actions.items() if action.destroys),
        imports=sum(change.importing for change in managed),
        moves=sum(change.moved for change in managed),
        forgets=actions[Action.FORGET] + actions[Action.CREATE_FORGET],
        # Terraform says nothing of a data source that goes; one that is read while applying is no change.
        reads=sum(change.action is Action.READ for change in changes if change.mode != "configuration"),
        unrecognized=actions[Action.UNRECOGNIZED],
    )
