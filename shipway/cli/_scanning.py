"""A scan of a project as commands do it: with its documents, its rules, checkov and today's date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from shipway.models.load import load
from shipway.models.origins import Origins
from shipway.outside.checkov import Checkov
from shipway.scan.cache import ScanCache
from shipway.scan.report import ScanReport
from shipway.scan.rules import RuleSet
from shipway.scan.run import scan
from shipway.scan.sources import placed_waivers, read_stacks

__all__ = ["scan_project"]


def scan_project(root: Path, out: Path, stacks: Sequence[str], rules: RuleSet, *, cache: bool) -> ScanReport:
    """Judge the stacks synthesized in `out`, all or those named; raises ScanError and DocumentErrors.

    A gate scans without the cache: the folder that keeps it is trusted, and anybody who can write to it could fill it.
    """
    together, documents, scanner = read_stacks(out), load(root), Checkov()
    texts = read_stacks(out, stacks) if stacks else together
    kept = ScanCache(root / ".shipway" / "cache" / "scan", rules.digest, scanner.version) if cache else None
    return scan(
        texts,
        rules,
        scanner,
        # One calendar for everybody who scans: a waiver must not end hours apart in two offices.
        today=datetime.now(UTC).date(),
        find=Origins(documents).find,
        waivers=placed_waivers(documents),
        cache=kept,
        beside=together,
    )
