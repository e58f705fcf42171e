"""What a deploy and a destroy tell the ledger of a line: what it was left with. The next move starts from there.

The first deploy begins the record of a line. From then on its manifest changes by moves alone: `shipway.release.ahead`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from shipway.cli._ledgers import actor, ledger_of
from shipway.ledger.blobs import digest_of
from shipway.ledger.chain import Ledger, SomebodyWasFirst
from shipway.ledger.entry import Act, Entry, Kind, Result, head_of
from shipway.ledger.fold import fold
from shipway.models.names import environment_of
from shipway.release.line import Line, read_manifest
from shipway.release.record import applied_synth, standing

__all__ = ["note_deployed", "note_destroyed"]


def note_deployed(root: Path, out: Path, manifests: Mapping[str, bytes], *, is_live: bool) -> None:
    """Say to the ledgers of these lines what they were deployed with: `manifests` by stack, as they were then."""
    for stack, manifest in manifests.items():
        line = _line(root, stack)
        synth = (out / "stacks" / stack / "cdk.tf.json").read_bytes()
        _note(ledger_of(root, line.environment, is_live=is_live), line, manifest, synth)


def note_destroyed(root: Path, stacks: Iterable[str], *, is_live: bool) -> None:
    """Say to the ledgers of these stacks' lines that nothing is left; of what is no line, nothing is said."""
    for stack in stacks:
        line = _line(root, stack)
        _note_destroyed(ledger_of(root, line.environment, is_live=is_live), line)


def _line(root: Path, stack: str) -> Line:
    environment = environment_of(stack)
    return Line(root, environment, stack.removeprefix(f"{environment}-"))


def _note(ledger: Ledger, line: Line, manifest: bytes, synth: bytes) -> None:
    entries = ledger.entries(line.use_case)
    begun = fold(entries, line.key).last is not None
    if begun and applied_synth(entries, line.key) == digest_of(synth):
        return
    entry = _entry(line, Act.DEPLOY, synth_after=ledger.blobs.put(synth))
    if not begun:
        stands = standing(read_manifest(manifest, line.file))
        entry = replace(entry, after=ledger.blobs.put(manifest), stands=stands, release=stands.live, result=Result.DONE)
    try:
        ledger.append(entry, head_of(entries))
    except SomebodyWasFirst:
        # The deploy is done, whatever else was told meanwhile: it is told after that.
        _note(ledger, line, manifest, synth)


def _note_destroyed(ledger: Ledger, line: Line) -> None:
    entries = ledger.entries(line.use_case)
    # Not the manifest is asked: what is destroyed may be declared no more.
    if fold(entries, line.key).last is None:
        return
    try:
        ledger.append(_entry(line, Act.DESTROY), head_of(entries))
    except SomebodyWasFirst:
        _note_destroyed(ledger, line)


def _entry(line: Line, act: Act, **details: str) -> Entry:
    return Entry(
        kind=Kind.EVENT,
        environment=line.environment,
        use_case=line.use_case,
        move=act.value,
        actor=actor(),
        details=dict(details),
    )
