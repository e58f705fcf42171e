"""What a release does to a plan's objects: a pointer that moves, a slot that starts or stops, a slot's new release.

Where a pointer stands depends on the kind of use case: in a router job's parameter, or in the definition of a view.
Each is read by the reader of its written form (shipway.pointer); what that reader refuses is an ordinary change, shown
with all that is in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from shipway.models.names import Slot
from shipway.plan.access_readers import blocks
from shipway.plan.model import Action, ResourceChange
from shipway.plan.objects import after, before
from shipway.plan.values import Record
from shipway.pointer import json_form, view
from shipway.pointer.pointer import BadPointer, Pointer

__all__ = ["PointerMove", "RunsChange", "SlotChange", "Standing", "pointer_move", "runs_changes", "slot_change", "told"]

_JOB, _TABLE = "databricks_job", "databricks_sql_table"
_POINTER = "pointer"
_SLOT = re.compile(r"(?:^|[/_-])slots?[/_-]([a-z0-9]+)(?:[/_-]|$)")


@dataclass(frozen=True, slots=True)
class PointerMove:
    """What consumers get before and after; of a canary whose share alone changes, the two shares."""

    old: str
    new: str
    holder: str
    """What the pointer stands in."""
    canary: str = ""
    """The slot whose share of the keys changes, where nothing else does."""


@dataclass(frozen=True, slots=True)
class RunsChange:
    """A slot that the router starts from now on, or no longer."""

    slot: str
    starts: bool


@dataclass(frozen=True, slots=True)
class SlotChange:
    """A slot's job that gets another release and nothing else; `live` if the pointer stands on it."""

    slot: str
    old: str
    new: str
    live: bool | None


@dataclass(frozen=True, slots=True)
class _Written:
    """A pointer as an object holds it, and what else stands in the same text: that has to stay."""

    pointer: Pointer
    rest: object = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a stack's slots stand before an apply."""

    slots: Mapping[str, str] = field(default_factory=dict)
    """By the release that each holds; of two with one release, the one that works."""
    live: frozenset[str] | None = None
    """The slots that consumers get something from; None where the plan does not say."""

    @classmethod
    def of(cls, changes: Sequence[ResourceChange]) -> Standing:
        """From all objects of a plan, those that do not change too."""
        running = {name for change in changes for name, works in _runs(change, before(change)).items() if works}
        jobs = [(_slot_of(change), _release(before(change))) for change in changes if change.type == _JOB]
        found = sorted(((name in running, name), release) for name, release in jobs if name and release)
        slots = cls({release: name for (_, name), release in found})
        pointers = [written.pointer for change in changes if (written := slots.written(change, before(change)))]
        ends = (name for pointer in pointers for name in (pointer.active, pointer.candidate) if name)
        return replace(slots, live=frozenset(ends) if pointers else None)

    def written(self, change: ResourceChange, side: Record) -> _Written | None:
        """The pointer that an object holds on one side of its change, its ends named by slot."""
        read = _READERS.get(change.type)
        try:
            found = read(side) if read and change.mode == "managed" else None
        except BadPointer:
            return None
        if found is None:
            return None
        pointer = found.pointer
        candidate = pointer.candidate and self.slots.get(pointer.candidate, pointer.candidate)
        return replace(
            found, pointer=replace(pointer, active=self.slots.get(pointer.active, pointer.active), candidate=candidate)
        )


def _in_parameter(job: Record) -> _Written | None:
    text = _parameter(job, _POINTER)
    return _Written(json_form.parse(text)) if text and any(_gated(job)) else None


def _in_view(table: Record) -> _Written | None:
    text = table.get("view_definition")
    if table.get("table_type") != "VIEW" or not isinstance(text, str):
        return None
    found = view.parse(text)
    return _Written(found.pointer.pointer(), found.shape)


_READERS: dict[str, Callable[[Record], _Written | None]] = {_JOB: _in_parameter, _TABLE: _in_view}
_HOLDERS = {_JOB: "router job", _TABLE: "view"}


