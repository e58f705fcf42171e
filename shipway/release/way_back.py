"""The way back of a move, worked out before it is made: where it leads, and what its plan will be, to the byte."""

from __future__ import annotations

import json
from dataclasses import replace

from shipway.ledger.blobs import digest_of
from shipway.release.inverse import Changes
from shipway.release.line import Line, Ports
from shipway.release.look import Seen, put_stack
from shipway.release.moves import Move
from shipway.release.prepared import Planned
from shipway.release.read_back import ReadBack, read_back, state_digest
from shipway.release.record import Back, back_of, shadow_back

__all__ = ["host_of", "lay_ready", "read_now", "way_back"]


def way_back(line: Line, ports: Ports, move: Move, seen: Seen, planned: Planned) -> tuple[Back | None, Changes]:
    """From where the line will stand to where it came from, and what going there will change.

    Bringing in begins a way back, each further step makes it longer by its own swap.
    """
    undone, last = planned.changes.swapped(), back_of(seen.recorded.last)
    match move:
        case Move.ADMIT:
            return _begun(line, ports, Move.ABORT, seen, planned), undone
        case Move.CANARY:
            return _begun(line, ports, Move.ROLLBACK, seen, planned), undone
        case Move.SHADOW | Move.STEP | Move.FLIP | Move.STABILISE if last is not None:
            changes = undone.then(Changes.read(ports.ledger.blobs.get(last.inverse)))
            return replace(last, inverse=changes.digest), changes
        case Move.ROLLBACK:
            found = shadow_back(seen.entries, line.key)
            return found, Changes.read(ports.ledger.blobs.get(found.inverse)) if found else Changes()
        case _:
            return None, Changes()


def _begun(line: Line, ports: Ports, move: Move, seen: Seen, planned: Planned) -> Back:
    state, there = read_now(line, ports, planned.synth_before)
    return Back(
        move.value,
        digest_of(seen.content),
        digest_of(planned.synth_before),
        planned.changes.swapped().digest,
        state,
        there.digest,
    )


def read_now(line: Line, ports: Ports, synth: bytes, state: bytes | None = None) -> tuple[str, ReadBack]:
    """The digest of the line's state as the stack `synth` has it, and what the objects say.

    `state` is the line's state where somebody has just read it.
    """
    state = ports.terraform.state(line.folder) if state is None else state
    there = read_back(line.environment, line.stack, synth, state, ports.observe(host_of(synth)))
    return state_digest(synth, state), there


def lay_ready(line: Line, ports: Ports, back: Back | None) -> None:
    """Lay the stack of the way back where Terraform works on the line: who needs it can plan it at once."""
    if back is not None:
        put_stack(line, ports.ledger.blobs.get(back.synth))


def host_of(synth: bytes) -> str:
    """The workspace's URL in a synthesized stack."""
    providers = json.loads(synth).get("provider", {}).get("databricks", [])
    return next((str(one["host"]) for one in providers if "host" in one), "")
