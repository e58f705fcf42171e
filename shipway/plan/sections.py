"""The rows of one stack: each change of its plan is told as what it means, and the rest of it by attributes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from shipway.plan.access import access_attributes, is_access
from shipway.plan.diff import Side
from shipway.plan.losses import loss_of
from shipway.plan.model import Action, Gap, OutputChange, Plan, ResourceChange
from shipway.plan.objects import Objects, after, before
from shipway.plan.pointers import (
    PointerMove,
    RunsChange,
    SlotChange,
    Standing,
    holder_of,
    pointer_move,
    runs_changes,
    slot_change,
)
from shipway.plan.pointers import told as without_release
from shipway.plan.renames import Renames
from shipway.plan.report import AccessRow, Caution, ObjectRow, OutputRow, Place, PointerRow, RunsRow, SlotRow, StateRow
from shipway.plan.rights import AccessChange, Created, access_changes, access_gaps, access_rows, cautions
from shipway.plan.rows import lost_by, object_row
from shipway.plan.shown import hides, pair
from shipway.plan.values import ABSENT

__all__ = [
    "Told",
    "View",
    "drift_rows",
    "object_rows",
    "output_rows",
    "pointer_rows",
    "runs_rows",
    "slot_rows",
    "state_rows",
    "tell",
]

_UNTOUCHED = (Action.NO_OP, Action.READ)
_IN_STATE = (*_UNTOUCHED, Action.FORGET)


@dataclass(frozen=True, slots=True)
class View:
    """A plan, and what its objects are called before and after."""

    plan: Plan
    was: Objects
    will_be: Objects

    @classmethod
    def of(cls, plan: Plan, elsewhere: Mapping[tuple[str, str], str]) -> View:
        """The view of a plan; `elsewhere` says by type and id what objects of other plans are called."""
        return cls(plan, Objects(plan, before, elsewhere), Objects(plan, after, elsewhere))

    def place(self, address: str) -> Place:
        """An address of this stack."""
        return Place(self.plan.stack, address)


@dataclass(frozen=True, slots=True)
class Told:
    """A change with what it means: the access it moves, what a release does by it, and the rest of it as attributes."""

    change: ResourceChange
    access: AccessChange
    move: PointerMove | None
    runs: tuple[RunsChange, ...]
    slot: SlotChange | None
    row: ObjectRow | None

    def gaps(self, view: View) -> Iterator[Gap]:
        """What about this change is not known."""
        yield from access_gaps(view.plan.stack, self.change, self.access)

    def access_rows(self, view: View) -> Iterator[AccessRow]:
        """Who gains and who loses by it."""
        yield from access_rows(self.change, self.access, view.place(self.change.address))

    def cautions(self, view: View, created: Created) -> Iterator[Caution]:
        """What the plan does not show of it."""
        yield from cautions(self.change, view.place(self.change.address), view.will_be, created)


def tell(view: View) -> tuple[Told, ...]:
    """Every change of a plan that does anything, with what it means."""
    standing = Standing.of((*view.plan.changes, *view.plan.known))
    renames = Renames.of(view.plan.changes)
    return tuple(_tell(view, change, standing, renames) for change in view.plan.changes if change.touches)


def _tell(view: View, change: ResourceChange, standing: Standing, renames: Renames) -> Told:
    access = access_changes(change, view.was, view.will_be)
    move, runs = pointer_move(change, standing), runs_changes(change)
    row = _row(view, change, access, move, runs)
    if row is not None and row.loss is not None:
        row = replace(row, why=_with_new_name(row.why, view, renames.of_destroyed(change)))
    plain = row is not None and not access and not row.runs and not row.emptied
    paths = [attribute.path for attribute in row.attributes] if row is not None and plain else []
    return Told(change, access, move, runs, slot_change(change, paths, standing), row)


def _with_new_name(why: str, view: View, renamed: ResourceChange | None) -> str:
    if renamed is None:
        return why
    said = f"{view.will_be.title(renamed)} is created, equal but for its name, and nothing is moved there"
    return f"{why}; {said}" if why else said


def _row(
    view: View, change: ResourceChange, access: AccessChange, move: PointerMove | None, runs: Sequence[RunsChange]
) -> ObjectRow | None:
    if change.action in _IN_STATE:
        return None
    told = bool(access) or move is not None or bool(runs)
    if is_access(change.type) and told and lost_by(change) is None:
        return None
    rest = without_release(change, move=move is not None, runs=runs) if move or runs else change
    hidden = access_attributes(change.type) if access else frozenset()
    objects = view.was if change.action.destroys else view.will_be
    row = object_row(rest, view.place(change.address), objects, view.plan.taint, hidden)
    return None if change.action is Action.UPDATE and told and not row.attributes else row


def object_rows(told: tuple[Told, ...]) -> Iterator[ObjectRow]:
    """The objects that change, those that lose data among them."""
    for item in told:
        if item.row is not None and item.slot is None:
            yield item.row


def pointer_rows(view: View, told: tuple[Told, ...]) -> Iterator[PointerRow]:
    """The pointers that move, and whether anything else in their stack does."""
    for item in told:
        if item.move:
            residual = tuple(_residual(view, told, item))
            alone = not residual and not view.plan.gaps
            title = view.will_be.title(item.change)
            places = (view.place(item.change.address),)
            move = item.move
            yield PointerRow(title, move.holder, move.canary, move.old, move.new, alone, places, residual)


def _residual(view: View, told: tuple[Told, ...], moving: Told) -> Iterator[str]:
    """What else happens in a stack whose pointer moves: another attribute, access, object or output."""
    if moving.row is not None:
        yield from (f"{moving.change.address}: {attribute.path}" for attribute in moving.row.attributes)
        yield from (f"{moving.change.address}: {name}" for name in (*moving.row.computed, *moving.row.emptied))
    yield from (f"{moving.change.address}: slot {one.slot} {_does(one.starts)}" for one in moving.runs)
    if moving.access:
        yield f"{moving.change.address}: access"
    for item in told:
        if item is not moving and item.change.action is not Action.READ:
            yield f"{item.change.action} {item.change.address}"
    yield from (f"output {row.name}" for row in output_rows(view))


def runs_rows(view: View, told: tuple[Told, ...]) -> Iterator[RunsRow]:
    """The slots that start and those that stop."""
    for item in told:
        title, places = view.will_be.title(item.change), (view.place(item.change.address),)
        yield from (RunsRow(one.slot, title, holder_of(item.change), one.starts, places) for one in item.runs)


def _does(starts: bool) -> str:
    return "starts" if starts else "stops"


def slot_rows(view: View, told: tuple[Told, ...]) -> Iterator[SlotRow]:
    """The slots that get another release."""
    for item in told:
        if item.slot is not None and item.row is not None:
            found, place = item.slot, (view.place(item.change.address),)
            title = view.will_be.title(item.change)
            yield SlotRow(found.slot, title, found.old, found.new, found.live, place, item.row.attributes, found.holder)


def state_rows(view: View, told: tuple[Told, ...]) -> Iterator[StateRow]:
    """What happens to the state only: Terraform counts none of it, and forgetting an object is no small thing."""
    for change in (item.change for item in told):
        forgotten = change.action in (Action.FORGET, Action.CREATE_FORGET)
        if not (change.moved or change.importing or forgotten):
            continue
        place, objects = view.place(change.address), view.was if change.after is None else view.will_be
        name = objects.title(change)
        if change.moved:
            yield StateRow("moved", change.type, name, f"{change.previous_address} -> {change.address}", (place,))
        if change.importing:
            detail = "exists already and is managed from now on"
            yield StateRow("imported", change.type, name, detail, (place,))
        if forgotten:
            detail = "stays as it is, managed and watched by nobody"
            loss = loss_of(change.type, before(change))
            yield StateRow("forgotten", change.type, view.was.title(change), detail, (place,), loss)


def output_rows(view: View) -> Iterator[OutputRow]:
    """The outputs that change."""
    for output in view.plan.outputs:
        if output.action is not Action.NO_OP:
            sides = _sides(output)
            old, new = pair(*sides, view.plan.taint)
            hidden = any(hides(side, view.plan.taint) for side in sides)
            seal = view.plan.taint.seal(*sides) if hidden else ""
            yield OutputRow(output.name, output.action, old, new, (view.place(f"output.{output.name}"),), seal)


def _sides(output: OutputChange) -> tuple[Side, Side]:
    old: Side = ABSENT if output.action is Action.CREATE else output.before
    new: Side = ABSENT if output.action is Action.DELETE else output.after
    return old, new


def drift_rows(view: View) -> Iterator[ObjectRow | None]:
    """What changed outside Terraform and matters to this plan; None for each drifted object that does not matter."""
    touched = {change.address for change in view.plan.changes if change.action not in _UNTOUCHED}
    for change in view.plan.drift:
        if change.action is Action.NO_OP:
            continue
        relevant = any(address == change.address for address, _ in view.plan.relevant)
        if relevant or change.address in touched or is_access(change.type):
            row = object_row(change, view.place(change.address), view.was, view.plan.taint)
            # What happened is no plan's doing: it can only be told, not prevented.
            yield replace(row, loss=None)
        else:
            yield None
