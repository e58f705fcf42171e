"""What an outline says of a release."""

from __future__ import annotations

from shipway.plan.phrases import Atom, Entry, Line, Tone, Weight, in_stacks, sentence
from shipway.plan.report_release import PointerRow, RunsRow

__all__ = ["pointer_entry", "runs_entry"]


def pointer_entry(row: PointerRow) -> Entry:
    """A pointer that moves, and what rides along."""
    rest = ", nothing else changes" if row.alone else ", and more changes in this stack: see below"
    moved: Line = ("canary of ", Atom(row.canary), ": ") if row.canary else ("pointer: ",)
    line: Line = (*moved, Atom(row.old), " → ", Atom(row.new), f" ({row.holder} ", Atom(row.line), ")", rest)
    residual: tuple[Line, ...] = tuple(("not explained by the move: ", sentence(item)) for item in row.residual)
    return Entry(Tone.MOVE, Weight.FIRST, (*line, *in_stacks(row.places)), residual)


def runs_entry(row: RunsRow) -> Entry:
    """A slot that works from now on, or no longer."""
    line: Line = (
        "slot ",
        Atom(row.slot),
        " starts" if row.starts else " stops",
        f" ({row.holder} ",
        Atom(row.line),
        ")",
    )
    return Entry(Tone.MOVE, Weight.FIRST, (*line, *in_stacks(row.places)))
