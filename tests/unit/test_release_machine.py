"""The moves of a line, as pure functions on manifests: legal ones, illegal ones, and what a way back restores."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.models.names import Slot
from shipway.models.release import Phase, Release, ReleaseManifest, Slots
from shipway.release.machine import IllegalMove, advance, move_between, next_percent
from shipway.release.moves import MOVES, Move, moves_from

PERCENTS = (5, 25, 50)


def release(number: int) -> Release:
    return Release(version=f"1.{number}.0", wheel_sha256=f"{number:064x}", model_version=number)


REST = ReleaseManifest(active=Slot.BLUE, slots=Slots(blue=release(1), green=release(2)))


def walk(manifest: ReleaseManifest, *moves: Move) -> ReleaseManifest:
    for move in moves:
        manifest = advance("x", manifest, move, PERCENTS, candidate=release(9), reason="why", at_rest=REST)
    return manifest


PATH = (Move.ADMIT, Move.SHADOW, Move.CANARY, Move.STEP, Move.STEP, Move.FLIP, Move.STABILISE, Move.RETIRE)


def test_the_whole_way_ends_at_rest_in_the_other_slot() -> None:
    end = walk(REST, *PATH)
    assert (end.phase, end.active, end.percent, end.rollback_to) == (Phase.AT_REST, Slot.GREEN, None, None)
    assert end.slots.blue == release(1)
    assert end.slots.green == release(9)


def test_percentages_follow_the_bundle_and_then_comes_the_flip() -> None:
    shadow = walk(REST, Move.ADMIT, Move.SHADOW)
    assert [walk(shadow, *PATH[2 : 3 + n]).percent for n in range(3)] == [5, 25, 50]
    with pytest.raises(IllegalMove, match="no step from there"):
        walk(REST, *PATH[:5], Move.STEP)
    with pytest.raises(IllegalMove, match="no flip from there"):
        walk(REST, *PATH[:3], Move.FLIP)


@pytest.mark.parametrize("length", [3, 4, 5, 6, 7])
def test_a_rollback_is_the_manifest_of_the_shadow_phase_from_wherever_it_starts(length: int) -> None:
    assert walk(REST, *PATH[:length], Move.ROLLBACK) == walk(REST, *PATH[:2])


@pytest.mark.parametrize("length", [1, 2])
def test_an_abort_is_the_manifest_from_before_the_admission(length: int) -> None:
    assert walk(REST, *PATH[:length], Move.ABORT) == REST


@pytest.mark.parametrize("length", range(9))
@pytest.mark.parametrize("move", list(Move))
def test_what_does_not_start_here_is_refused_with_what_does(length: int, move: Move) -> None:
    here = walk(REST, *PATH[:length])
    legal = {row.move for row in moves_from(here.phase, held=False)}
    if here.phase is Phase.CANARY:
        legal.discard(Move.STEP if next_percent(here, PERCENTS) is None else Move.FLIP)
    if move in legal:
        walk(here, move)
        return
    with pytest.raises(IllegalMove) as refused:
        walk(here, move)
    assert here.phase.value in refused.value.message
    assert all(one.value in refused.value.hint for one in legal)


@pytest.mark.parametrize("length", [1, 2, 3, 6, 7])
def test_a_held_line_only_resumes_or_goes_back(length: int) -> None:
    held = walk(REST, *PATH[:length], Move.HOLD)
    assert walk(held, Move.RESUME) == walk(REST, *PATH[:length])
    for move in {*Move} - {Move.RESUME, Move.ABORT, Move.ROLLBACK}:
        with pytest.raises(IllegalMove, match="held: why"):
            walk(held, move)
    back = Move.ABORT if length < 3 else Move.ROLLBACK
    assert walk(held, back) == walk(REST, *PATH[:length], back)


@given(st.lists(st.sampled_from(list(Move)), max_size=30))
def test_wherever_a_walk_leads_there_is_a_way_back_and_the_move_can_be_told(moves: list[Move]) -> None:
    here = REST
    for move in moves:
        try:
            there = walk(here, move)
        except IllegalMove:
            continue
        told = move_between(here, there, PERCENTS)
        # A hold that is told once more, or an abort to where a retirement would lead, are one change with two names.
        assert told is not None
        assert advance("x", here, told, PERCENTS, candidate=release(9), reason="why", at_rest=there) == there
        here = there
        if here.phase is not Phase.AT_REST:
            assert {row.move for row in moves_from(here.phase, held=True)} & {Move.ABORT, Move.ROLLBACK}
            assert here.rollback_to == here.stable.id


def test_every_phase_can_be_reached_and_every_move_is_a_row_once() -> None:
    assert {row.target for row in MOVES if row.target} == set(Phase)
    assert sorted(row.move for row in MOVES) == sorted(Move)


def test_what_goes_back_has_no_gate() -> None:
    assert {row.move for row in MOVES if row.backwards} == {Move.ABORT, Move.ROLLBACK}
    assert all(not row.gates for row in MOVES if row.backwards)


def test_two_changes_at_once_are_no_move() -> None:
    canary = walk(REST, *PATH[:3])
    other = canary.model_copy(update={"slots": canary.slots.model_copy(update={"green": release(7)})})
    stepped = walk(other, Move.STEP)
    assert move_between(canary, stepped, PERCENTS) is None
    assert move_between(REST, walk(REST, Move.ADMIT, Move.SHADOW), PERCENTS) is None
