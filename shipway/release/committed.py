"""The move that a committed manifest is ahead by: who edits releases/ by hand, and CI, move a line like this."""

from __future__ import annotations

from collections.abc import Iterator

from shipway.ledger.blobs import digest_of
from shipway.ledger.entry import Act, Entry, Kind
from shipway.models.release import Phase
from shipway.release.ahead import move_to
from shipway.release.disagreement import Disagreement, Open, Way, behind
from shipway.release.line import Line, Ports, Request, Terms, only_one, read_manifest
from shipway.release.look import look
from shipway.release.settle import settle

__all__ = ["back_fill", "committed_move"]


def committed_move(line: Line, terms: Terms, ports: Ports, reason: str, *, dry_run: bool = False) -> Request | None:
    """What leads from where the line stands to what its manifest says; None where that is the same.

    What an earlier command left open is settled first; a dry run names it. Raises Disagreement where it is no single
    move.
    """
    seen = look(line, ports)
    if seen.recorded.open_intent is not None:
        if dry_run:
            raise Open(line, seen.recorded.open_intent)
        with only_one(line):
            settle(line, ports, look(line, ports), undo=False)
        seen = look(line, ports)
    if not seen.recorded.manifest:
        if seen.manifest.phase is Phase.AT_REST:
            return None
        raise Disagreement(
            Way.UNRECORDED,
            f"{line.file} is not at rest, and the ledger knows nothing of {line}: there is nothing to move from",
            f"its record begins where its manifest says that it stands, with a deploy: shipway deploy {line.stack}",
        )
    old_bytes = ports.ledger.blobs.get(seen.recorded.manifest)
    old = read_manifest(old_bytes, "the recorded manifest")
    if old == seen.manifest:
        return None
    if (older := behind(line, seen.recorded, seen.manifest, ports.ledger.blobs)) is not None:
        raise older
    move = move_to(line, old, seen.manifest, terms.percents)
    return Request(move, reason, dry_run=dry_run, committed_from=old_bytes)


def back_fill(line: Line, ports: Ports) -> Iterator[Entry]:
    """Say to the ledger that Git knows now of what was done without it; `line`'s manifest is the committed one."""
    seen = look(line, ports)
    head = seen.head
    # A later move was made from there: whatever is committed now, Git has had it.
    for done in seen.recorded.to_back_fill:
        if done.after and done.after != digest_of(seen.content):
            continue
        entry = ports.ledger.append(
            Entry(
                kind=Kind.EVENT,
                environment=line.environment,
                use_case=line.use_case,
                move=Act.BACK_FILL.value,
                actor=ports.actor,
                release=done.release,
                closes=done.hash,
            ),
            head,
        )
        head = entry.hash
        yield entry
