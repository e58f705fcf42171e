"""The rows of who gains and who loses, and what about access a plan does not show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from shipway.plan.access import AUTHORITATIVE, OWNER, access_of, is_access, is_unread
from shipway.plan.access_readers import Access, target_of
from shipway.plan.model import Action, Gap, ResourceChange
from shipway.plan.objects import Objects, after, before, kind_of
from shipway.plan.report import AccessRow, Caution, Direction, Place
from shipway.plan.values import Unknown

__all__ = ["Created", "access_changes", "access_gaps", "access_rows", "cautions"]

Created = Mapping[str, frozenset[str]]
"""Titles, by resource type, of the objects that the reviewed plans create."""

_UNTOUCHED = (Action.NO_OP, Action.READ, Action.FORGET)
_EVERYBODY = frozenset({"account users", "users", "all account users", "all workspace users"})
_ADMINS = frozenset({"admins", "account admins", "metastore admins"})
_WIDE = {
    "ALL_PRIVILEGES": "every privilege, also those that Databricks adds later",
    "ALL PRIVILEGES": "every privilege, also those that Databricks adds later",
    "MANAGE": "may give this access to others",
    "CAN_MANAGE": "may give this access to others",
    OWNER: "may give this access to others",
}


@dataclass(frozen=True, slots=True)
class AccessChange:
    """The facts that one change takes and gives."""

    lost: frozenset[Access]
    gained: frozenset[Access]

    def __bool__(self) -> bool:
        return bool(self.lost or self.gained)


def access_changes(change: ResourceChange, was: Objects, will_be: Objects) -> AccessChange:
    """Who loses and who gains by this change. An object that goes takes its owner along: that is no loss of access."""
    if change.mode != "managed" or change.action in (*_UNTOUCHED, Action.UNRECOGNIZED):
        return AccessChange(frozenset(), frozenset())
    old, new = access_of(change, before(change), was), access_of(change, after(change), will_be)
    if change.action is Action.DELETE and not is_access(change.type):
        old = frozenset()
    if not _known_owner(change):
        old = frozenset(fact for fact in old if fact.privilege != OWNER)
    return AccessChange(old - new, new - old)


def _known_owner(change: ResourceChange) -> bool:
    """Whether the plan says who will own the object: an owner that nobody set is whoever deploys, as before."""
    owner = after(change).get("owner")
    return not (isinstance(owner, Unknown) and not owner.refs)


def access_rows(change: ResourceChange, found: AccessChange, place: Place) -> Iterator[AccessRow]:
    """The rows of one change: one per principal and object, with all privileges that it gains or loses there."""
    for direction, facts in ((Direction.GAINS, found.gained), (Direction.LOSES, found.lost)):
        for principal, on in sorted({(fact.principal, fact.on) for fact in facts}):
            privileges = sorted(fact.privilege for fact in facts if (fact.principal, fact.on) == (principal, on))
            wide = _wide(principal, privileges) if direction is Direction.GAINS else ""
            yield AccessRow(direction, principal, tuple(privileges), on, kind_of(change.type), (place,), wide)


def _wide(principal: str, privileges: Iterable[str]) -> str:
    if principal.lower() in _EVERYBODY:
        return "everybody"
    if "@" in principal and " of " not in principal:
        return "a person, not a group"
    found = next((_WIDE[privilege] for privilege in privileges if privilege in _WIDE), "")
    return found or ("administrators" if principal.lower() in _ADMINS else "")


def access_gaps(stack: str, change: ResourceChange, found: AccessChange) -> Iterator[Gap]:
    """What of the access in this change cannot be known before it is applied."""
    if any(not fact.known for fact in found.gained | found.lost):
        message = f"{change.address}: who gains or loses what is only known after apply, or is sensitive"
        yield Gap(stack, message, "use names that the configuration knows, or read this object by hand")


def cautions(change: ResourceChange, place: Place, objects: Objects, created: Created) -> Iterator[Caution]:
    """What a plan does not show about the access that this change touches."""
    if change.mode != "managed" or change.action in _UNTOUCHED:
        return
    if is_unread(change.type):
        yield Caution(f"{kind_of(change.type)} touches access in a way that is not broken down here", (place,))
    if change.type in AUTHORITATIVE and change.action.creates and not change.importing:
        yield from _takeover(change, place, objects, created)
    if change.type == "databricks_permissions" and change.action.destroys:
        yield Caution(
            "without its permissions resource the object goes back to whoever created it", (place,), "access-gained"
        )


def _takeover(change: ResourceChange, place: Place, objects: Objects, created: Created) -> Iterator[Caution]:
    type_name, target = target_of(after(change))
    if isinstance(target, Unknown) and len(target.refs) == 1:
        owner, _ = objects.at(target.refs[0])
        if owner is not None and owner.action.creates:
            return
    title = objects.text(target, type_name)
    if title in created.get(type_name, frozenset()):
        return
    message = (
        f"{kind_of(change.type)} takes over {title or 'an object'}: whatever access it has today and is not listed"
        " here will be removed, and no plan shows it"
    )
    yield Caution(message, (place,), "takes-over")
