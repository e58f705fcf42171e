"""Settling a move that was begun and did not end: it is finished, or taken back, and the ledger says by whom.

Where the manifest stands decides: written, the move goes on; not written, nothing is left of it. Who wants to go back
gets it taken back. What is applied for it lies within what was proven then; anything else is refused.
"""

from __future__ import annotations

from shipway.deploy.runner import SavedPlan
from shipway.ledger.entry import Entry, Result
from shipway.release.disagreement import Disagreement, Open, Way
from shipway.release.entries import ended
from shipway.release.inverse import Changes, changes_of
from shipway.release.line import Line, Ports, read_manifest
from shipway.release.look import Seen, plan_stack
from shipway.release.record import standing
from shipway.release.writing import write_manifest

__all__ = ["settle"]


def settle(line: Line, ports: Ports, seen: Seen, *, undo: bool) -> None:
    """End the open move of a line; raises ShipwayError where it cannot be, and says how to go on."""
    intent = seen.recorded.open_intent
    if intent is None:
        return
    blobs = ports.ledger.blobs
    before, after = blobs.get(intent.before), blobs.get(intent.after)
    if seen.found not in (before, after) and not undo:
        raise Disagreement(
            Way.OPEN,
            f"{Open(line, intent).said}; {line.file} was edited since",
            "put it back to what it was before or after that move (git checkout), and run the command again",
        )
    back = undo or seen.found == before
    content = before if back else after
    left = _left(line, ports, intent, back=back)
    # First: if this is stopped as well, the next command goes on in the same direction.
    if seen.found != content:
        write_manifest(line.manifest, content)
    if left is not None:
        ports.terraform.apply(line.folder, left.file)
    ports.ledger.append(_outcome(line, ports, intent, content, back=back), seen.head)
    what = "taken back" if back else "finished"
    ports.say(f"A {intent.move} of {line} that {intent.actor} began at {intent.at} had not ended; it is {what} now.")


def _left(line: Line, ports: Ports, intent: Entry, *, back: bool) -> SavedPlan | None:
    """What is left to apply of a move, or of its way back; None for nothing."""
    if not intent.plan:
        return None
    synth = intent.details["synth_before" if back else "synth_after"]
    meant = Changes.read(ports.ledger.blobs.get(intent.plan))
    saved, plan = plan_stack(line, ports, ports.ledger.blobs.get(str(synth)))
    if plan.gaps or not changes_of(plan).within(meant.swapped() if back else meant):
        raise Disagreement(
            Way.OPEN,
            f"a {intent.move} of {line} was begun by {intent.actor} at {intent.at}, did not end, and what is there "
            "now is neither what it was nor what it was to be",
            f"see who was there: shipway drift --env {line.environment}; put it right: shipway deploy {line.stack}",
        )
    return saved if saved.changes else None


def _outcome(line: Line, ports: Ports, intent: Entry, content: bytes, *, back: bool) -> Entry:
    result = Result.UNDONE if back else Result.DONE
    stands = standing(read_manifest(content, line.file))
    return ended(intent, result, stands, {**intent.details, "settled_by": ports.actor})
