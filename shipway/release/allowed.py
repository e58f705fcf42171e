"""The proof that a plan does exactly what its move allows; whatever else it does is the residual, and refuses it.

Two halves. The difference: only updates in place, only of the attributes where the move's aspects stand, only of the
slot that the move is about. The values: every place of the line is read on both sides of the plan, and says what the
manifest before and the manifest after ask for. So a plan that is allowed cannot smuggle, and cannot half do it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, assert_never

from shipway.models.names import Slot
from shipway.models.release import ReleaseManifest
from shipway.plan.diff import Side
from shipway.plan.model import Action, Plan, ResourceChange
from shipway.plan.objects import Objects, after, before
from shipway.plan.shown import pair
from shipway.plan.text import clip_pair, visible
from shipway.plan.values import Record, Unknown
from shipway.release.inverse import authored_attributes
from shipway.release.moves import Aspect, MoveRow
from shipway.release.places import PLACES, Place
from shipway.release.said import Said, Unreadable

__all__ = ["Case", "Proof", "leads_there", "mismatches", "prove", "unplanned"]


@dataclass(frozen=True, slots=True)
class Case:
    """What is to be proven: that this move, and nothing else, leads from one manifest to the other."""

    stack: str
    use_case: str
    kind: str
    row: MoveRow
    before: ReleaseManifest
    after: ReleaseManifest

    @property
    def slot(self) -> Slot:
        """The slot that the move may prepare, start or stop: never the one that consumers get."""
        return self.before.active.other


@dataclass(frozen=True, slots=True)
class Proof:
    """What speaks against the plan: nothing, or each thing as a reviewer would say it."""

    residual: tuple[str, ...] = ()
    """What it does beyond the move, or does not do of it."""
    unknown: tuple[str, ...] = ()
    """What could not be judged."""
    standing: tuple[str, ...] = ()
    """Where the objects do not say what the manifest before the move does: it is not applied, or somebody was there."""

    @property
    def holds(self) -> bool:
        """Whether the plan is exactly its move."""
        return not (self.residual or self.unknown or self.standing)


def prove(plan: Plan, case: Case, applied: bytes, synthesized: bytes) -> Proof:
    """Hold a plan against its move.

    `applied` is the cdk.tf.json that was applied last, `synthesized` the one that the plan is of.
    """
    places = PLACES.get(case.kind, ())
    missing = [
        f"a {case.kind} has no place for {aspect.value}: this version cannot {case.row.move.value} it"
        for aspect in case.row.changes
        if aspect not in {place.aspect for place in places} and _differ(aspect, case.before, case.after)
    ]
    beyond = [
        f"the manifest changes {aspect.value}, and {case.row.move.value} does not"
        for aspect in Aspect
        if aspect not in case.row.changes and _differ(aspect, case.before, case.after)
    ]
    beside = unplanned(applied, synthesized)
    return Proof(
        residual=tuple(_dedup([*beyond, *_residual(plan, case, places), *beside, *_values(plan, case, new=True)])),
        unknown=(*missing, *_unknown(plan)),
        standing=tuple(_values(plan, case, new=False)),
    )


def _differ(aspect: Aspect, old: ReleaseManifest, new: ReleaseManifest) -> bool:
    """Whether two manifests ask for something else of an aspect."""
    match aspect:
        case Aspect.CONTENT:
            return old.slots != new.slots
        case Aspect.RUNS:
            return any(old.runs(slot) != new.runs(slot) for slot in Slot)
        case Aspect.POINTER:
            return (old.active, old.percent) != (new.active, new.percent)
    assert_never(aspect)


_META = frozenset({"lifecycle", "depends_on", "provider", "provisioner", "connection", "count", "for_each"})


def leads_there(plan: Plan, case: Case, proof: Proof) -> bool:
    """Whether the plan is known and ends where the move does, whatever else it does on the way."""
    return not proof.unknown and not list(_values(plan, case, new=True))


def unplanned(applied: bytes, synthesized: bytes) -> Iterator[str]:
    """What two stacks differ in that a plan may not show: versions, hosts, the place of the state, lifecycles."""
    old, new = json.loads(applied), json.loads(synthesized)
    for part in sorted({*old, *new}):
        yield from _parts(part, _beside_plan(part, old), _beside_plan(part, new))


def _beside_plan(part: str, document: Mapping[str, Any]) -> Any:
    """A part of a stack; of its resources only what is no attribute: those the plan shows."""
    found = document.get(part, {})
    if part != "resource" or not isinstance(found, Mapping):
        return found
    return {
        kind: {name: {key: value for key, value in block.items() if key in _META} for name, block in blocks.items()}
        for kind, blocks in found.items()
    }


def _parts(path: str, old: Any, new: Any) -> Iterator[str]:
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in sorted({*old, *new}):
            yield from _parts(f"{path}.{name}", old.get(name), new.get(name))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from _parts(f"{path}[{number}]", one, other)
    else:
        yield f"{path} changes: {_short(old)} -> {_short(new)}"


def _short(value: Any) -> str:
    return visible(str(value)[:80]) if value is not None else "(none)"


def _unknown(plan: Plan) -> Iterator[str]:
    if plan.errored or plan.complete is False:
        yield "the plan is not whole: Terraform could not make all of it"
    for gap in plan.gaps:
        yield f"{gap.message}; {gap.hint}" if gap.hint else gap.message
    for check in plan.checks:
        if check.status.value != "pass":
            yield f"{check.address}: its check says {check.status.value}"


def _residual(plan: Plan, case: Case, places: tuple[Place, ...]) -> Iterator[str]:
    names = Objects(plan, after)
    for change in plan.changes:
        if change.touches:
            yield from _of_change(plan, case, places, change, names)
    for output in plan.outputs:
        if output.action is not Action.NO_OP:
            yield f"output {visible(output.name)}: {output.action.value}"


def _of_change(
    plan: Plan, case: Case, places: tuple[Place, ...], change: ResourceChange, names: Objects
) -> Iterator[str]:
    who = f"{visible(names.title(change))} ({visible(change.address)})"
    if said := _not_in_place(change):
        yield f"{who}: {said}"
        return
    for path, old, new in authored_attributes(change):
        if not _allowed(case, places, change, path):
            yield f"{who}: {visible(path)}: {_both(plan, old, new)}"
        elif isinstance(new, Unknown):
            yield f"{who}: {visible(path)} is known only after it is applied"


def _not_in_place(change: ResourceChange) -> str:
    """What is done with an object, if that is anything but an update in place."""
    if change.moved:
        return f"moved here from {visible(change.previous_address)}"
    if change.importing:
        return "imported"
    if change.deposed:
        return "a deposed object"
    if change.provisioners:
        return f"runs {', '.join(change.provisioners)}"
    if change.mode != "managed":
        return f"{change.action.value} (looked up only while it is applied)"
    if change.action is not Action.UPDATE or change.replace_paths:
        return change.action.value if change.action is not Action.UPDATE else "replaced"
    return ""


def _allowed(case: Case, places: tuple[Place, ...], change: ResourceChange, path: str) -> bool:
    role = change.construct_path.removeprefix(f"{case.stack}/")
    return any(
        place.aspect in case.row.changes
        and role == place.role_of(slot)
        and place.allows(path, slot)
        # Of what each slot has of its own, only that of the slot that the move is about.
        and (not place.per_slot or slot is case.slot)
        for place in places
        for slot in place.slots
    )


def _both(plan: Plan, old: Side, new: Side) -> str:
    was, will_be = clip_pair(*pair(old, new, plan.taint))
    return f"{visible(was) or '(nothing)'} -> {visible(will_be) or '(nothing)'}"


def mismatches(
    plan: Plan, stack: str, use_case: str, kind: str, manifest: ReleaseManifest, *, new: bool = False
) -> Iterator[str]:
    """Where the line's objects do not say what `manifest` asks for: before the plan, or, `new`, after it."""
    side = after if new else before
    for place in PLACES.get(kind, ()):
        for slot in place.slots:
            role = place.role_of(slot)
            found = [one for one in plan.changes if one.construct_path == f"{stack}/{role}" and not one.deposed]
            if len(found) != 1 or not isinstance(found[0].before, Record):
                yield f"{role} is not there: has {stack} been deployed?"
                continue
            yield from _differs(place, slot, side(found[0]), place.expect(use_case, manifest, slot), role)
            if new:
                yield from _not_fixed(place, slot, found[0], role)


