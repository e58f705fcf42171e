"""What only one slot may do: acting on other systems, for the keys that the pointer gives to it.

The router hands the pointer to the jobs of both slots. Without it nobody acts: a run that somebody starts by hand, and
a shadow, are rehearsals. What a slot may not do it writes beside the real thing, so that both can be compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shipway.pointer.cohorts import in_cohort
from shipway.pointer.json_form import parse
from shipway.pointer.pointer import Pointer
from shipway.runtime import tables
from shipway.runtime.job import Parameters
from shipway.runtime.outputs import publish

__all__ = ["Done", "Effects", "effects_of"]


@dataclass(frozen=True, slots=True)
class Done:
    """How many rows went to the real table, and how many beside it."""

    acted: int
    rehearsed: int


@dataclass(frozen=True, slots=True)
class Effects:
    """What the slot of `job` may do; `pointer` is None where nobody said."""

    job: Parameters
    pointer: Pointer | None

    def may_act(self, key: object) -> bool:
        """Whether `key` is this slot's to act on: of all slots, exactly one may."""
        pointer = self.pointer
        if pointer is None:
            return False
        if pointer.candidate is not None and in_cohort(pointer.salt, key, pointer.percent):
            return self.job.slot == pointer.candidate
        return self.job.slot == pointer.active

    def append(self, table: str, key: str, rows: Iterable[tables.Row], types: Mapping[str, str]) -> Done:
        """Append the rows whose `key` column is this slot's to `table`, the others to `<table>_rehearsed`.

        A key that anybody acted on for that business date is left alone: an effect happens once, also when a run is
        repeated, or the pointer has moved between two runs of a day.
        """
        job = self.job
        mine: list[tables.Row] = []
        others: list[tables.Row] = []
        for row in rows:
            (mine if self.may_act(row[key]) else others).append(row)
        acted = {row[key] for row in tables.read(job.named(table), as_of=job.as_of)} if mine else set()
        stamps = {"as_of": job.as_of, "release": job.release, "slot": job.slot}
        new = [{**row, **stamps} for row in mine if row[key] not in acted]
        stamped = {**types, "as_of": "date", "release": "string", "slot": "string"}
        return Done(
            acted=tables.append(job.named(table), new, stamped),
            rehearsed=publish(job, f"{table}_rehearsed", others, types),
        )


def effects_of(job: Parameters) -> Effects:
    """What the job may do by the pointer that it was handed; raises BadPointer for one that Shipway did not write."""
    text = job.values.get("pointer", "")
    return Effects(job, parse(text) if text else None)
