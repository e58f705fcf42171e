"""What a release does to a plan's objects: a pointer that moves, a slot that starts or stops, a slot's new release.

Where a pointer stands depends on the kind of use case: in a router job's parameter, the definition of a view, an
endpoint's routes, or an agent's pointer file. Each is read by the reader of its written form (shipway.pointer); what
that reader refuses is an ordinary change, shown with all that is in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from shipway.models.slot import Slot
from shipway.plan.access_readers import blocks
from shipway.plan.line_objects import (
    ENDPOINT,
    FILE,
    POINTER,
    agent_file,
    endpoint_without,
    entities_that_run,
    file_without,
    shares_of,
    versions_of,
)
from shipway.plan.model import Action, ResourceChange
from shipway.plan.objects import after, before
from shipway.plan.values import Record
from shipway.pointer import json_form, view
from shipway.pointer.pointer import BadPointer, Pointer
from shipway.pointer.traffic import Traffic

__all__ = [
    "PointerMove",
    "RunsChange",
    "SlotChange",
    "Standing",
    "holder_of",
    "pointer_move",
    "runs_changes",
    "slot_change",
    "told",
]

_JOB, _TABLE = "databricks_job", "databricks_sql_table"
# By the construct's path, where there is one: a use case may be called `time-slot`.
_SLOT_PATH = re.compile(r"/slots?/([a-z0-9]+)(?:/|$)")
_SLOT_NAME = re.compile(r"(?:^|[_-])slots?[_-]([a-z0-9]+)(?:[_-]|$)")


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
    """A slot that works from now on, or no longer."""

    slot: str
    starts: bool


@dataclass(frozen=True, slots=True)
class SlotChange:
    """A slot that gets another release and nothing else; `live` if the pointer stands on it."""

    slot: str
    old: str
    new: str
    live: bool | None
    holder: str = "job"


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
    text = _parameter(job, POINTER)
    return _Written(json_form.parse(text)) if text and any(_gated(job)) else None


def _in_view(table: Record) -> _Written | None:
    text = table.get("view_definition")
    if table.get("table_type") != "VIEW" or not isinstance(text, str):
        return None
    found = view.parse(text)
    return _Written(found.pointer.pointer(), found.shape)


def _in_file(file: Record) -> _Written | None:
    found = agent_file(file)
    return _Written(found.pointer) if found else None


_READERS: dict[str, Callable[[Record], _Written | None]] = {_JOB: _in_parameter, _TABLE: _in_view, FILE: _in_file}
_HOLDERS = {_JOB: "router job", _TABLE: "view", ENDPOINT: "endpoint", FILE: "pointer file"}


def holder_of(change: ResourceChange) -> str:
    """What an object that says which slots work, or what consumers get, is called."""
    return _HOLDERS[change.type]


def pointer_move(change: ResourceChange, standing: Standing) -> PointerMove | None:
    """The move of the pointer that this change makes, if it makes one."""
    if change.action is not Action.UPDATE:
        return None
    if change.type == ENDPOINT:
        return _traffic_move(change)
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


def _traffic_move(change: ResourceChange) -> PointerMove | None:
    was, will_be = shares_of(before(change)), shares_of(after(change))
    if was is None or will_be is None or was == will_be:
        return None
    for slot in Slot:
        old, new = was.routes()[slot], will_be.routes()[slot]
        # Half and half does not say whose canary it is: where it ends, only the shares are told.
        if max(old, new) <= 50 and (old, new) != (50, 0):
            return PointerMove(f"{old} %", f"{new} %", holder_of(change), slot.value)
    return PointerMove(_shared(was), _shared(will_be), holder_of(change))


def _shared(traffic: Traffic) -> str:
    said = [f"{slot} {share} %" for slot, share in traffic.routes().items() if share]
    return ", ".join(said) if len(said) > 1 else said[0].removesuffix(" 100 %")


def _said(pointer: Pointer) -> str:
    canary = f", {pointer.candidate} for {pointer.percent} %" if pointer.candidate else ""
    return f"{pointer.active}{canary}"


def runs_changes(change: ResourceChange) -> tuple[RunsChange, ...]:
    """The slots that this change starts or stops."""
    if change.mode != "managed" or change.action is not Action.UPDATE:
        return ()
    old, new = _runs(change, before(change)), _runs(change, after(change))
    both = sorted(old.keys() & new.keys())
    return tuple(RunsChange(slot, new[slot]) for slot in both if old[slot] != new[slot])


def _runs(change: ResourceChange, job: Record) -> dict[str, bool]:
    """Which slots work, by the object that says so; empty for any other."""
    if change.type == ENDPOINT:
        return dict(entities_that_run(job))
    if change.type == FILE:
        file = agent_file(job)
        return {Slot(file.pointer.active).other.value: file.shadow} if file else {}
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
    if change.mode != "managed" or change.action is not Action.UPDATE:
        return None
    if change.type in (ENDPOINT, FILE):
        return _slot_within(change, paths)
    slot = _slot_of(change) if change.type == _JOB else ""
    if not slot or not paths or not all(_CONTENT.fullmatch(path) for path in paths):
        return None
    live = None if standing.live is None else slot in standing.live
    return SlotChange(slot, _release(before(change)), _release(after(change)), live)


# What a release sets of one slot in an object that holds both.
_WITHIN = {
    ENDPOINT: re.compile(r'config\.served_entities\["(?P<slot>blue|green)"\]\.entity_version'),
    FILE: re.compile(r"content_base64\{json\}\.slots\.(?P<slot>blue|green)\.\w+|md5"),
}


def _slot_within(change: ResourceChange, paths: Sequence[str]) -> SlotChange | None:
    found = [_WITHIN[change.type].fullmatch(path) for path in paths]
    slots = {one["slot"] for one in found if one and one["slot"]}
    if len(slots) != 1 or not all(found):
        return None
    slot, own, new = slots.pop(), before(change), after(change)
    held, gets = _held(change, own, slot), _held(change, new, slot)
    return SlotChange(slot, held[0], gets[0], held[1], holder_of(change)) if held and gets else None


def _held(change: ResourceChange, side: Record, slot: str) -> tuple[str, bool | None] | None:
    """What a slot of such an object holds, and whether consumers get anything from it."""
    if change.type == FILE:
        file = agent_file(side)
        ends = (file.pointer.active, file.pointer.candidate) if file else ()
        return (file.content(Slot(slot)).release, slot in ends) if file else None
    versions, shares = versions_of(side), shares_of(side)
    live = shares.routes()[Slot(slot)] > 0 if shares else None
    return (f"model version {versions[slot]}", live) if slot in versions else None


def told(change: ResourceChange, *, move: bool, runs: Sequence[RunsChange]) -> ResourceChange:
    """The change without what a pointer's move and slots' starts and stops say of it: what differs then is more."""
    names = {*(one.slot for one in runs), *((POINTER,) if move else ())}
    if change.type in (ENDPOINT, FILE):
        without = endpoint_without if change.type == ENDPOINT else file_without
        return replace(change, before=without(before(change), names), after=without(after(change), names))
    return replace(change, before=_without(before(change), names), after=_without(after(change), names))


def _without(side: Record, names: set[str]) -> Record:
    if "view_definition" in side:
        return side.without("view_definition") if names else side
    parameters = tuple(
        one.without("default") if one.get("name") in names else one for one in blocks(side.get("parameter"))
    )
    return Record({**side, "parameter": parameters}) if parameters else side


def _slot_of(change: ResourceChange) -> str:
    found = _SLOT_PATH.search(change.construct_path) or _SLOT_NAME.search(change.address.partition(".")[2])
    return found[1] if found else ""


def _release(job: Record) -> str:
    return _parameter(job, "release") or ""


def _parameter(job: Record, name: str) -> str | None:
    # Two of one name would let the second change unseen.
    found = [parameter.get("default") for parameter in blocks(job.get("parameter")) if parameter.get("name") == name]
    return found[0] if len(found) == 1 and isinstance(found[0], str) else None
