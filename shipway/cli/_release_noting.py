"""What a deploy tells the ledger of a line: what it was left with, so that the next move starts from there."""

from __future__ import annotations

import getpass
from collections.abc import Iterable
from pathlib import Path

from shipway.cli._ledgers import ledger_of
from shipway.ledger.blobs import digest_of
from shipway.ledger.chain import Ledger, SomebodyWasFirst
from shipway.ledger.entry import Act, Entry, Kind, head_of
from shipway.release.record import applied_synth

__all__ = ["note_deployed"]


def note_deployed(root: Path, out: Path, stacks: Iterable[str], *, is_live: bool) -> None:
    """Say to the ledgers of these stacks' lines what they were deployed with; of others there is nothing to say.

    A line that was never moved has no record yet, and its first move begins with what is synthesized then.
    """
    for stack in stacks:
        environment, _, use_case = stack.partition("-")
        ledger = ledger_of(root, environment, is_live=is_live)
        if ledger.path.exists():
            _note(ledger, use_case, (out / "stacks" / stack / "cdk.tf.json").read_bytes())


def _note(ledger: Ledger, use_case: str, synth: bytes) -> None:
    entries = ledger.entries(use_case)
    known = applied_synth(entries, (ledger.environment, use_case))
    if not known or known == digest_of(synth):
        return
    entry = Entry(
        kind=Kind.EVENT,
        environment=ledger.environment,
        use_case=use_case,
        move=Act.DEPLOY.value,
        actor=getpass.getuser(),
        details={"synth_after": ledger.blobs.put(synth)},
    )
    try:
        ledger.append(entry, head_of(entries))
    except SomebodyWasFirst:
        # The deploy is done, whatever else was told meanwhile: it is told after that.
        _note(ledger, use_case, synth)
