"""What is in the sandbox: what `shipway sandbox status` shows, and how `shipway sandbox reset` empties it."""

from __future__ import annotations

import fnmatch
import json
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shipway.errors import ShipwayError
from shipway.sandbox.layout import Home
from shipway.sandbox.provider.identity import key_of
from shipway.sandbox.provider.store import Stored, StoreError, read_file
from shipway.sandbox.recover import known_objects
from shipway.sandbox.state import Held, Holder, Lock, read_state

__all__ = ["Contents", "Emptied", "State", "Workspace", "empty", "look"]

# Values of secrets are written over the API, so that no state ever holds one.
_BY_API = "databricks_secret"


@dataclass(frozen=True, slots=True)
class Workspace:
    """One pretended workspace or account: how many objects of each type it has."""

    name: str
    objects: dict[str, int]

    @property
    def total(self) -> int:
        """How many objects it has."""
        return sum(self.objects.values())


@dataclass(frozen=True, slots=True)
class State:
    """The state of one stack. `in_use`: somebody works on it; `killed`: the last run was killed."""

    stack: str
    serial: int
    resources: int
    in_use: bool = False
    killed: bool = False
    unreadable: bool = False


@dataclass(frozen=True, slots=True)
class Contents:
    """All that is in the sandbox."""

    folder: Path
    workspaces: tuple[Workspace, ...]
    states: tuple[State, ...]
    unowned: tuple[Path, ...]
    """Files of objects that no state knows."""
    unreadable: tuple[Path, ...]
    """Files that are no objects."""

    def as_json(self) -> dict[str, object]:
        """The same for a machine."""
        return {
            "schema": "shipway/sandbox-status/v1",
            "folder": str(self.folder),
            "workspaces": [{"name": item.name, "objects": item.objects} for item in self.workspaces],
            "states": [
                {
                    "stack": item.stack,
                    "serial": item.serial,
                    "resources": item.resources,
                    "in_use": item.in_use,
                    "killed": item.killed,
                    "unreadable": item.unreadable,
                }
                for item in self.states
            ],
            "unowned": [str(path) for path in self.unowned],
            "unreadable": [str(path) for path in self.unreadable],
        }


@dataclass(frozen=True, slots=True)
class Emptied:
    """What `empty` removed."""

    stacks: tuple[str, ...]
    objects: int


def look(home: Home) -> Contents:
    """Read everything in the sandbox; a file that cannot be read is listed, not an error."""
    known: set[tuple[str, str]] = set()
    states = []
    for path in sorted(home.states.glob("*.tfstate")):
        content = read_state(path) or b""
        known |= known_objects(content)
        states.append(_state(path, content))
    objects: dict[str, Counter[str]] = {}
    unowned: list[Path] = []
    unreadable: list[Path] = []
    for path, found in _objects(home):
        objects.setdefault(path.parent.parent.name, Counter())[path.parent.name] += 1
        if found is None:
            unreadable.append(path)
        elif (
            path.parent.name != _BY_API and (path.parent.name, key_of(path.parent.name, found.attributes)) not in known
        ):
            unowned.append(path)
    workspaces = tuple(Workspace(name, dict(sorted(count.items()))) for name, count in sorted(objects.items()))
    return Contents(home.folder, workspaces, tuple(states), tuple(unowned), tuple(unreadable))


def _objects(home: Home) -> Iterator[tuple[Path, Stored | None]]:
    for path in sorted(home.workspaces.glob("*/*/*.json")):
        try:
            yield path, read_file(path)
        except StoreError:
            yield path, None


def _state(path: Path, content: bytes) -> State:
    in_use, killed = _lock_of(path)
    try:
        state: dict[str, Any] = json.loads(content)
        managed = [item for item in state["resources"] if item["mode"] == "managed"]
        resources = sum(len(item["instances"]) for item in managed)
        return State(path.stem, int(state["serial"]), resources, in_use, killed)
    except (ValueError, KeyError, TypeError):
        return State(path.stem, 0, 0, in_use, killed, unreadable=True)


def _lock_of(path: Path) -> tuple[bool, bool]:
    """Whether somebody holds the state's lock, and whether somebody was killed holding it."""
    lock = Lock(path)
    if lock.left_by() is None:
        return False, False
    try:
        killed = lock.take(Holder("status", "{}"))
    except Held:
        return True, False
    if killed is None:
        lock.release()
        return False, False
    lock.let_go()
    return False, True


def empty(home: Home, stacks: Sequence[str] = ()) -> Emptied:
    """Remove the states of the stacks that match one of the patterns, and the objects that they made.

    Without patterns everything goes, also objects that nobody owns. Raises ShipwayError where a stack is in use or a
    pattern matches no stack, and then removes nothing.
    """
    names = _chosen(home, stacks)
    with ExitStack() as locks:
        for name in names:
            locks.callback(_taken(home, name).release)
        files = [path for path, found in _objects(home) if not stacks or (found and found.made_by.stack in names)]
        for path in files:
            path.unlink(missing_ok=True)
        for name in names:
            home.state_file(name).unlink(missing_ok=True)
            for work in home.work.glob(f"{name}-*"):
                shutil.rmtree(work, ignore_errors=True)
        if not stacks:
            shutil.rmtree(home.workspaces, ignore_errors=True)
            for folder in (home.runs, home.logs, home.tables, home.volumes, home.artifacts, home.turns):
                shutil.rmtree(folder, ignore_errors=True)
            home.registry.unlink(missing_ok=True)
    return Emptied(tuple(names), len(files))


def _chosen(home: Home, patterns: Sequence[str]) -> list[str]:
    there = sorted(path.stem for path in home.states.glob("*.tfstate"))
    if not patterns:
        return there
    for pattern in patterns:
        if not fnmatch.filter(there, pattern):
            has = ", ".join(there) or "none"
            raise ShipwayError(f"no stack in the sandbox matches {pattern!r}", f"it has: {has}")
    return [name for name in there if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)]


def _taken(home: Home, stack: str) -> Lock:
    lock = Lock(home.state_file(stack))
    try:
        lock.take(Holder("reset", "{}"))
    except Held as held:
        raise ShipwayError(
            f"stack {stack} is in use: {held.holder.info}", "wait until that Terraform is done, or end it"
        ) from None
    return lock
