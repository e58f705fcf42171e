"""The moves of a line as a picture, from the table of moves: text for a terminal, Mermaid for a page."""

from __future__ import annotations

from collections.abc import Iterator

from shipway.models.release import Phase
from shipway.release.moves import MOVES, Aspect, Move, MoveRow

__all__ = ["diagram_text", "mermaid", "moves_table"]

_WORDS = {
    Aspect.CONTENT: "the waiting slot",
    Aspect.RUNS: "whether the other slot works",
    Aspect.POINTER: "the pointer",
}


def diagram_text(phase: Phase | None = None) -> Iterator[str]:
    """The phases in their order with the moves from each; an arrow stands where the line is."""
    for here in Phase:
        yield f"{'→' if here is phase else ' '} {here.value}"
        for row, target in _moves_from(here):
            yield f"      {row.move.value:10} to {target.value:9} changes {_changed(row)}"
    yield f"  {Move.HOLD.value} and {Move.RESUME.value} in every phase but {Phase.AT_REST.value}; while held, only back"


def mermaid() -> Iterator[str]:
    """The same for a page that draws Mermaid."""
    yield "stateDiagram-v2"
    yield f"  [*] --> {Phase.AT_REST.value}"
    for here in Phase:
        for row, target in _moves_from(here):
            yield f"  {here.value} --> {target.value}: {row.move.value}"


def _moves_from(phase: Phase) -> Iterator[tuple[MoveRow, Phase]]:
    for row in MOVES:
        if phase in row.sources and row.target is not None:
            yield row, row.target


def _changed(row: MoveRow) -> str:
    return ", ".join(_WORDS[aspect] for aspect in row.changes) or "the manifest alone"


def moves_table() -> Iterator[str]:
    """The table of moves for a page, in Markdown."""
    yield "| move | from | to | changes | gates | taken back by |"
    yield "|---|---|---|---|---|---|"
    for row in MOVES:
        sources = ", ".join(phase.value for phase in row.sources)
        target = row.target.value if row.target else "(stays)"
        gates = ", ".join(gate.value for gate in row.gates) or "none"
        yield f"| {row.move.value} | {sources} | {target} | {_changed(row)} | {gates} | {row.undo} |"
