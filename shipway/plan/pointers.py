"""Pointer moves: a router job that runs another slot's job than before. The one change a release is about."""

from __future__ import annotations

import re
from dataclasses import dataclass

from shipway.plan.access_readers import blocks
from shipway.plan.model import Action, ResourceChange
from shipway.plan.objects import Objects, after, before
from shipway.plan.values import Record, Unknown, Value, same

__all__ = ["POINTER_TASK", "PointerMove", "pointer_move", "without_pointer"]

POINTER_TASK = "live"

_SLOT = re.compile(r"(?:^|[/_-])slots?[/_-]([a-z0-9]+)(?:[/_-]|$)")


@dataclass(frozen=True, slots=True)
class PointerMove:
    """The router's target before and after, by slot where the objects say one, else by the job's name."""

    old: str
    new: str


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