def _values(plan: Plan, case: Case, *, new: bool) -> Iterator[str]:
    manifest = case.after if new else case.before
    return mismatches(plan, case.stack, case.use_case, case.kind, manifest, new=new)


def _differs(place: Place, slot: Slot, own: Record, wanted: Mapping[str, str], role: str) -> Iterator[str]:
    said = _read(place, slot, own)
    if isinstance(said, str):
        yield f"{role}: {said}"
        return
    for name in sorted({*wanted, *said.facts}):
        got, asked = said.facts.get(name, "(none)"), wanted.get(name, "(none)")
        if got != asked:
            yield f"{role}: {name} is {visible(got)}, and the manifest asks for {visible(asked)}"


def _not_fixed(place: Place, slot: Slot, change: ResourceChange, role: str) -> Iterator[str]:
    old, new = _read(place, slot, before(change)), _read(place, slot, after(change))
    if isinstance(old, Said) and isinstance(new, Said) and old.fixed != new.fixed:
        yield f"{role}: {visible(', '.join(old.fixed))} becomes {visible(', '.join(new.fixed))}, which no move changes"


def _read(place: Place, slot: Slot, own: Record) -> Said | str:
    try:
        return place.read(own, slot)
    except Unreadable as error:
        return f"{place.aspect.value} cannot be read: {error}"


def _dedup(lines: list[str]) -> list[str]:
    return list(dict.fromkeys(lines))
