"""The rotation runbook: killed anywhere it goes on, nothing is written over, and the record says what was done."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shipway.errors import ShipwayError
from shipway.outside.hooks import FakeHooks
from shipway.outside.secrets import FakeSecrets
from shipway.rotation.declared import DeclaredSecret
from shipway.rotation.record import Event, FileRecord, History
from shipway.rotation.runbook import Rotation, Step, explain, steps_of
from shipway.rotation.seams import Hooks, Occasion, SecretStore, SecretValue
from shipway.rotation.status import Condition, in_order, secret_status, status_text

SCOPE = "claims-triage-dev"
SECRETS = tuple(DeclaredSecret("dev", "claims-triage", key, SCOPE, "Claims", 90) for key in ("one", "two"))


class Killed(BaseException):
    """What a kill is to the code: it comes from nowhere and nothing handles it."""


@dataclass
class Fuse:
    """Counts side effects; kills before or after the one it is set to."""

    at: int = -1
    after: bool = False
    count: int = 0

    def around(self, act: Callable[[], Any]) -> Any:
        mine, self.count = self.count, self.count + 1
        if mine == self.at and not self.after:
            raise Killed
        result = act()
        if mine == self.at:
            raise Killed
        return result


@dataclass
class Guarded:
    """A part whose every call can be the last."""

    part: Any
    fuse: Fuse

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.part, name)
        if name in ("append", "put", "obtain", "try_out", "verify", "revoke"):
            return lambda *given: self.fuse.around(lambda: value(*given))
        return value


@dataclass
class World:
    record: FileRecord
    store: FakeSecrets = field(default_factory=lambda: FakeSecrets(scopes={SCOPE: {}}))
    told: list[str] = field(default_factory=list)
    ids: itertools.count[int] = field(default_factory=itertools.count)

    def rotation(self, hooks: FakeHooks, fuse: Fuse | None = None) -> Rotation:
        fuse = fuse or Fuse()
        store: SecretStore = Guarded(self.store, fuse)
        guarded: Hooks = Guarded(hooks, fuse)
        journal: Any = Guarded(self.record, fuse)
        now = "2026-11-21T12:00:00.000+00:00"
        return Rotation(store, journal, guarded, lambda: now, lambda: f"r{next(self.ids)}", "me", self.told.append)

    @property
    def history(self) -> History:
        return History(self.record.events())

    def done(self, event: str = "done") -> list[tuple[str, str]]:
        return [(one.key, one.step) for one in self.record.events() if one.event == event]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(FileRecord(tmp_path / "dev.jsonl"))


def values(*names: str) -> FakeHooks:
    return FakeHooks([name.encode() for name in names])


def test_each_secret_gets_a_new_value_step_by_step(world: World) -> None:
    hooks = values("first", "second")
    world.rotation(hooks).carry_out(SECRETS)
    world.store.assert_holds(SCOPE, "one", b"first")
    world.store.assert_holds(SCOPE, "two", b"second")
    hooks.assert_asked(*["obtain", "try", "verify", "revoke"] * 2)
    assert world.done() == [(key, step) for key in ("one", "two") for step in Step]
    assert world.history.open("dev", "claims-triage", world.store.name) is None


def test_what_is_explained_is_what_is_done(world: World) -> None:
    hooks = values("first", "second")
    text = "\n".join(explain(SECRETS, steps_of(hooks)))
    assert [word for word in Step if f" {word}: " in text] == list(Step)
    assert world.record.events() == []
    assert steps_of(FakeHooks([], steps=())) == (Step.OBTAIN, Step.WRITE)


def _effects(tmp_path: Path) -> int:
    fuse = Fuse()
    World(FileRecord(tmp_path / "count.jsonl")).rotation(values("a", "b"), fuse).carry_out(SECRETS)
    return fuse.count


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_at_any_step_it_goes_on_and_ends(tmp_path: Path, after: bool) -> None:
    for at in range(_effects(tmp_path)):
        world = World(FileRecord(tmp_path / f"{at}.jsonl"))
        with pytest.raises(Killed):
            world.rotation(values("a", "b", "c"), Fuse(at, after)).carry_out(SECRETS)
        if world.history.open("dev", "claims-triage", world.store.name) is None and after and at:
            continue  # Killed after its last line: there is nothing left to go on with.
        hooks = values("x", "y")
        world.rotation(hooks).carry_out(SECRETS)
        assert world.history.open("dev", "claims-triage", world.store.name) is None, at
        check_order(world.record.events())
        assert {key: bool(value) for key, (value, _) in world.store.scopes[SCOPE].items()} == {"one": True, "two": True}


def check_order(events: list[Event]) -> None:
    """No key is written again once its write is written down, and nothing is revoked before that."""
    for key in ("one", "two"):
        done = [one.step for one in events if one.key == key and one.event == "done"]
        assert done.count("write") == 1
        assert done.count("revoke") == 1
        assert done.index("write") < done.index("verify") < done.index("revoke")
        last_obtained = max(index for index, step in enumerate(done) if step == "obtain")
        assert last_obtained < done.index("write")


def test_a_write_that_was_written_down_is_not_done_again(world: World) -> None:
    hooks = FakeHooks([b"first", b"second"], failing="verify")
    with pytest.raises(ShipwayError, match="--verify"):
        world.rotation(hooks).carry_out(SECRETS)
    assert any("the same command goes on" in line for line in world.told)
    again = values("never-one", "second")
    world.rotation(again).carry_out(SECRETS)
    world.store.assert_holds(SCOPE, "one", b"first")
    assert again.asked[:2] == [("verify", "one"), ("revoke", "one")]


def test_a_value_that_does_not_work_is_never_written(world: World) -> None:
    world.store.put(SCOPE, "one", SecretValue(b"old"))
    with pytest.raises(ShipwayError):
        world.rotation(FakeHooks([b"bad"], failing="try")).carry_out(SECRETS[:1])
    world.store.assert_holds(SCOPE, "one", b"old")


@pytest.mark.parametrize("step", ["obtain", "try", "verify", "revoke"])
def test_a_step_that_fails_is_written_down_and_leaves_the_rotation_open(world: World, step: str) -> None:
    with pytest.raises(ShipwayError):
        world.rotation(FakeHooks([b"a"], failing=step)).carry_out(SECRETS[:1])
    assert world.done("failed") == [("one", step)]
    rotation = world.history.open("dev", "claims-triage", world.store.name)
    assert rotation is not None and rotation.remaining == ("one",)


def test_the_store_that_refuses_leaves_the_old_value(world: World) -> None:
    world.store.put(SCOPE, "one", SecretValue(b"old"))
    world.store.failing = True
    with pytest.raises(ShipwayError, match="did not take"):
        world.rotation(values("new")).carry_out(SECRETS[:1])
    world.store.assert_holds(SCOPE, "one", b"old")


def test_what_somebody_else_wrote_meanwhile_is_left_as_it_is(world: World) -> None:
    class Other(FakeHooks):
        def try_out(self, occasion: Occasion, value: SecretValue) -> None:
            world.store.put(SCOPE, occasion.key, SecretValue(b"theirs"))

    with pytest.raises(ShipwayError, match="somebody wrote one"):
        world.rotation(Other([b"mine"])).carry_out(SECRETS[:1])
    world.store.assert_holds(SCOPE, "one", b"theirs")
    with pytest.raises(ShipwayError, match="somebody wrote one"):
        world.rotation(values("mine")).carry_out(SECRETS[:1])
    assert world.rotation(values()).abandon(SECRETS[:1]) == "r0"
    world.rotation(values("next")).carry_out(SECRETS[:1])
    world.store.assert_holds(SCOPE, "one", b"next")


def test_going_on_with_other_steps_or_another_key_is_refused(world: World) -> None:
    with pytest.raises(ShipwayError):
        world.rotation(FakeHooks([b"a"], failing="revoke")).carry_out(SECRETS[:1])
    with pytest.raises(ShipwayError, match="its steps are obtain, try, write, verify, revoke"):
        world.rotation(FakeHooks([b"a"], steps=())).carry_out(SECRETS[:1])
    with pytest.raises(ShipwayError, match=r"rotation r0 of one.*is not through"):
        world.rotation(values("b")).carry_out(SECRETS[1:])
    assert world.store.updated(SCOPE) == {"one": world.store.clock}


def test_a_scope_that_is_not_there_is_an_error_and_begins_nothing(tmp_path: Path) -> None:
    world = World(FileRecord(tmp_path / "r.jsonl"), FakeSecrets())
    with pytest.raises(ShipwayError, match="no secret scope 'claims-triage-dev'"):
        world.rotation(values("a")).carry_out(SECRETS)
    assert world.record.events() == []


def test_a_torn_line_is_counted_and_the_next_one_whole(world: World) -> None:
    world.rotation(values("a")).carry_out(SECRETS[:1])
    whole = len(world.record.events())
    content = world.record.path.read_bytes()
    world.record.path.write_bytes(content[:-20])
    assert world.record.events() and world.record.unreadable == [whole]
    world.rotation(values("b")).carry_out(SECRETS[:1])
    assert world.record.unreadable == [whole]
    world.record.events()
    assert world.history.open("dev", "claims-triage", world.store.name) is None


@pytest.mark.parametrize(
    "line",
    [b"{}", b"[]", b"null", b"\xff\xfe", b'{"schema": "x"}', b"[" * 100_000, b'{"keys": 3}', b'{"keys": {"a": []}}'],
)
def test_a_line_that_is_no_event_is_no_event(tmp_path: Path, line: bytes) -> None:
    record = FileRecord(tmp_path / "r.jsonl")
    record.path.write_bytes(line + b"\n")
    assert record.events() == []
    assert record.unreadable == [1]


@pytest.mark.parametrize(
    ("given", "kept"),
    [(b"x\n", b"x"), (b"x\r\n", b"x"), (b"x\n\n", b"x\n"), (b"\0", b"\0"), (b"x", b"x"), (b"x\r", b"x\r")],
)
def test_a_value_loses_only_the_newline_that_ends_it(given: bytes, kept: bytes) -> None:
    assert SecretValue.read(given).reveal() == kept


@pytest.mark.parametrize("given", [b"", b"\n", b"x" * (128 * 1024 + 1)])
def test_a_value_that_is_none_is_refused(given: bytes) -> None:
    with pytest.raises(ShipwayError, match="the new value is"):
        SecretValue.read(given)


NOW = datetime(2026, 11, 21, tzinfo=UTC)


def stamp(days: int) -> int:
    return int((NOW - timedelta(days=days)).timestamp() * 1000)


def conditions(store: FakeSecrets, history: History | None = None) -> dict[str, Condition]:
    return {one.key: one.condition for one in secret_status(SECRETS, store, history or History([]), NOW)}


@pytest.mark.parametrize(
    ("days", "condition"),
    [(0, Condition.FRESH), (75, Condition.FRESH), (77, Condition.SOON), (90, Condition.SOON), (91, Condition.OVERDUE)],
)
def test_a_secret_is_as_old_as_the_store_says(days: int, condition: Condition) -> None:
    store = FakeSecrets(scopes={SCOPE: {"one": (b"v", stamp(days))}})
    assert conditions(store) == {"one": condition, "two": Condition.MISSING}


def test_what_is_not_known_is_never_fresh() -> None:
    assert conditions(FakeSecrets()) == {"one": Condition.NO_SCOPE, "two": Condition.NO_SCOPE}
    strange = FakeSecrets(scopes={SCOPE: {"one": (b"v", 0), "else": (b"v", stamp(1))}})
    assert conditions(strange) == {"one": Condition.MISSING, "two": Condition.MISSING, "else": Condition.UNDECLARED}


def test_overdue_comes_first_the_oldest_of_them_before_all() -> None:
    store = FakeSecrets(scopes={SCOPE: {"one": (b"v", stamp(100)), "two": (b"v", stamp(200)), "x": (b"v", stamp(1))}})
    found = secret_status(SECRETS, store, History([]), NOW)
    assert [one.key for one in in_order(found)] == ["two", "one", "x"]
    assert next(iter(status_text(found))) == "3 secrets, 3 to look after."


def test_who_wrote_it_is_known_only_where_a_rotation_did(world: World) -> None:
    world.rotation(values("a")).carry_out(SECRETS[:1])
    by = {one.key: one.written_by for one in secret_status(SECRETS, world.store, world.history, NOW)}
    assert by == {"one": "me", "two": ""}
    world.store.put(SCOPE, "one", SecretValue(b"by hand"))
    assert secret_status(SECRETS, world.store, world.history, NOW)[0].written_by == ""
