"""Terraform's state of one stack: a file, and a lock that a killed process cannot leave behind.

The lock is the operating system's (flock), held by the process that serves Terraform's state. The lock file says who
holds it; what it still says when nobody holds it was written by a run that was killed.
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Held", "Holder", "Lock", "read_state", "write_state"]


@dataclass(frozen=True)
class Holder:
    """Who holds a lock: the run of the sandbox, and what Terraform says of itself, as it came."""

    run: str
    info: str


class Held(Exception):
    """Somebody else holds the lock."""

    def __init__(self, holder: Holder) -> None:
        super().__init__(holder.info)
        self.holder = holder


class Lock:
    """The lock of one state. One process may hold it once."""

    def __init__(self, state: Path) -> None:
        self.path = state.with_suffix(".lock")
        self._descriptor = -1

    @property
    def held(self) -> bool:
        """Whether this process holds it."""
        return self._descriptor >= 0

    def left_by(self) -> Holder | None:
        """Who is written in the lock file, holding it or killed while holding it."""
        try:
            return _holder(self.path.read_bytes())
        except FileNotFoundError:
            return None

    def take(self, holder: Holder) -> Holder | None:
        """Take it; the answer is who was killed while holding it. Raises Held, and OSError."""
        if self.held:
            raise Held(holder)
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            before = _holder(os.read(descriptor, 1 << 20))
            self._descriptor = descriptor
        except BlockingIOError:
            there = _holder(os.read(descriptor, 1 << 20))
            os.close(descriptor)
            raise Held(there or Holder("", "")) from None
        # A killed run stays in the file until it is put right: see `sign`.
        if before is None:
            self.sign(holder)
        return before

    def sign(self, holder: Holder) -> None:
        """Write who holds it."""
        _overwrite(self._descriptor, json.dumps({"run": holder.run, "info": holder.info}).encode())

    def let_go(self) -> None:
        """Give it back with what is written in it: the next who takes it is told of the killed run again."""
        if self.held:
            os.close(self._descriptor)
            self._descriptor = -1

    def release(self) -> None:
        """Give it back, nothing being left to put right; nothing to do where it is not held."""
        if self.held:
            _overwrite(self._descriptor, b"")
            self.let_go()


def _overwrite(descriptor: int, content: bytes) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, content, 0)


def _holder(content: bytes) -> Holder | None:
    if not content:
        return None
    try:
        found = json.loads(content)
        return Holder(str(found["run"]), str(found["info"]))
    except (ValueError, KeyError, TypeError):
        # Cut off while it was written: somebody was there, and did nothing yet.
        return None


def read_state(path: Path) -> bytes | None:
    """The state, or None where there is none yet."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def write_state(path: Path, content: bytes) -> None:
    """Write the state, whole or not at all; raises OSError."""
    beside = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
