"""Which task of a job runs when, and how a run ends: Databricks' rules, on whatever carries a task out.

Results are the words of the Jobs API (`result_state`). A run's result is that of its leaves: all well is SUCCESS, a
failed leaf is FAILED, a failure that another task was declared to deal with is SUCCESS_WITH_FAILURES.
Source: docs.databricks.com, "Configure task dependencies" and "Add branching logic to a job with the If/else task".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from enum import StrEnum

from shipway.errors import ShipwayError
from shipway.run.job import Condition, DependsOn, Job, Task

__all__ = ["Outcome", "Result", "compare", "decide", "in_order", "of_run", "walk"]


class Result(StrEnum):
    """How a task or a run ended."""

    SUCCESS = "SUCCESS"
    SUCCESS_WITH_FAILURES = "SUCCESS_WITH_FAILURES"
    EXCLUDED = "EXCLUDED"
    """Not run, and nobody's failure: a condition said so."""
    FAILED = "FAILED"
    TIMEDOUT = "TIMEDOUT"
    UPSTREAM_FAILED = "UPSTREAM_FAILED"
    CANCELED = "CANCELED"

    @property
    def is_well(self) -> bool:
        """Whether nothing went wrong: what was excluded counts as successful."""
        return self in (Result.SUCCESS, Result.SUCCESS_WITH_FAILURES, Result.EXCLUDED)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a task ended; `said` is what a condition found, `true` or `false`."""

    result: Result
    said: str = ""


Act = Callable[[Task], Outcome]


def walk(job: Job, act: Act, workers: int = 2) -> dict[str, Outcome]:
    """Run every task of `job` by `act`, each as soon as what it waits for is over, at most `workers` at once.

    Raises ShipwayError for tasks that wait for each other or for none, before anything runs.
    """
    done: dict[str, Outcome] = {}
    waiting = {task.key: task for task in in_order(job)}
    running: dict[Future[Outcome], str] = {}
    with ThreadPoolExecutor(max_workers=workers) as pool:
        while waiting or running:
            for task in [task for task in waiting.values() if all(one.task in done for one in task.after)]:
                del waiting[task.key]
                not_run = decide(task, done)
                if not_run is None:
                    running[pool.submit(act, task)] = task.key
                else:
                    done[task.key] = Outcome(not_run)
            # What was not run may free others at once; only when nothing is free is there something to wait for.
            if running and not any(all(one.task in done for one in task.after) for task in waiting.values()):
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    done[running.pop(future)] = future.result()
    return done


def in_order(job: Job) -> list[Task]:
    """The tasks, each after those it waits for; raises ShipwayError where there is no such order."""
    ordered: list[Task] = []
    keys: set[str] = set()
    left = list(job.tasks)
    while left:
        free = [task for task in left if keys.issuperset(one.task for one in task.after)]
        if not free:
            names = ", ".join(task.key for task in left)
            raise ShipwayError(f"{job.name}: the tasks {names} wait for each other, or for one that is not there")
        ordered += free
        keys |= {task.key for task in free}
        left = [task for task in left if task.key not in keys]
    if len(keys) < len(ordered):
        raise ShipwayError(f"{job.name}: two tasks have one key")
    return ordered


def decide(task: Task, done: Mapping[str, Outcome]) -> Result | None:
    """Why `task` is not run now that all it waits for is over; None: it is run."""
    if not task.after:
        return None
    met = [_as_seen(one, done[one.task]) for one in task.after]
    if all(result is Result.EXCLUDED for result in met):
        return Result.EXCLUDED
    if any(one.outcome and result is Result.EXCLUDED for one, result in zip(task.after, met, strict=True)):
        return Result.EXCLUDED
    fails = [not result.is_well for result in met]
    match task.run_if:
        case "ALL_DONE":
            return None
        case "AT_LEAST_ONE_SUCCESS":
            return None if not all(fails) else Result.UPSTREAM_FAILED
        case "AT_LEAST_ONE_FAILED":
            return None if any(fails) else Result.EXCLUDED
        case "ALL_FAILED":
            return None if all(fails) else Result.EXCLUDED
        case _:
            # ALL_SUCCESS, and NONE_FAILED, which differ in nothing once what was excluded counts as successful.
            return None if not any(fails) else Result.UPSTREAM_FAILED


def _as_seen(one: DependsOn, outcome: Outcome) -> Result:
    """A condition that said the other thing is, for who waits for this branch, as if it had been excluded."""
    if one.outcome and outcome.result is Result.SUCCESS and one.outcome != outcome.said:
        return Result.EXCLUDED
    return outcome.result


def compare(condition: Condition, left: str, right: str) -> bool:
    """What the condition says of two resolved values; raises ShipwayError for numbers that are none."""
    match condition.op:
        case "EQUAL_TO":
            return left == right
        case "NOT_EQUAL":
            return left != right
        case "GREATER_THAN":
            return _number(left) > _number(right)
        case "GREATER_THAN_OR_EQUAL":
            return _number(left) >= _number(right)
        case "LESS_THAN":
            return _number(left) < _number(right)
        case "LESS_THAN_OR_EQUAL":
            return _number(left) <= _number(right)
        case _:
            raise ShipwayError(f"a condition compares by {condition.op!r}, which is no operator")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ShipwayError(f"a condition compares numbers, got {text!r:.60}") from None


def of_run(tasks: Sequence[Task], done: Mapping[str, Outcome]) -> Result:
    """How the run ended of which these are all tasks."""
    results = {key: outcome.result for key, outcome in done.items()}
    if Result.CANCELED in results.values():
        return Result.CANCELED
    inner = {one.task for task in tasks for one in task.after}
    if not all(result.is_well for key, result in results.items() if key not in inner):
        return Result.FAILED
    clean = all(result.is_well for result in results.values())
    return Result.SUCCESS if clean else Result.SUCCESS_WITH_FAILURES
