"""Dynamic value references: `{{job.parameters.release}}` in a parameter or condition becomes its value at run time.

As Databricks does it: a name that is in braces and in no known namespace stays as it is; one that a known namespace
does not have is a mistake, and said. Braces are read once: a value that holds braces is text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shipway.errors import ShipwayError

__all__ = ["Context"]

_REFERENCE = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")
_NAMESPACES = ("job.", "task.", "tasks.")


@dataclass(frozen=True, slots=True)
class Context:
    """What references can mean in one run of a job. `started` is in UTC, as Databricks' references are."""

    job_id: str
    job_name: str
    run_id: str
    started: datetime
    parameters: Mapping[str, str]

    def resolve(self, text: str, task: str = "") -> str:
        """`text` with each reference replaced; raises ShipwayError for one that is none."""
        return _REFERENCE.sub(lambda found: self._value(found[1], found[0], task), text)

    def _value(self, name: str, whole: str, task: str) -> str:
        if name.startswith("job.parameters."):
            key = name.removeprefix("job.parameters.").strip("`")
            if key not in self.parameters:
                has = ", ".join(sorted(self.parameters)) or "none"
                raise ShipwayError(f"{self.job_name}: {whole} names no parameter of the job; it has {has}")
            return self.parameters[key]
        known = {
            "job.id": self.job_id,
            "job.name": self.job_name,
            "job.run_id": self.run_id,
            "job.trigger.type": "one_time",
            "task.name": task,
            **{f"job.start_time.{part}": value for part, value in _times(self.started).items()},
        }
        if name in known:
            return known[name]
        if name.startswith(_NAMESPACES):
            raise ShipwayError(f"{self.job_name}: the laptop does not know {whole}", f"it knows {', '.join(known)}")
        return whole


def _times(moment: datetime) -> dict[str, str]:
    return {
        "iso_date": moment.strftime("%Y-%m-%d"),
        "iso_datetime": moment.strftime("%Y-%m-%dT%H:%M:%S"),
        "timestamp_ms": str(int(moment.timestamp() * 1000)),
        "year": str(moment.year),
        "month": str(moment.month),
        "day": str(moment.day),
        "iso_weekday": str(moment.isoweekday()),
    }
