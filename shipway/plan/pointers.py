"""Pointer moves: a router job that runs another slot's job than before. The one change a release is about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from shipway.plan.access_readers import blocks
from shipway.plan.model import Action, ResourceChange
from shipway.plan.objects import Objects, after, before
from shipway.plan.values import Record, Unknown, Value, same

__all__ = ["POINTER_TASK", "PointerMove", "SlotChange", "is_router", "pointer_move", "slot_change", "without_pointer"]

POINTER_TASK = "live"

_SLOT = re.compile(r"(?:^|[/_-])slots?[/_-]([a-z0-9]+)(?:[/_-]|$)")


@dataclass(frozen=True, slots=True)
class PointerMove:
    """The router's target before and after, by slot where the objects say one, else by the job's name."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class SlotChange:
    """A slot's job that gets another release and nothing else; `live` if the pointer stands on it."""

    slot: str
    old: str
    new: str
    live: bool | None


# What a release sets in a slot's job: its parameters, and the wheel of each task.
_RELEASE = re.compile(r'parameter\["(release|model_version)"\]\.default|task\["[^"]*"\]\.library(\b.*)?')


def slot_change(
    change: ResourceChange, paths: Sequence[str], routers: Sequence[ResourceChange], was: Objects
) -> SlotChange | None:
    """The release step that this change makes if the attributes at `paths` are all that differs in it.

    `routers` are the jobs of the stack that hold a pointer; where they stand before the apply says which slot is live.
    """
    if change.type != "databricks_job" or change.mode != "managed" or change.action is not Action.UPDATE:
        return None
    found = _SLOT.search(change.construct_path) or _SLOT.search(change.address.partition(".")[2])
    if found is None or not paths or not all(_RELEASE.fullmatch(path) for path in paths):
        return None
    number = before(change).get("id")
    targets = [_target(before(router)) for router in routers]
    known = isinstance(number, str) and any(isinstance(target, (str, int)) for target in targets)
    live = any(str(target) == number for target in targets) if known else None
    return SlotChange(found[1], _release(before(change)), _release(after(change)), live)


def is_router(change: ResourceChange) -> bool:
    """Whether this job holds a pointer."""
    return change.type == "databricks_job" and _target(before(change)) is not None


def _release(job: Record) -> str:
    for parameter in blocks(job.get("parameter")):
        if parameter.get("name") == "release" and isinstance(parameter.get("default"), str):
            return str(parameter.get("default"))
    return ""


def pointer_move(change: ResourceChange, was: Objects, will_be: Objects) -> PointerMove | None:
    """The move of the pointer that this change makes, if it makes one."""
    if change.type != "databricks_job" or change.mode != "managed" or change.action is not Action.UPDATE:
        return None
    old, new = _target(before(change)), _target(after(change))
    if old is None or new is None or same(old, new):
        return None
    move = PointerMove(_slot(old, was, will_be), _slot(new, will_be, was))
    return move if move.old != move.new else None


def without_pointer(job: Record) -> Record:
    """The router job with the pointer left out: what differs then is more than a move."""
    return Record({**job, "task": tuple(map(_cleared, blocks(job.get("task"))))})


def _cleared(task: Record) -> Record:
    if task.get("task_key") != POINTER_TASK:
        return task
    runs = tuple(run.without("job_id") for run in blocks(task.get("run_job_task")))
    return Record({**task, "run_job_task": runs})


def _target(job: Record) -> Value:
    for task in blocks(job.get("task")):
        if task.get("task_key") == POINTER_TASK:
            for run in blocks(task.get("run_job_task")):
                return run.get("job_id")
    return None


def _slot(target: Value, objects: Objects, others: Objects) -> str:
    change = _job(target, objects) or _job(target, others)
    if change is None:
        return objects.text(target, "databricks_job")
    found = _SLOT.search(change.construct_path) or _SLOT.search(change.address.partition(".")[2])
    return found[1] if found else objects.title(change)


def _job(target: Value, objects: Objects) -> ResourceChange | None:
    if isinstance(target, Unknown):
        return objects.at(target.refs[0])[0] if len(target.refs) == 1 else None
    return objects.by_id("databricks_job", target)
