"""The ledger of one environment as a file: read, and appended to by compare-and-swap.

Who appends says up to where it has read. If an entry of the same line came after that, somebody else was first, and
the loser is told who and with what. An entry of another line stands in nobody's way.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from pydantic import JsonValue

from shipway.errors import ShipwayError
from shipway.journal import JournalLine, opened, read_lines
from shipway.ledger.blobs import Blobs
from shipway.ledger.entry import GENESIS, Act, Entry, Kind, NotAnEntry, line_of, read_entry

__all__ = ["Ledger", "LedgerCut", "LedgerLine", "SomebodyWasFirst", "ledger_folder", "read_line"]


def ledger_folder(root: Path, *, live: bool) -> Path:
    """Where the project at `root` keeps its ledgers: what was done to real workspaces is committed with it."""
    return root / "ledger" if live else root / ".shipway" / "sandbox" / "ledger"


class SomebodyWasFirst(ShipwayError):
    """The line moved on after the caller read it; `winner` is the entry that it did not know of."""

    def __init__(self, winner: Entry) -> None:
        self.winner = winner
        super().__init__(
            f"somebody else was first: {winner.actor}, {winner.move} of {winner.use_case} in {winner.environment} "
            f"({winner.kind.value}, entry {winner.seq}, {winner.at})",
            "nothing was done; look where the line stands now, then decide again",
        )


class LedgerCut(ShipwayError):
    """An entry that was there when the caller read the ledger is there no more."""


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A line of the file: an entry, or why it is none."""

    number: int
    data: bytes
    ended: bool
    entry: Entry | None
    reason: str = ""


class Ledger:
    """`<folder>/<environment>.jsonl`, and the blobs that its entries name in `<folder>/blobs/`."""

    def __init__(self, folder: Path, environment: str, clock: Callable[[], datetime]) -> None:
        self.environment = environment
        self.path = folder / f"{environment}.jsonl"
        self.blobs = Blobs(folder / "blobs")
        self._clock = clock

    def lines(self) -> tuple[LedgerLine, ...]:
        """Every line, broken ones too: what `verify` looks at."""
        return tuple(map(read_line, read_lines(self.path)))

    def entries(self, use_case: str | None = None) -> tuple[Entry, ...]:
        """Every entry that can be read, in the order of the file; those of one use case, where it is named.

        What is broken is the business of `verify`. One use case among a thousand is read twenty times faster than
        all, and the hash of its last entry will do for `append`.
        """
        about = b"" if use_case is None else _about(use_case)
        read = (read_line(line).entry for line in read_lines(self.path) if about in line.data)
        return tuple(one for one in read if one is not None and use_case in (None, one.use_case))

    def append(self, entry: Entry, expected_head: str) -> Entry:
        """Write `entry` with its place in the chain, and return it.

        `expected_head`: the hash of the last entry that the caller knows, GENESIS if it knows none. Raises
        SomebodyWasFirst, LedgerCut, or ShipwayError where it cannot be written; then it was not.
        """
        if entry.environment != self.environment:
            raise ValueError(f"an entry of {entry.environment} in the ledger of {self.environment}")
        with opened(self.path) as journal:
            head, newer, unread = self._look_back(journal.lines(), expected_head, _about(entry.use_case))
            winner = next((one for one in reversed(newer) if one.line == entry.line), None)
            if winner is not None:
                raise SomebodyWasFirst(winner)
            placed: list[tuple[Entry, bytes]] = []
            for one in [*self._told_torn(unread), entry]:
                placed.append(self._placed(one, placed[-1][0] if placed else head))
            journal.append(*(line for _, line in placed))
        return placed[-1][0]

    def _look_back(
        self, lines: Sequence[JournalLine], expected: str, about: bytes
    ) -> tuple[Entry | None, list[Entry], list[JournalLine]]:
        """The last entry; those after `expected`, at least all `about` the same; the lines at the end that are none."""
        newer: list[Entry] = []
        unread: list[JournalLine] = []
        head, sought = None, expected.encode()
        for line in reversed(lines):
            if head is not None and about not in line.data and sought not in line.data:
                continue
            entry = read_line(line).entry
            head = head or entry
            if head is None:
                unread.insert(0, line)
            elif entry is not None and entry.hash == expected:
                return head, newer, unread
            elif entry is not None:
                newer.append(entry)
        if expected == GENESIS:
            return head, newer, unread
        raise LedgerCut(
            f"{self.path}: the entry {expected[:12]}, there when this began, is there no more",
            "nothing was done; somebody cut or replaced the ledger: shipway ledger verify",
        )

    def _placed(self, entry: Entry, head: Entry | None) -> tuple[Entry, bytes]:
        at = self._clock().astimezone(UTC).isoformat()
        seq, prev = (head.seq + 1, head.hash) if head else (1, GENESIS)
        placed = replace(entry, seq=seq, prev=prev, at=at, hash="")
        try:
            found, line = line_of(placed)
        except NotAnEntry as error:
            raise ShipwayError(f"{entry.move} of {entry.use_case}: {error}", "nothing was done") from error
        return replace(placed, hash=found), line

    def _told_torn(self, unread: Sequence[JournalLine]) -> list[Entry]:
        if not unread:
            return []
        told: list[JsonValue] = [
            {
                "line": line.number,
                "bytes": len(line.data),
                "sha256": hashlib.sha256(line.data).hexdigest(),
                "torn": not line.ended or _unfinished(line.data),
            }
            for line in unread
        ]
        reason = "whoever wrote this was stopped"
        return [
            Entry(
                kind=Kind.EVENT,
                environment=self.environment,
                use_case="",
                move=Act.TORN.value,
                actor="shipway",
                reason=reason,
                details={"lines": told},
            )
        ]


def _about(use_case: str) -> bytes:
    """What stands in every entry of a use case, and perhaps in others: what is cheap to look for first."""
    return f'"use_case":{json.dumps(use_case)}'.encode()


def _unfinished(data: bytes) -> bool:
    """Whether it reads as JSON up to its end and stops there: what is left when the writer of two lines was stopped
    after the first line's end. What somebody altered does so only if they cut it."""
    try:
        json.loads(data)
    except json.JSONDecodeError as error:
        # A word or an escape that was cut is reported where it begins.
        return error.msg.startswith("Unterminated string") or error.pos >= len(error.doc) - len("\\u0000")
    except (ValueError, RecursionError):
        pass
    return False


def read_line(line: JournalLine) -> LedgerLine:
    """A line of the file as what it says."""
    try:
        return LedgerLine(line.number, line.data, line.ended, read_entry(line.data))
    except NotAnEntry as error:
        return LedgerLine(line.number, line.data, line.ended, None, str(error))
