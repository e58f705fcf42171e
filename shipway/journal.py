"""Files of lines that are only ever added, and one process at a time: what every record here stands on.

A line is one write, forced to disk before whoever adds it goes on. So a kill or a power cut leaves whole lines and at
most one torn one at the end, and the next line starts afresh after it. What a line says is its owner's business.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from shipway.errors import ShipwayError

__all__ = ["JournalLine", "OpenJournal", "alone", "append_line", "lines_of", "opened", "read_lines", "sync_folder"]

_PATIENCE = 10.0
"""Seconds. An append takes milliseconds: who holds the file for longer was stopped."""


@dataclass(frozen=True, slots=True)
class JournalLine:
    """A line as it stands in the file."""

    number: int
    """From 1."""
    data: bytes
    """Without its line end."""
    ended: bool
    """False for the last one where its line end is missing: whoever wrote it was stopped."""


class OpenJournal:
    """A journal while nobody else adds to it: what was read stays true until the line is added."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor

    def lines(self) -> tuple[JournalLine, ...]:
        """Every line of the file."""
        return lines_of(self._read(0))

    def append(self, *lines: bytes) -> None:
        """Add lines in one write; raises ShipwayError where the disk does not take them, and then none is added."""
        end = os.fstat(self._descriptor).st_size
        torn = end > 0 and os.pread(self._descriptor, 1, end - 1) != b"\n"
        data = b"\n" * torn + b"".join(line + b"\n" for line in lines)
        try:
            if os.write(self._descriptor, data) != len(data):
                raise ShipwayError(f"{self._path}: the disk is full", "make room, then run the command again")
            os.fsync(self._descriptor)
        except BaseException:
            # Only what this call wrote: nobody was told that it is there, and half of it would look like damage.
            os.ftruncate(self._descriptor, end)
            raise

    def _read(self, offset: int) -> bytes:
        with os.fdopen(os.dup(self._descriptor), "rb") as file:
            file.seek(offset)
            return file.read()


@contextmanager
def opened(path: Path, *, private: bool = False) -> Iterator[OpenJournal]:
    """The journal `path`, made if there is none, with its lock held; raises ShipwayError if it cannot be written.

    `private`: readable by this user only. The file itself is the lock, so nothing lies beside it.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if private else 0o777)
        new = not path.exists()
        descriptor = _locked(path, 0o600 if private else 0o644)
        try:
            if new:
                sync_folder(path.parent)
            yield OpenJournal(path, descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise ShipwayError(
            f"{path} cannot be written: {error.strerror}", "nothing is done that cannot be written down"
        ) from error


def append_line(path: Path, line: bytes, *, private: bool = False) -> None:
    """Add one line; raises ShipwayError where it cannot be written, and then it was not."""
    with opened(path, private=private) as journal:
        journal.append(line)


def read_lines(path: Path) -> tuple[JournalLine, ...]:
    """Every line of the file, torn ones too; none where there is no file."""
    try:
        return lines_of(path.read_bytes())
    except FileNotFoundError:
        return ()


@contextmanager
def alone(path: Path, message: str, hint: str, *, wait: float = 0) -> Iterator[None]:
    """Hold the lock of the file `path`; raises ShipwayError(message, hint) where another process holds it.

    `wait`: for how many seconds it is tried. A killed process leaves no lock behind. Between machines it is none.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Closed on exec: a program that outlives its killed parent does not hold it.
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _lock(descriptor, message, hint, wait)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, message: str, hint: str, wait: float) -> None:
    give_up = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= give_up:
                raise ShipwayError(message, hint) from None
            time.sleep(0.01)
        else:
            return


def _locked(path: Path, mode: int) -> int:
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, mode)
        try:
            _lock(descriptor, f"{path} is held by another process", "stop it if it hangs, then try again", _PATIENCE)
            # Git puts a new file in the old one's place: the lock on the old one would be nobody's.
            if _same_file(path, descriptor):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _same_file(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def sync_folder(folder: Path) -> None:
    """Force a folder to disk: a new file is there after a power cut only if its folder was written too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def lines_of(content: bytes) -> tuple[JournalLine, ...]:
    """The lines of a journal's content."""
    *whole, rest = content.split(b"\n")
    lines = [JournalLine(number, data, ended=True) for number, data in enumerate(whole, 1)]
    if rest:
        lines.append(JournalLine(len(whole) + 1, rest, ended=False))
    return tuple(lines)
