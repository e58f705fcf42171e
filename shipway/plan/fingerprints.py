"""What an approval remembers of a row: a digest of all that it says, so that another effect is another fingerprint.

An approval of one plan holds for the next plan of the same thing if the next one's fingerprints are among those that
were approved: it may do less, never more, and nothing of a higher class.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from shipway.plan.report import Row
from shipway.plan.strings import by_field

__all__ = ["digest_of", "fingerprint", "fingerprints"]


def fingerprint(row: Row) -> str:
    """SHA-256 over the row's canonical JSON: its kind, what it says, its places and the rules that class it."""
    return hashlib.sha256(_canonical([type(row).__name__, row]).encode()).hexdigest()


def fingerprints(rows: Iterable[Row]) -> tuple[str, ...]:
    """Those of all rows, sorted, each once."""
    return tuple(sorted({fingerprint(row) for row in rows}))


def digest_of(marks: Iterable[str]) -> str:
    """One digest over the fingerprints of a review: two plans with it do the same."""
    return hashlib.sha256("\n".join(sorted(marks)).encode()).hexdigest()


_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=by_field).encode
