"""What the groups, service principals and users are called whose ids stand in plans, by all plans of one review.

They are the account's: a workspace's stack holds their ids only, and the stack that made them knows their names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from shipway.plan.access import IDENTITIES
from shipway.plan.model import Plan
from shipway.plan.objects import after, before, first

__all__ = ["identities_of"]


def identities_of(plans: Iterable[Plan]) -> Mapping[tuple[str, str], str]:
    """Names by resource type and id; an id that two plans name in two ways has none."""
    names: dict[tuple[str, str], set[str]] = defaultdict(set)
    for type_name, number, name in _named(plans):
        names[type_name, number].add(name)
    return {key: found.pop() for key, found in names.items() if len(found) == 1}


def _named(plans: Iterable[Plan]) -> Iterator[tuple[str, str, str]]:
    for plan in plans:
        for change in (*plan.changes, *plan.known):
            own = after(change) or before(change)
            name = first(own, "display_name", "user_name") if change.type in IDENTITIES else None
            number = own.get("id")
            if isinstance(name, str) and isinstance(number, str):
                yield change.type, number, name
