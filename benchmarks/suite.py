"""Variants of the same work, measured in turn in one run: what is compared is always within a run.

A machine is busier at one minute than at the next. So every round runs each variant once, each round begins with
another one, and the numbers to read are the ratios of medians in one table.
"""

from __future__ import annotations

import datetime
import hashlib
import shutil
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.measure import Measurement, measure

__all__ = ["OutputDiffers", "Result", "Row", "Suite", "Variant", "run"]


class OutputDiffers(Exception):
    """Two variants that should write the same bytes do not: their times say nothing."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One way of doing the work. `out` is the folder it writes, removed before each run and compared after it.

    `until`: the file with whose last write the time ends; the command ends later. `check` stops it all where the work
    was not done.
    """

    name: str
    command: Sequence[str]
    cwd: Path
    env: Mapping[str, str]
    out: Path | None = None
    prepare: Callable[[], None] = field(default=lambda: None)
    succeeds: tuple[int, ...] = (0,)
    until: Callable[[], Path] | None = None
    check: Callable[[], None] = field(default=lambda: None)


@dataclass(frozen=True, slots=True)
class Suite:
    """Variants to compare. The first one is the peer that the ratios are of; those with an `out` write equal bytes."""

    key: str
    title: str
    variants: Sequence[Variant]
    rounds: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """The medians of one variant, and how many times faster than the suite's first variant it is."""

    name: str
    wall: float
    cpu: float
    peak: int
    times_faster: float


@dataclass(frozen=True, slots=True)
class Result:
    """A suite's rows, the day (ISO), and of how many variants output was compared (it was equal, or this is not)."""

    key: str
    title: str
    date: str
    rounds: int
    note: str
    compared: int
    rows: tuple[Row, ...]


def run(suite: Suite, say: Callable[[str], None]) -> Result:
    """Measure every variant in every round; raises OutputDiffers or CommandFailed."""
    taken: dict[str, list[Measurement]] = {variant.name: [] for variant in suite.variants}
    digests: dict[str, str] = {}
    for round_ in range(suite.rounds):
        start = round_ % len(suite.variants)
        for variant in (*suite.variants[start:], *suite.variants[:start]):
            taken[variant.name].append(_once(variant, digests))
            say(f"  {suite.key} {round_ + 1}/{suite.rounds} {variant.name}: {taken[variant.name][-1].wall:.2f} s")
    peer = _median(taken[suite.variants[0].name], "wall")
    rows = tuple(
        Row(name, wall := _median(all_, "wall"), _median(all_, "cpu"), int(_median(all_, "peak")), peer / wall)
        for name, all_ in taken.items()
    )
    today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    return Result(suite.key, suite.title, today, suite.rounds, suite.note, len(digests), rows)


def _once(variant: Variant, digests: dict[str, str]) -> Measurement:
    if variant.out is not None:
        shutil.rmtree(variant.out, ignore_errors=True)
        variant.out.parent.mkdir(parents=True, exist_ok=True)
    variant.prepare()
    begun = time.time()
    taken = measure(variant.command, cwd=variant.cwd, env=variant.env, succeeds=variant.succeeds)
    variant.check()
    if variant.until is not None:
        taken = replace(taken, wall=variant.until().stat().st_mtime - begun)
    if variant.out is not None:
        digests[variant.name] = _digest(variant.out)
        if len(set(digests.values())) > 1:
            raise OutputDiffers(f"{variant.name} wrote other bytes than {next(iter(digests))}: {variant.out}")
    return taken


def _digest(out: Path) -> str:
    """Of every file that Terraform or cdktf reads, with its path."""
    digest = hashlib.sha256()
    for path in sorted(out.rglob("*.json")):
        digest.update(f"{path.relative_to(out)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _median(measurements: Sequence[Measurement], what: str) -> float:
    return statistics.median(float(getattr(one, what)) for one in measurements)
