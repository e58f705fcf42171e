"""What is wrong with a ledger: every gap, break, fork and torn line, with its place.

A chain shows that nothing inside it was changed. It does not show that nothing was cut off its end, nor that it was
not written anew as a whole: for that an `Anchor` is needed, a place and hash that was kept somewhere else.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from shipway.errors import ShipwayError
from shipway.ledger.chain import LedgerLine
from shipway.ledger.entry import GENESIS, Act, Entry, Kind

__all__ = ["Anchor", "Code", "Finding", "verify"]


class Code(StrEnum):
    """What is wrong."""

    LEDGER_GAP = "LEDGER_GAP"
    """Entries are missing between two others."""
    LEDGER_BREAK = "LEDGER_BREAK"
    """A line is not what was written, or stands where it was not written."""
    LEDGER_TORN = "LEDGER_TORN"
    """The end of a line is missing: whoever wrote it was stopped, or somebody cut it."""
    LEDGER_FORK = "LEDGER_FORK"
    """Two entries claim the same place."""
    ANCHOR_MISMATCH = "ANCHOR_MISMATCH"
    """What was kept elsewhere is not in this ledger: it was cut, or written anew."""
    BLOB_MISSING = "BLOB_MISSING"
    """What an entry names by its digest is not there."""
    BLOB_ALTERED = "BLOB_ALTERED"
    """What an entry names by its digest has another digest."""
    OUTCOME_UNASKED = "OUTCOME_UNASKED"
    """An outcome whose intent is not there, or already has one."""
    TIME_BACK = "TIME_BACK"
    """An entry is older than the one before it: a clock was wrong."""
    OPEN_INTENT = "OPEN_INTENT"
    """Something was begun, and nobody wrote how it ended: it goes on, or it crashed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or that somebody should know."""

    code: Code
    line: int
    """Of the file, from 1; 0 for the file as a whole."""
    seq: int
    """Of the entry; 0 where there is none."""
    reason: str
    broken: bool = True
    """False for what happens without anybody's doing: an intent that is open, a torn line that is accounted for."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """The `seq`th entry had this hash."""

    seq: int
    hash: str

    @classmethod
    def parse(cls, text: str) -> Anchor:
        """`<seq>:<hash>`, as `shipway ledger head` prints it; raises ShipwayError."""
        found = re.fullmatch(r"([1-9][0-9]{0,17}):([0-9a-f]{64})", text)
        if not found:
            raise ShipwayError(
                f"{text!r} is no anchor: <seq>:<hash>, with 64 hex digits", "shipway ledger head prints one to keep"
            )
        return cls(int(found[1]), found[2])

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"


def verify(lines: Sequence[LedgerLine], environment: str, anchors: Iterable[Anchor] = ()) -> list[Finding]:
    """Everything that is wrong with the ledger of `environment`, in the order of its lines; then the anchors."""
    told = _told_torn(lines)
    walk = _Walk(environment)
    for line in lines:
        walk.findings += walk.step(line, told.get(line.number))
    return [*walk.findings, *_open(walk), *_anchors(walk, anchors)]


