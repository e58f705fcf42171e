"""A scan of a project as commands do it: with its documents, its rules, checkov and today's date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from shipway.models.load import Documents, load
from shipway.models.origins import Origins
from shipway.outside.app import CdktfApps
from shipway.outside.checkov import Checkov
from shipway.scan.cache import ScanCache
from shipway.scan.report import ScanReport
from shipway.scan.rules import RuleSet, read_rules
from shipway.scan.run import scan
from shipway.scan.sources import placed_waivers, read_stacks
from shipway.synth.run import synthesize

__all__ = ["scan_project", "scan_stack"]


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


def scan_stack(root: Path, documents: Documents, stack: str, synth: bytes) -> ScanReport:
    """Judge one synthesized stack that is in no folder; raises ScanError and DocumentErrors.

    Rules that look at all stacks find the others where the project was synthesized last.
    """
    out = root / "cdktf.out"
    if not (out / "manifest.json").is_file():
        synthesize(root, out, CdktfApps)
    return scan(
        {stack: synth},
        read_rules(root / "policies"),
        Checkov(),
        today=datetime.now(UTC).date(),
        find=Origins(documents).find,
        waivers=placed_waivers(documents),
        beside=read_stacks(out),
    )
