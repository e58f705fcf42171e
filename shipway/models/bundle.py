"""`bundles/<use-case>/bundle.yaml`: one use case, the same in every environment."""

from __future__ import annotations

import re
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator

from shipway.models.agent import Agent
from shipway.models.document import Document, Text
from shipway.models.judging import Judging, Risk
from shipway.models.kinds import UseCaseKind
from shipway.models.names import DataName
from shipway.models.output import Output
from shipway.models.serving import Endpoint
from shipway.models.waivers import Waiver

__all__ = ["Bundle", "Compute", "Data", "Job", "Schedule", "SecretKey", "Task"]

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=100)]


# Seconds, minutes, hours, day of the month, month, day of the week, year.
_LARGEST = (59, 59, 23, 31, 12, 7, 2099)


def _quartz(expression: str) -> str:
    # Quartz has a seconds field first and `?` for one of the two day fields; a Unix cron line is the usual mistake.
    fields = expression.split()
    if not 6 <= len(fields) <= 7 or not re.fullmatch(r"[0-9A-Z*?,/#L W-]+", expression):
        raise ValueError("a Quartz expression of six or seven fields, e.g. '0 30 5 * * ?' for 05:30 each day")
    for field, largest in zip(fields, _LARGEST, strict=False):
        if any(int(number) > largest for number in re.findall(r"[0-9]+", field)):
            raise ValueError(f"a Quartz expression; {field!r} is beyond {largest}")
    if (fields[3] == "?") == (fields[5] == "?"):
        raise ValueError("a Quartz expression with '?' in exactly one of the two day fields")
    return expression


def _timezone(name: str) -> str:
    try:
        # `localtime` and its like are files of the machine, not places.
        if "/" not in name and name != "UTC":
            raise ValueError(name)
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("a time zone of the tz database, e.g. 'Europe/Zurich'") from error
    return name


class Data(Document):
    """Where the use case's tables, model and artifacts live."""

    catalog: DataName
    """The data domain; each environment has its catalog of it."""

    schema_: Annotated[DataName, Field(alias="schema")]


class Schedule(Document):
    """When the live slot runs."""

    cron: Annotated[str, AfterValidator(_quartz)]
    timezone: Annotated[str, AfterValidator(_timezone)]


class Compute(Document):
    """The job cluster; `policy` is one of the environment's cluster policies."""

    policy: Key
    spark_version: Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]+\.x-[a-z0-9.-]+$", max_length=60)]
    node_type: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+$", max_length=60)]
    workers: Annotated[int, Field(ge=0, le=500, strict=True)] = 1


class Task(Document):
    """One step: an entry point of the bundle's wheel."""

    entry_point: Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]*$", max_length=100)]
    after: tuple[Key, ...] = ()


class Job(Document):
    """The work that each of the two slots does, and when."""

    package: Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]*$", max_length=100)]
    """The wheel's package name."""

    schedule: Schedule
    compute: Compute
    timeout_minutes: Annotated[int, Field(ge=1, le=7 * 24 * 60, strict=True)] = 120
    """A run without a limit holds its cluster until somebody looks."""

    max_retries: Annotated[int, Field(ge=0, le=10, strict=True)] = 1
    tasks: Annotated[dict[Key, Task], Field(min_length=1)]

    @model_validator(mode="after")
    def _tasks_form_an_order(self) -> Job:
        for name, task in self.tasks.items():
            if len(set(task.after)) != len(task.after):
                raise ValueError(f"tasks named once in `after`; {name!r} names one twice")
            for other in task.after:
                if other not in self.tasks:
                    raise ValueError(f"tasks that follow declared ones; {name!r} is after {other!r}, which is none")
        done: set[str] = set()
        while len(done) < len(self.tasks):
            ready = {name for name, task in self.tasks.items() if name not in done and done.issuperset(task.after)}
            if not ready:
                raise ValueError(
                    f"tasks in an order; {', '.join(sorted(self.tasks.keys() - done))} wait for each other"
                )
            done |= ready
        return self


class SecretKey(Document):
    """A secret's metadata; its value never stands in a document nor in state."""

    owner: Text
    rotate_days: Annotated[int, Field(ge=1, le=365, strict=True)] = 90


class Bundle(Document):
    """A use case, from pilot to production."""

    kind: UseCaseKind
    """What it does with its releases: which of the blocks `job`, `output`, `endpoint` and `agent` it has follows from
    it (shipway/models/kinds.py), and so does where its pointer stands."""

    description: Text
    product_line: DataName
    owner: Text
    """The team that answers for it."""

    cost_center: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=40)]
    risk: Risk
    data: Data
    model: DataName
    job: Job | None = None
    """Of kinds whose slots are jobs."""

    output: Output | None = None
    """Of a batch job: the table that both slots append to, and the view that consumers read."""

    endpoint: Endpoint | None = None
    """Of a served model."""

    agent: Agent | None = None
    """Of an agent."""

    secrets: dict[Key, SecretKey] = {}
    release: Judging = Judging()
    """What a new release is judged by, and in which steps it comes in."""

    waivers: tuple[Waiver, ...] = ()
