"""Two copies of one ledger, here and where it is kept: which one goes on from the other, or that neither does.

A ledger is only ever added to, so of two copies the one with more holds the other whole, byte for byte. Two that each
have an entry of their own are a fork: the chain has one place for both, and people have to look.
"""

from __future__ import annotations

from itertools import zip_longest

from shipway.errors import ShipwayError
from shipway.journal import lines_of
from shipway.ledger.chain import read_line

__all__ = ["LedgerForked", "joined"]


class LedgerForked(ShipwayError):
    """Both copies have entries that the other has not."""

    exit_code = 2


def joined(name: str, here: bytes, there: bytes) -> bytes:
    """The copy that holds all of the other; raises LedgerForked, which names the first entry of each side."""
    if here.startswith(there):
        return here
    if there.startswith(here):
        return there
    for mine, theirs in zip_longest(lines_of(here), lines_of(there)):
        if mine is None or theirs is None or mine.data != theirs.data:
            raise LedgerForked(
                f"LEDGER_FORK: {name} was written in two places\n"
                f"  here   {_said(mine.data if mine else b'')}\n"
                f"  there  {_said(theirs.data if theirs else b'')}",
                "nothing was overwritten, and both are true: keep this copy (docs/ledger.md, two at once), take the "
                "other one, and see what is there: shipway release status",
            )
    raise LedgerForked(f"LEDGER_FORK: {name}: line ends were changed", "take the kept copy: git checkout")


def _said(data: bytes) -> str:
    for line in lines_of(data + b"\n"):
        entry = read_line(line).entry
        if entry is not None:
            where = f"{entry.use_case} in {entry.environment}"
            return f"entry {entry.seq}: {entry.kind.value} {entry.move} of {where}, by {entry.actor} at {entry.at[:19]}"
    return "(nothing that can be read)"
