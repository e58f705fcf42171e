"""Where the watcher's job and whoever moves a line meet: a folder in the line's volume, one small file for each word.

    order.json                                     what is under way: written after each move, read by the job
    looks/<since>-<release>-<number>.json          a look that the job took, once
    reports/<since>-<release>-<trigger>-….json     what the job has to say, read by `shipway watch`

A file each, because a volume that is mounted in a job takes no appended lines. A name begins with the phase that it is
about, so nobody reads what is long over.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from shipway.errors import ShipwayError
from shipway.judge.judgement import Judgement
from shipway.judge.looks import TakenLook
from shipway.judge.measures import Unread
from shipway.verdict import Verdict
from shipway.watch.order import ORDER_FILE, Order
from shipway.watch.order import parse as parse_order
from shipway.watch.signals import Signal, parse, render

__all__ = ["WATCH_FOLDER", "Folder", "LocalFolder", "Papers"]

WATCH_FOLDER = "watch"
"""Its name in the use case's volume."""

_LARGEST = 4_000_000
"""Bytes of a file: more is none of ours."""


class Folder(Protocol):
    """The folder of one line."""

    def read(self, name: str) -> bytes | None:
        """The file's content, None where there is none; raises Unread."""

    def write(self, name: str, content: bytes) -> None:
        """Write it, whatever was there; raises ShipwayError."""

    def names(self, folder: str) -> list[str]:
        """The names of the files in that folder, in order; none where there is no folder. Raises Unread."""


@dataclass(frozen=True, slots=True)
class LocalFolder:
    """A folder on this machine, or in a volume that is mounted in a job."""

    path: Path

    def read(self, name: str) -> bytes | None:
        """As `Folder`."""
        try:
            with (self.path / name).open("rb") as file:
                return file.read(_LARGEST)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise Unread(f"{self.path / name} cannot be read: {error.strerror}") from error

    def write(self, name: str, content: bytes) -> None:
        """As `Folder`. Not by way of a draft: a mounted volume is only said to take files that are written in one go.

        A reader in between sees a torn file, and holds the line for it.
        """
        try:
            (self.path / name).parent.mkdir(parents=True, exist_ok=True)
            (self.path / name).write_bytes(content)
        except OSError as error:
            raise ShipwayError(f"{self.path / name} cannot be written: {error.strerror}") from error

    def names(self, folder: str) -> list[str]:
        """As `Folder`."""
        try:
            return sorted(one.name for one in (self.path / folder).iterdir())
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise Unread(f"{self.path / folder} cannot be listed: {error.strerror}") from error


@dataclass(frozen=True, slots=True)
class Papers:
    """What lies in a line's folder, read."""

    folder: Folder

    def order(self) -> Order | None:
        """The order, None where nobody gave one; raises Unread."""
        raw = self.folder.read(ORDER_FILE)
        return None if raw is None else parse_order(raw, ORDER_FILE)

    def looks(self, release: str, since: datetime) -> tuple[TakenLook, ...]:
        """The looks that the job took of this release since then; raises Unread: a lost one would be taken twice."""
        return tuple(_look(raw, name) for name, raw in self._of("looks", release, since))

    def keep_look(self, release: str, since: datetime, found: Judgement) -> None:
        """Write down a look that was just taken."""
        if found.look is not None:
            look = {"number": found.look.number, "verdict": found.taken[-1].verdict.name, "judgement": found.as_json()}
            name = f"looks/{_begins(release, since)}{found.look.number}.json"
            self.folder.write(name, json.dumps(look, sort_keys=True).encode())

    def reports(self, release: str, since: datetime) -> list[Signal]:
        """What the job said of this release since then; raises Unread where that cannot be listed."""
        return [parse(raw, f"reports/{name}") for name, raw in self._of("reports", release, since)]

    def report(self, release: str, since: datetime, signal: Signal) -> bool:
        """Say something, once in a phase; False where it was said."""
        name = f"{_begins(release, since)}{signal.trigger.value}-{signal.verdict.name.lower()}.json"
        if name in self.folder.names("reports"):
            return False
        self.folder.write(f"reports/{name}", render(signal))
        return True

    def _of(self, folder: str, release: str, since: datetime) -> Iterator[tuple[str, bytes]]:
        for name in self.folder.names(folder):
            if name.startswith(_begins(release, since)):
                yield name, self.folder.read(f"{folder}/{name}") or b""


def _begins(release: str, since: datetime) -> str:
    # To the microsecond: two steps of a canary can be made within one second.
    return f"{since.astimezone(UTC):%Y%m%dT%H%M%S%fZ}-{release}-"


def _look(raw: bytes, name: str) -> TakenLook:
    try:
        said = json.loads(raw)
        return TakenLook(int(said["number"]), Verdict[said["verdict"]])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Unread(f"looks/{name} cannot be read: {error!r:.120}", "read it, and delete it if it is torn") from None
