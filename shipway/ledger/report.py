"""A ledger for people and for machines: what was found wrong with it, its entries, its head."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from shipway.errors import ShipwayError
from shipway.ledger.chain import Ledger, LedgerLine
from shipway.ledger.entry import Entry
from shipway.ledger.verify import Anchor, Code, Finding, verify

__all__ = ["Report", "entries_text", "report_json", "report_on", "report_text"]

_SHOWN = 160
"""Characters of an entry's details, up to which they are shown as they are."""


@dataclass(frozen=True, slots=True)
class Report:
    """What `verify` says of one ledger."""

    environment: str
    path: str
    entries: tuple[Entry, ...]
    anchors: tuple[Anchor, ...]
    findings: tuple[Finding, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong; what somebody should only know of does not count."""
        return not any(one.broken for one in self.findings)

    @property
    def head(self) -> Anchor | None:
        """The last entry, as an anchor to keep elsewhere."""
        return Anchor(self.entries[-1].seq, self.entries[-1].hash) if self.entries else None


def report_on(ledger: Ledger, anchors: Sequence[Anchor]) -> Report:
    """Read it, and verify it and its blobs."""
    lines = ledger.lines()
    entries = tuple(line.entry for line in lines if line.entry is not None)
    findings = (*verify(lines, ledger.environment, anchors), *_blobs(ledger, lines))
    return Report(ledger.environment, str(ledger.path), entries, tuple(anchors), findings)


def _blobs(ledger: Ledger, lines: Sequence[LedgerLine]) -> Iterator[Finding]:
    """Where what an entry names is missing, or is not what its name says."""
    seen: set[str] = set()
    for line in lines:
        if line.entry is None:
            continue
        for digest in dict.fromkeys(_named(line.entry)):
            if digest in seen:
                continue
            seen.add(digest)
            try:
                ledger.blobs.get(digest)
            except ShipwayError as error:
                missing = not ledger.blobs.kept(digest)
                # Evidence may be kept elsewhere; that it is missing here says nothing.
                if not missing or digest not in line.entry.evidence:
                    code = Code.BLOB_MISSING if missing else Code.BLOB_ALTERED
                    yield Finding(code, line.number, line.entry.seq, error.message)


def _named(entry: Entry) -> tuple[str, ...]:
    return tuple(filter(None, (entry.before, entry.after, entry.plan, entry.inverse, *entry.evidence)))


def entries_text(entries: Iterable[Entry]) -> Iterator[str]:
    """The entries, one block each, the oldest first."""
    for one in entries:
        where = f"{one.use_case} in {one.environment}" if one.use_case else f"the ledger of {one.environment}"
        result = f" {one.result.value}" if one.result else ""
        at = one.at[:19].replace("T", " ")
        yield _flat(f"{one.seq:>5}  {at}  {one.kind.value:7} {one.move}{result}, {where}, by {one.actor}")
        yield from (_flat(f"       {text}") for text in _more(one))


def _more(entry: Entry) -> Iterator[str]:
    if entry.release:
        yield f"release  {entry.release}"
    if entry.reason:
        yield f"reason   {entry.reason}"
    if entry.stands:
        stands = entry.stands
        percent = f" at {stands.percent} %" if stands.percent else ""
        held = f", held: {stands.hold}" if stands.hold else ""
        yield f"stands   {stands.phase}{percent}, {stands.active} live with {stands.live}{held}"
    if entry.back_fill:
        yield "Git      did not know of it"
    if entry.details:
        text = json.dumps(dict(entry.details), sort_keys=True)
        yield f"details  {text if len(text) <= _SHOWN else ', '.join(sorted(entry.details)) + ' (--json shows them)'}"


def report_text(report: Report) -> Iterator[str]:
    """For people."""
    head = report.head
    size = f"{len(report.entries)} entr{'y' if len(report.entries) == 1 else 'ies'}"
    yield f"{report.environment}: {'whole' if report.whole else 'BROKEN'}, {size}{f', head {head}' if head else ''}"
    for one in report.findings:
        place = f"line {one.line}" if one.line else "the end"
        yield _flat(f"  {one.code.value:16} {place:>9}  {one.reason}{'' if one.broken else '  (a note)'}")
    if report.anchors:
        newest = max(anchor.seq for anchor in report.anchors)
        yield f"  Held against {len(report.anchors)} anchor{'s' * (len(report.anchors) != 1)}, up to entry {newest}."
    else:
        yield "  Without an anchor: nothing inside it was changed. That its end was cut, or all of it written anew,"
        yield "  would not show; `shipway ledger head` prints what to keep elsewhere for --anchor."


def _flat(text: str) -> str:
    # What somebody typed must not look like a line of ours.
    return text.replace("\n", "\\n")


def report_json(report: Report) -> dict[str, Any]:
    """For machines."""
    return {
        "environment": report.environment,
        "file": report.path,
        "whole": report.whole,
        "entries": len(report.entries),
        "head": str(report.head) if report.head else None,
        "anchors": [str(one) for one in report.anchors],
        "findings": [
            {
                "code": one.code.value,
                "broken": one.broken,
                "line": one.line or None,
                "seq": one.seq or None,
                "reason": one.reason,
            }
            for one in report.findings
        ],
    }