def pointer_move(change: ResourceChange, standing: Standing) -> PointerMove | None:
    """The move of the pointer that this change makes, if it makes one."""
    if change.action is not Action.UPDATE:
        return None
    was, will_be = standing.written(change, before(change)), standing.written(change, after(change))
    if was is None or will_be is None or was.rest != will_be.rest or was == will_be:
        return None
    old, new, holder = was.pointer, will_be.pointer, _HOLDERS[change.type]
    if old.candidate and new.candidate and (old.candidate, old.salt) != (new.candidate, new.salt):
        # Another cohort is no step of a canary: whoever had the candidate may lose it.
        return None
    if old.active == new.active:
        return PointerMove(f"{old.percent} %", f"{new.percent} %", holder, str(old.candidate or new.candidate))
    return PointerMove(_said(old), _said(new), holder)


def _said(pointer: Pointer) -> str:
    canary = f", {pointer.candidate} for {pointer.percent} %" if pointer.candidate else ""
    return f"{pointer.active}{canary}"


def runs_changes(change: ResourceChange) -> tuple[RunsChange, ...]:
    """The slots that this change of a router starts or stops."""
    if change.mode != "managed" or change.action is not Action.UPDATE:
        return ()
    old, new = _runs(change, before(change)), _runs(change, after(change))
    both = sorted(old.keys() & new.keys())
    return tuple(RunsChange(slot, new[slot]) for slot in both if old[slot] != new[slot])


def _runs(change: ResourceChange, job: Record) -> dict[str, bool]:
    """Which slots a router starts; empty for what is no router."""
    if change.type != _JOB:
        return {}
    said = {slot: _parameter(job, slot) for slot in _gated(job)}
    return {slot: word == "on" for slot, word in said.items() if word in ("on", "off")}


def _gated(job: Record) -> Iterator[str]:
    """The slots whose run a task of this job makes depend on the parameter of their name."""
    conditions = [one.get("left") for task in blocks(job.get("task")) for one in blocks(task.get("condition_task"))]
    yield from (slot.value for slot in Slot if f"{{{{job.parameters.{slot}}}}}" in conditions)


# What a release sets in a slot's job: its parameters, and the wheel of each task.
_CONTENT = re.compile(r'parameter\["(release|model_version)"\]\.default|task\["[^"]*"\]\.library(\b.*)?')


def slot_change(change: ResourceChange, paths: Sequence[str], standing: Standing) -> SlotChange | None:
    """The release step that this change makes if the attributes at `paths` are all that differs in it."""
    if change.type != _JOB or change.mode != "managed" or change.action is not Action.UPDATE:
        return None
    slot = _slot_of(change)
    if not slot or not paths or not all(_CONTENT.fullmatch(path) for path in paths):
        return None
    live = None if standing.live is None else slot in standing.live
    return SlotChange(slot, _release(before(change)), _release(after(change)), live)


def told(change: ResourceChange, *, move: bool, runs: Sequence[RunsChange]) -> ResourceChange:
    """The change without what a pointer's move and slots' starts and stops say of it: what differs then is more."""
    names = {*(one.slot for one in runs), *((_POINTER,) if move else ())}
    return replace(change, before=_without(before(change), names), after=_without(after(change), names))


def _without(side: Record, names: set[str]) -> Record:
    if "view_definition" in side:
        return side.without("view_definition") if names else side
    parameters = tuple(
        one.without("default") if one.get("name") in names else one for one in blocks(side.get("parameter"))
    )
    return Record({**side, "parameter": parameters}) if parameters else side


def _slot_of(change: ResourceChange) -> str:
    found = _SLOT.search(change.construct_path) or _SLOT.search(change.address.partition(".")[2])
    return found[1] if found else ""


def _release(job: Record) -> str:
    return _parameter(job, "release") or ""


def _parameter(job: Record, name: str) -> str | None:
    # Two of one name would let the second change unseen.
    found = [parameter.get("default") for parameter in blocks(job.get("parameter")) if parameter.get("name") == name]
    return found[0] if len(found) == 1 and isinstance(found[0], str) else None
