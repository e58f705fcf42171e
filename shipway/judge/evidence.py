"""Observations sorted into two arms, and what is wrong with them.

Nothing is repaired here: a value that is no number is not replaced, a row that is there twice is not picked from. Such
keys are set aside and counted as a flaw, and with a flaw nothing passes. What is left can still fail.

A flaw says how many, never which key: a judgement is kept for years, and a key can be a person's policy.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import date

from shipway.judge.measures import Observation
from shipway.judge.terms import MetricTerms

__all__ = ["Arm", "Arms", "Cell", "arms_of"]

Cell = tuple[str, date]
"""A key on a business date: what is scored once."""


@dataclass(frozen=True, slots=True)
class Arm:
    """One release's values of one metric."""

    values: Mapping[Cell, float]
    slices: Mapping[str, str]
    """The slice of each key that has one."""

    seen: frozenset[Cell]
    """All cells with a row, the unusable ones too: those were scored, if badly."""

    def only(self, cells: Set[Cell]) -> Arm:
        """These cells' values."""
        return replace(self, values={cell: value for cell, value in self.values.items() if cell in cells})

    def means(self, part: str | None) -> dict[str, float]:
        """Each key's mean over its days: a key counts once, however often it was scored."""
        days: dict[str, list[float]] = defaultdict(list)
        for (key, _), value in self.values.items():
            if part is None or self.slices.get(key) == part:
                days[key].append(value)
        return {key: math.fsum(values) / len(values) for key, values in days.items()}


@dataclass(frozen=True, slots=True)
class Arms:
    """Both arms of one metric."""

    candidate: Arm
    live: Arm
    flaws: tuple[str, ...]

    def paired(self) -> Arms:
        """What both have: the same keys on the same days."""
        both = self.candidate.values.keys() & self.live.values.keys()
        return replace(self, candidate=self.candidate.only(both), live=self.live.only(both))


@dataclass
class _Sorting:
    """One arm while it is filled."""

    name: str
    values: dict[Cell, float] = field(default_factory=dict)
    slices: dict[str, str] = field(default_factory=dict)
    seen: set[Cell] = field(default_factory=set)
    twice: set[Cell] = field(default_factory=set)
    flaws: Counter[str] = field(default_factory=Counter)

    def add(self, row: Observation, metric: MetricTerms) -> None:
        cell = (row.key, row.as_of)
        if cell in self.seen:
            self.twice.add(cell)
        self.seen.add(cell)
        if self.slices.setdefault(row.key, row.slice) != row.slice:
            self.flaws["keys that are in two slices"] += 1
        flaw = _flaw(row.value, metric)
        if flaw:
            self.flaws[flaw] += 1
        elif row.value is not None:
            self.values[cell] = float(row.value)

    def done(self) -> Arm:
        if self.twice:
            self.flaws["keys that are there twice on a day"] = len(self.twice)
        values = {cell: value for cell, value in self.values.items() if cell not in self.twice}
        slices = {key: part for key, part in self.slices.items() if part}
        return Arm(values, slices, frozenset(self.seen))

    def said(self) -> list[str]:
        return [f"{self.name} has {count:,} {what}" for what, count in sorted(self.flaws.items())]


def arms_of(
    observations: Iterable[Observation],
    metrics: Mapping[str, MetricTerms],
    *,
    candidate: str,
    live: str,
    belongs: Callable[[str, bool], bool],
) -> dict[str, Arms]:
    """The arms of each metric. `belongs(key, is_candidate)` says whether a key counts for that arm."""
    sorting = {name: (_Sorting("the candidate"), _Sorting("the live release")) for name in metrics}
    for row in observations:
        if row.metric not in sorting or row.release not in (candidate, live):
            continue
        is_candidate = row.release == candidate
        if belongs(row.key, is_candidate):
            sorting[row.metric][0 if is_candidate else 1].add(row, metrics[row.metric])
    return {name: _arms(*both) for name, both in sorting.items()}


def _arms(candidate: _Sorting, live: _Sorting) -> Arms:
    new, old = candidate.done(), live.done()
    flaws = [*candidate.said(), *live.said()]
    differ = sum(new.slices[key] != old.slices.get(key, new.slices[key]) for key in new.slices)
    if differ:
        flaws.append(f"{differ:,} keys are in one slice with the candidate and in another with the live release")
    return Arms(new, old, tuple(flaws))


def _flaw(value: float | None, metric: MetricTerms) -> str:
    if value is None or not math.isfinite(value):
        return "values that are no finite numbers"
    if metric.type == "binary" and value not in (0, 1):
        return "values that are neither 0 nor 1"
    return ""
