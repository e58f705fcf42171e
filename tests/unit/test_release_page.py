"""The page on releases says what the table of moves says."""

from __future__ import annotations

import os
import re
from pathlib import Path

from shipway.release.diagram import diagram_text, mermaid, moves_table
from shipway.release.moves import MOVES, Gate

PAGE = Path(__file__).parents[2] / "docs" / "releases.md"
# Read here: tests see none of these settings.
WRITE = bool(os.environ.get("SHIPWAY_WRITE"))
PART = re.compile(r"(?<=<!-- generated: moves -->\n).*(?=<!-- end: moves -->)", re.DOTALL)


def test_the_table_and_the_picture_on_the_page_are_those_of_the_code() -> None:
    """`SHIPWAY_WRITE=1 .venv/bin/pytest tests/unit/test_release_page.py` writes them."""
    text = PAGE.read_text(encoding="utf-8")
    wanted = "\n".join([*moves_table(), "", "```mermaid", *mermaid(), "```", ""])
    if WRITE:
        PAGE.write_text(PART.sub(lambda _: wanted, text), encoding="utf-8")
        return
    found = PART.search(text)
    assert found is not None
    assert found[0] == wanted, f"SHIPWAY_WRITE=1 .venv/bin/pytest {Path(__file__).name}"


def test_every_gate_is_explained_on_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [gate.value for gate in Gate if f"| {gate.value} |" not in text] == []


def test_every_move_is_in_every_picture() -> None:
    for picture in ("\n".join(diagram_text()), "\n".join(mermaid())):
        assert [row.move for row in MOVES if row.target is not None and row.move.value not in picture] == []


def test_every_test_that_the_page_names_is_there() -> None:
    tests = PAGE.parents[1] / "tests" / "unit"
    there = "\n".join(path.read_text(encoding="utf-8") for path in tests.glob("test_*.py"))
    section = PAGE.read_text(encoding="utf-8").partition("## What always holds")[2].partition("\n## ")[0]
    named = {name for name in re.findall(r"`([a-z_]+)`", section) if "_" in name} - {"rollback_to"}
    assert len(named) >= 10
    assert [name for name in sorted(named) if f"def {name}(" not in there] == []