@dataclass(slots=True)
class _Walk:
    """From the first line to the last."""

    environment: str
    findings: list[Finding] = field(default_factory=list)
    head: Entry | None = None
    places: dict[int, tuple[int, Entry]] = field(default_factory=dict)
    """By seq: the line and the entry that stands there."""
    skipped: int = 0
    """Lines since `head` that are no entries: each may have been one."""
    open: dict[str, tuple[int, Entry]] = field(default_factory=dict)
    """Intents without an outcome, by hash."""

    def step(self, line: LedgerLine, told: str | None) -> Iterator[Finding]:
        entry = line.entry
        if entry is None:
            yield self._unreadable(line, told)
            # A torn line that is told of was never an entry.
            self.skipped += told is None
            return
        yield from self._place(line.number, entry)
        yield from self._content(line.number, entry)
        if not line.ended:
            reason = "the line end is missing: whoever wrote it was stopped; the entry is whole and counts"
            yield Finding(Code.LEDGER_TORN, line.number, entry.seq, reason, broken=False)
        if entry.seq not in self.places:
            self.places[entry.seq] = line.number, entry
        self.head, self.skipped = entry, 0

    def _unreadable(self, line: LedgerLine, told: str | None) -> Finding:
        if told is not None:
            same = hashlib.sha256(line.data).hexdigest() == told
            reason = "torn, and a later entry says so" if same else "a later entry says that other bytes were torn here"
            return Finding(Code.LEDGER_TORN if same else Code.LEDGER_BREAK, line.number, 0, reason, broken=not same)
        if not line.ended:
            return Finding(
                Code.LEDGER_TORN, line.number, 0, "the end of the line is missing: a stopped writer, or somebody cut it"
            )
        return Finding(Code.LEDGER_BREAK, line.number, 0, line.reason)

    def _place(self, number: int, entry: Entry) -> Iterator[Finding]:
        seq, prev = (self.head.seq, self.head.hash) if self.head else (0, GENESIS)
        wanted = seq + 1 + self.skipped
        if (entry.seq, entry.prev) == (seq + 1, prev) or seq + 1 < entry.seq <= wanted:
            return
        if entry.seq in self.places:
            yield self._again(number, entry)
        elif entry.seq > wanted:
            missing = f"entry {wanted} is" if entry.seq == wanted + 1 else f"entries {wanted} to {entry.seq - 1} are"
            yield Finding(Code.LEDGER_GAP, number, entry.seq, f"{missing} missing before this one")
        elif entry.seq < wanted:
            yield Finding(Code.LEDGER_BREAK, number, entry.seq, f"out of order: entry {wanted} belongs here")
        else:
            reason = "it was written after another entry than the one that now stands before it"
            yield Finding(Code.LEDGER_BREAK, number, entry.seq, reason)

    def _again(self, number: int, entry: Entry) -> Finding:
        line, other = self.places[entry.seq]
        if other.hash == entry.hash:
            return Finding(Code.LEDGER_BREAK, number, entry.seq, f"a copy of line {line}")
        reason = f"line {line} claims to be entry {entry.seq} too: two ledgers were put together"
        return Finding(Code.LEDGER_FORK, number, entry.seq, reason)

    def _content(self, number: int, entry: Entry) -> Iterator[Finding]:
        if entry.environment != self.environment:
            reason = f"an entry of {entry.environment!r} in the ledger of {self.environment!r}"
            yield Finding(Code.LEDGER_BREAK, number, entry.seq, reason)
        if self.head and entry.when < self.head.when:
            reason = f"{entry.at} is before {self.head.at} of the entry before it"
            yield Finding(Code.TIME_BACK, number, entry.seq, reason, broken=False)
        if entry.kind is Kind.INTENT:
            self.open[entry.hash] = number, entry
        elif entry.kind is Kind.OUTCOME and self.open.pop(entry.closes, None) is None:
            reason = "the outcome of nothing that is open: its intent is missing or has an outcome"
            yield Finding(Code.OUTCOME_UNASKED, number, entry.seq, reason)


def _told_torn(lines: Sequence[LedgerLine]) -> Mapping[int, str]:
    """Lines that an entry of the ledger says were torn, each with the digest of what was there."""
    told: dict[int, str] = {}
    for line in lines:
        if line.entry is None or line.entry.move != Act.TORN or line.entry.use_case:
            continue
        listed = line.entry.details.get("lines")
        for one in listed if isinstance(listed, list) else ():
            match one:
                # One that was altered stays a break for ever.
                case {"line": int(number), "sha256": str(digest), "torn": True} if number < line.number:
                    told[number] = digest
    return told


def _open(walk: _Walk) -> Iterator[Finding]:
    for number, entry in walk.open.values():
        reason = f"{entry.move} of {entry.use_case} by {entry.actor} since {entry.at}: no outcome yet"
        yield Finding(Code.OPEN_INTENT, number, entry.seq, reason, broken=False)


def _anchors(walk: _Walk, anchors: Iterable[Anchor]) -> Iterator[Finding]:
    last = max(walk.places, default=0)
    for anchor in anchors:
        place = walk.places.get(anchor.seq)
        if place and place[1].hash == anchor.hash:
            continue
        if place:
            reason = (
                f"kept elsewhere as {anchor.hash[:12]}, here {place[1].hash[:12]}: written anew, or a second ledger"
            )
            yield Finding(Code.LEDGER_FORK, place[0], anchor.seq, reason)
        else:
            reason = f"entry {anchor.seq} was there ({anchor.hash[:12]}); the ledger ends with {last}"
            yield Finding(Code.ANCHOR_MISMATCH, 0, anchor.seq, reason)
