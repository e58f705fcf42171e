"""What differs in one object, attribute by attribute, and what of it is noise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from shipway.plan.diff import Difference, by_attribute
from shipway.plan.losses import Loss, loss_of
from shipway.plan.model import Action, ResourceChange
from shipway.plan.objects import Objects, after, before
from shipway.plan.report import AttributeRow, ObjectRow, Place
from shipway.plan.shown import hides, pair
from shipway.plan.taint import Taint
from shipway.plan.topics import topic_of
from shipway.plan.values import ABSENT, Record, Unknown, is_zero, same

__all__ = ["Attributes", "attributes_of", "lost_by", "object_row"]

_REASONS = {
    "replace_because_tainted": "it is marked tainted: an earlier apply failed half-way",
    "replace_by_request": "somebody asked for it with -replace",
    "replace_by_triggers": "replace_triggered_by: something it depends on changes",
    "delete_because_no_resource_config": "it is no longer in the configuration",
    "delete_because_wrong_repetition": "its count or for_each was added or taken away",
    "delete_because_count_index": "its count is lower now",
    "delete_because_each_key": "its key is no longer in for_each",
    "delete_because_no_module": "its module is no longer in the configuration",
    "delete_because_no_move_target": "a moved block points to a place that does not exist",
}


def object_row(
    change: ResourceChange, place: Place, objects: Objects, taint: Taint, hidden: frozenset[str] = frozenset()
) -> ObjectRow:
    """The row of an object; the attributes in `hidden` are told elsewhere."""
    found = attributes_of(change, taint, hidden)
    acts = change.action.creates or change.action.destroys
    return ObjectRow(
        type=f"data.{change.type}" if change.mode == "data" else change.type,
        name=objects.title(change) + (f" (deposed {change.deposed})" if change.deposed else ""),
        action=change.action,
        address=change.address,
        places=(place,),
        construct_path=change.construct_path,
        attributes=found.rows,
        computed=found.computed,
        emptied=found.emptied,
        loss=lost_by(change),
        why=_why(change),
        runs=change.provisioners if acts else (),
        topic=topic_of(change.type),
    )


def lost_by(change: ResourceChange) -> Loss | None:
    """What is lost if this change destroys its object; a data source that goes takes nothing along."""
    destroyed = change.action.destroys and change.mode == "managed"
    return loss_of(change.type, before(change)) if destroyed else None


def _why(change: ResourceChange) -> str:
    if change.action is Action.UNRECOGNIZED:
        return f"the plan says: {', '.join(change.words)}"
    if change.replace_paths:
        return ""
    return _REASONS.get(change.reason, change.reason.replace("_", " ") if change.action.destroys else "")


@dataclass(frozen=True, slots=True)
class Attributes:
    """What differs in an object: what somebody changed, and the names of what the provider did to the rest."""

    rows: tuple[AttributeRow, ...] = ()
    computed: tuple[str, ...] = ()
    emptied: tuple[str, ...] = ()


def attributes_of(change: ResourceChange, taint: Taint, hidden: frozenset[str] = frozenset()) -> Attributes:
    """The attributes that change; those in `hidden` are told elsewhere."""
    if change.action in (Action.DELETE, Action.FORGET):
        return Attributes()
    rows: list[AttributeRow] = []
    computed: list[str] = []
    emptied: list[str] = []
    forcing = {str(path[0]) for path in change.replace_paths if path}
    for name, difference in _differences(change):
        if name in hidden:
            continue
        if _is_computed(change, name, difference):
            computed.append(name)
        elif is_zero(difference.old) and is_zero(difference.new):
            emptied.append(difference.path)
        else:
            old, new = difference.old, difference.new
            seal = taint.seal(old, new) if hides(old, taint) or hides(new, taint) else ""
            rows.append(AttributeRow(difference.path, *pair(old, new, taint), name in forcing, seal))
    return Attributes(tuple(rows), tuple(dict.fromkeys(computed)), tuple(emptied))


def _differences(change: ResourceChange) -> Iterator[tuple[str, Difference]]:
    old, new = change.before, change.after
    if not isinstance(old, Record | None) or not isinstance(new, Record | None):
        # An object that is secret or unknown as a whole: only that it differs can be said.
        if not same(old, new):
            yield "", Difference("(the whole object)", old, new)
        return
    if old is None:
        set_ones = ((name, value) for name, value in after(change).items() if value not in (None, "", (), False))
        yield from ((name, Difference(name, ABSENT, value)) for name, value in set_ones)
        return
    yield from by_attribute(before(change), after(change))


def _is_computed(change: ResourceChange, name: str, difference: Difference) -> bool:
    new = difference.new
    unset = change.configured is not None and name not in change.configured
    return isinstance(new, Unknown) and not new.refs and unset
