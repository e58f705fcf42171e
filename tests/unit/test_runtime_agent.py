"""Which release answers a turn: sticky, drained, killed, and never a guess where the file cannot be believed."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.flags.change import begin, kill
from shipway.flags.file import EVERYTHING, Line
from shipway.flags.read import Flags
from shipway.flags.store import FakeStore
from shipway.models.slot import Slot
from shipway.pointer.file_form import AgentFile, SlotContent, render
from shipway.pointer.pointer import Pointer, salt_of
from shipway.runtime.agent import AGENT, CANDIDATE, AgentPointer, OutOfService, Why

USE_CASE, NOW = "claims-letters", datetime(2026, 11, 21, tzinfo=UTC)
LINE = Line("prod", USE_CASE)
OLD, NEW, NEXT = "r00000000000a", "r00000000000b", "r00000000000c"


def content(release: str) -> SlotContent:
    return SlotContent(release, "1.0.0", "a" * 64, 7, 3, "d" * 64)


def canary(percent: int) -> Pointer:
    return Pointer("blue", "green", percent, salt_of(USE_CASE, NEW))


def file(pointer: Pointer, *, green: str = NEW, shadow: bool = True) -> bytes:
    return render(AgentFile(pointer, content(OLD), content(green), shadow)).encode()


AT_REST = file(Pointer("blue"), shadow=False)


@dataclass
class World:
    """A volume with both files, and a clock."""

    pointer: FakeStore
    flags: FakeStore
    now: float = 1000.0

    def agent(self, ttl: float = 45.0) -> AgentPointer:
        flags = Flags(self.flags, USE_CASE, clock=lambda: self.now)
        return AgentPointer(self.pointer, flags, ttl=ttl, clock=lambda: self.now)

    def kill(self, component: str) -> None:
        kill(self.flags, LINE, component, "it invents addresses", "ada", NOW)


@pytest.fixture
def world() -> World:
    return at(AT_REST)


def at(raw: bytes | None) -> World:
    world = World(FakeStore(raw), FakeStore())
    begin(world.flags, LINE, "ada", NOW)
    return world


def test_at_rest_everybody_gets_the_active_release(world: World) -> None:
    turn = world.agent().turn("user-1")
    assert (turn.slot, turn.content.release, turn.why, turn.shadow) == (Slot.BLUE, OLD, Why.ACTIVE, None)


def test_a_move_is_seen_when_the_copy_is_too_old(world: World) -> None:
    agent = world.agent()
    agent.turn("user-1")
    world.pointer.content = file(Pointer("green"))
    world.now += 44.9
    assert agent.turn("user-1").content.release == OLD
    world.now += 0.2
    assert agent.turn("user-1").content.release == NEW
    assert world.pointer.reads == 2


@pytest.mark.parametrize("ttl", [0.0, 29.9, 60.1, float("nan")])
def test_it_is_read_every_half_minute_to_minute(world: World, ttl: float) -> None:
    with pytest.raises(ValueError, match="ttl"):
        world.agent(ttl)


KEYS = st.text(min_size=1, max_size=20).filter(lambda key: key.isprintable())


@given(KEYS, st.integers(1, 98))
def test_who_is_in_a_canary_stays_in_it_while_it_grows(key: str, percent: int) -> None:
    small, large = (at(file(canary(share))).agent().turn(key).slot for share in (percent, percent + 1))
    assert not (small is Slot.GREEN and large is Slot.BLUE)


@given(KEYS, st.integers(1, 99), st.sampled_from([OLD, NEW]))
def test_a_running_conversation_keeps_what_it_began_with(key: str, percent: int, began: str) -> None:
    world = at(file(canary(percent)))
    agent = world.agent()
    for pointer in (canary(percent), Pointer("green"), Pointer("blue")):
        world.pointer.content = file(pointer)
        world.now += 60
        turn = agent.turn(key, began=began)
        assert (turn.content.release, turn.why) == (began, Why.BEGUN)
        assert turn.shadow == content(NEW if began == OLD else OLD)


def test_a_conversation_moves_on_when_its_release_is_gone(world: World) -> None:
    assert world.agent().turn("user-1", began=NEW).why is Why.MOVED
    world.pointer.content = file(Pointer("blue"), green=NEXT)
    assert world.agent().turn("user-1", began=NEW).content.release == OLD


@pytest.mark.parametrize("component", [CANDIDATE, NEW])
def test_a_killed_candidate_answers_nobody_not_even_who_began_with_it(component: str) -> None:
    world = at(file(canary(99)))
    agent = world.agent()
    key = next(f"user-{n}" for n in range(99) if agent.turn(f"user-{n}").slot is Slot.GREEN)
    world.kill(component)
    world.now += 60
    turn = agent.turn(key, began=NEW)
    assert (turn.content.release, turn.why, turn.shadow) == (OLD, Why.MOVED, None)
    assert agent.turn(key).why is Why.ACTIVE


@pytest.mark.parametrize("component", [AGENT, EVERYTHING, OLD])
def test_a_killed_agent_answers_nobody(world: World, component: str) -> None:
    agent = world.agent()
    agent.turn("user-1")
    world.kill(component)
    world.now += 60
    with pytest.raises(OutOfService, match="it invents addresses"):
        agent.turn("user-1", began=OLD)


def test_without_its_flags_it_answers_nobody(world: World) -> None:
    world.flags.content = None
    with pytest.raises(OutOfService, match="missing"):
        world.agent().turn("user-1")


@pytest.mark.parametrize("raw", [None, b"", b"{", b"\xff\xfe", AT_REST[:-1], AT_REST.replace(b"blue", b"Blue", 1)])
def test_a_file_that_cannot_be_believed_is_no_answer(raw: bytes | None) -> None:
    world = at(raw)
    with pytest.raises(OutOfService, match="nobody can say"):
        world.agent().turn("user-1")


@pytest.mark.parametrize("trouble", ["unreachable", "torn", "gone"])
def test_what_was_read_holds_for_five_minutes_and_no_longer(world: World, trouble: str) -> None:
    agent = world.agent()
    agent.turn("user-1")
    world.pointer.unreachable = trouble == "unreachable"
    world.pointer.content = b"{" if trouble == "torn" else None
    world.now += 299
    assert agent.turn("user-1").content.release == OLD
    world.now += 60
    with pytest.raises(OutOfService):
        agent.turn("user-1")
    # It comes back by itself.
    world.pointer.unreachable, world.pointer.content = False, AT_REST
    assert agent.turn("user-1").content.release == OLD


@pytest.mark.parametrize("key", [None, 1.5, b"bytes", ["list"]])
def test_what_tells_no_user_from_another_puts_nobody_into_a_canary(key: object) -> None:
    assert at(file(canary(99))).agent().turn(key).slot is Slot.BLUE


def test_on_a_laptop_it_reads_the_sandboxs_volume(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "volumes/claims_dev/triage/claims_letters_releases"
    folder.mkdir(parents=True)
    (folder / "pointer.json").write_bytes(AT_REST)
    flags = FakeStore()
    begin(flags, LINE, "ada", NOW)
    (folder / "flags.json").write_bytes(flags.content or b"")
    monkeypatch.setenv("SHIPWAY_SANDBOX", str(tmp_path))
    agent = AgentPointer.at("/Volumes/claims_dev/triage/claims_letters_releases", USE_CASE)
    assert agent.turn("user-1").content.prompt_version == 3


def test_it_brings_nothing_heavy_along() -> None:
    code = "import sys, shipway.runtime.agent; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"pydantic", "yaml", "click", "checkov", "cdktf", "sqlglot", "mlflow", "duckdb", "databricks"} & set(
        loaded
    )
