"""Moves in a pull request's comment: the refused first, nothing of them live, and room left for the reviews."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from shipway.cli.comment import command
from shipway.errors import ShipwayError
from shipway.plan.as_json import render_json
from shipway.plan.comment import render_comment
from shipway.plan.moves import MoveGate, MoveNote, Moves, read_moves, render_moves
from shipway.plan.review import review

DIGEST = "ab" * 32
FLIP = MoveNote(
    use_case="triage",
    move="flip",
    code=3,
    before="canary at 50 %",
    after="flipped",
    digest=DIGEST,
    plan="cd" * 32,
    inverse="ef" * 32,
    back="rollback",
    changes=("databricks_job.router: pointer: blue -> green",),
    gates=(MoveGate(gate="judged", verdict="PASSED", reason="the judge said PASSED"),),
)
REFUSED = MoveNote(use_case="letters", code=4, text="Error: UNAPPLIED: no single move leads there\n  from there: admit")


def moves(*notes: MoveNote) -> Moves:
    return Moves(environment="prod", dry_run=True, moves=notes)


def test_each_move_shows_its_proof_its_way_back_and_what_to_approve() -> None:
    said = render_moves(moves(FLIP))
    for digest in (FLIP.digest, FLIP.plan, FLIP.inverse):
        assert f"`{digest}`" in said
    assert "**`triage`: flip** 🟡 somebody approves it" in said
    assert "`PASSED` `judged`" in said
    assert render_moves(moves()) == ""


def test_the_refused_are_said_first_and_with_why() -> None:
    said = render_moves(moves(FLIP, REFUSED))
    assert said.index("letters") < said.index("triage")
    assert "🔴 refused" in said
    assert "from there: admit" in said


def test_the_worst_is_what_the_shell_is_told_and_a_failure_before_all() -> None:
    assert moves().exit_code == 0
    assert moves(FLIP).exit_code == 3
    assert moves(FLIP, REFUSED).exit_code == 4
    assert moves(REFUSED, FLIP.model_copy(update={"code": 1})).exit_code == 1


HOSTILE = ("` <img src=x> [a](javascript:b) @everyone #1", "``\n# a heading\n- a list", "\u202e\x1b[31m")


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_somebody_typed_leaves_its_span(text: str) -> None:
    gate = MoveGate(gate=text, verdict=text, reason=text)
    note = FLIP.model_copy(
        update=dict.fromkeys(("use_case", "before", "after", "text", "back", "digest"), text)
        | {"changes": (text,), "gates": (gate,)}
    )
    said = render_moves(moves(note))
    outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", said, flags=re.DOTALL)
    for live in ("<img", "](", "@everyone", "#1", "# a heading", "- a list", "\x1b", "\u202e"):
        assert live not in outside, said


def test_very_many_leave_room_for_the_reviews() -> None:
    many = [FLIP.model_copy(update={"use_case": f"case-{n}", "changes": ("x" * 290,) * 40}) for n in range(500)]
    said = render_moves(moves(*many))
    assert len(said) < 20_000
    assert "… and 480 more" in said
    assert said.count("**`case-") == 20


def test_a_comment_has_them_beside_the_review_and_counts_the_refused(tmp_path: Path) -> None:
    (tmp_path / "review-prod.json").write_text(render_json(review([])))
    (tmp_path / "moves-prod.json").write_text(moves(FLIP, REFUSED).as_json())
    (tmp_path / "moves-test.json").write_text('{"error": "it failed"}')
    done = CliRunner().invoke(command, [str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert "2 moves of releases, **1 refused**" in done.output
    assert DIGEST in done.output
    assert "moves-test.json: no moves" in done.output
    # Whatever there is, the host takes it.
    text = render_comment({"prod": review([])}, (), "", "", 2_000, {"prod": moves(*[FLIP] * 20)})
    assert len(text.encode("utf-16-le")) // 2 <= 2_000


def test_what_is_read_is_what_was_written_and_nothing_else() -> None:
    found = moves(FLIP, REFUSED)
    assert read_moves(found.as_json().encode(), "here") == found
    changed = json.loads(found.as_json())
    odds: list[object] = [{**changed, "schema": "x"}, {**changed, "more": 1}, {**changed, "moves": [{"code": "3"}]}, []]
    for odd in odds:
        with pytest.raises(ShipwayError, match="here: no moves"):
            read_moves(json.dumps(odd).encode(), "here")
