"""Where a flags file is kept, as an argument: a file on this machine or in a mounted volume, and a fake."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from shipway.errors import ShipwayError
from shipway.flags.file import LARGEST, parse
from shipway.journal import alone

__all__ = ["FakeStore", "FileStore", "FlagStore", "Unreachable"]

_PATIENCE = 5.0
"""Seconds for another writer, who needs milliseconds."""


class Unreachable(ShipwayError):
    """The file could not be read, which says nothing of what is in it."""


class FlagStore(Protocol):
    """The flags file of one line."""

    @property
    def name(self) -> str:
        """For people: where it is."""

    def read(self) -> bytes | None:
        """Its content, None where there is none; raises Unreachable."""

    def replace(self, content: bytes, was: bytes | None) -> bool:
        """Put `content` in place if what is there is still `was`; False where it is not. Raises ShipwayError."""


@dataclass(frozen=True, slots=True)
class FileStore:
    """A flags file by its path. Jobs read `/Volumes/...` through it; it is written through it on a laptop only.

    One writer after the other, on one machine: a mounted volume has no locks (`shipway.outside.flags` writes there).
    """

    path: Path

    @property
    def name(self) -> str:
        """As `FlagStore`."""
        return str(self.path)

    def read(self) -> bytes | None:
        """As `FlagStore`; reads one byte more than is allowed, so that what is too long is seen to be."""
        try:
            # Not to wait for ever where somebody put a pipe in its place.
            descriptor = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise Unreachable(f"{self.path} cannot be read: {error.strerror}") from error
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise Unreachable(f"{self.path} is no file")
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                return file.read(LARGEST + 1)
        except OSError as error:
            raise Unreachable(f"{self.path} cannot be read: {error.strerror}") from error
        finally:
            os.close(descriptor)

    def replace(self, content: bytes, was: bytes | None) -> bool:
        """As `FlagStore`. Readers see the old file or the new one, after a power cut too."""
        draft = self.path.with_name(f".{self.path.name}.draft")
        lock = self.path.with_name(f".{self.path.name}.lock")
        try:
            with alone(lock, f"{self.path} is held by another writer", "stop it if it hangs", wait=_PATIENCE):
                if self.read() != was:
                    return False
                with draft.open("wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                draft.replace(self.path)
                _sync(self.path.parent)
        except OSError as error:
            raise ShipwayError(f"{self.path} cannot be written: {error.strerror}", "nothing was changed") from error
        return True


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@dataclass
class FakeStore:
    """A flags file in memory."""

    content: bytes | None = None
    unreachable: bool = False
    reads: int = 0
    writes: int = 0
    meanwhile: list[Callable[[FakeStore], None]] = field(default_factory=list)
    """What somebody else does between a read and the write after it, once each."""

    name: str = "a fake"

    def read(self) -> bytes | None:
        """As the real one."""
        self.reads += 1
        if self.unreachable:
            raise Unreachable(f"{self.name} does not answer")
        return self.content

    def replace(self, content: bytes, was: bytes | None) -> bool:
        """As the real one."""
        if self.unreachable:
            raise ShipwayError(f"{self.name} does not answer")
        if self.meanwhile:
            self.meanwhile.pop(0)(self)
        if self.content != was:
            return False
        self.content = content
        self.writes += 1
        return True

    def assert_killed(self, *components: str) -> None:
        """Exactly these components are out of service."""
        found = set(parse(self.content or b"").killed)
        if found != set(components):
            raise AssertionError(f"killed are {sorted(found)}, not {sorted(components)}")
