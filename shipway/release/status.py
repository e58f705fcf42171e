"""Where a line stands: the three views of it, what is open, and what the next moves wait for. Nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from shipway.errors import ShipwayError
from shipway.release.allowed import mismatches
from shipway.release.approving import asking_of
from shipway.release.disagreement import Disagreement, Open, Way, refuse_disagreement
from shipway.release.gates import Answer, Asked, ask_gates
from shipway.release.inverse import changes_of
from shipway.release.line import Line, Ports, Terms
from shipway.release.look import Seen, look, plan_stack, synth_of
from shipway.release.machine import legal_moves
from shipway.release.moves import Gate, MoveRow
from shipway.release.record import Back, back_of

__all__ = ["Next", "Status", "status_of"]


@dataclass(frozen=True, slots=True)
class Next:
    """A legal move, with what its gates say now."""

    row: MoveRow
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """All that there is to say of a line."""

    line: Line
    seen: Seen
    ways: tuple[tuple[Way, str], ...]
    """How desired, recorded and observed disagree; empty where they agree."""
    observed: bool
    """Whether anybody looked at what is there."""
    nexts: tuple[Next, ...]
    back: Back | None


def status_of(line: Line, terms: Terms, ports: Ports, *, observe: bool = True) -> Status:
    """Look at a line; `observe=False` leaves out what is there. Raises ShipwayError where it cannot be read."""
    seen = look(line, ports)
    ways = list(_ways(line, terms, ports, seen, observe=observe))
    back = back_of(seen.recorded.last)
    rows = legal_moves(seen.manifest, terms.percents)
    nexts = tuple(_next(line, row, seen, terms, ports, back) for row in rows)
    return Status(line, seen, tuple(ways), observe, nexts, back)


def _next(line: Line, row: MoveRow, seen: Seen, terms: Terms, ports: Ports, back: Back | None) -> Next:
    # The way back of the next move is worked out with its plan; until then the one of now stands for it.
    known = back.inverse if back else "worked out with its plan" if row.changes else ""
    asking = None
    if Gate.APPROVED in row.gates:
        asking = asking_of(line, terms, ports, seen, row.move, bound=None)
    now, same = ports.clock(), seen.manifest
    asked = Asked(same, same, seen.recorded, terms.soak, terms.window, now, known, asking)
    return Next(row, ask_gates(row, asked, ports.evidence))


def _ways(line: Line, terms: Terms, ports: Ports, seen: Seen, *, observe: bool) -> Iterator[tuple[Way, str]]:
    if seen.recorded.open_intent is not None:
        yield Way.OPEN, Open(line, seen.recorded.open_intent).said
        return
    unapplied = ""
    try:
        refuse_disagreement(line, seen.manifest, seen.recorded, ports.ledger.blobs)
    except Disagreement as error:
        unapplied = error.said
    if not observe:
        if unapplied:
            yield Way.UNAPPLIED, unapplied
        return
    found = tuple(_there(line, terms, ports, seen))
    if unapplied and not found:
        yield Way.UNRECORDED, f"what is there is what {line.file} says, and the ledger says otherwise"
    elif unapplied:
        yield Way.UNAPPLIED, unapplied
    elif found:
        way = Way.DRIFT if seen.recorded.manifest else Way.UNAPPLIED
        yield way, f"what is there is not what {line.file} says: {'; '.join(found)}"


def _there(line: Line, terms: Terms, ports: Ports, seen: Seen) -> Iterator[str]:
    """Where the objects are not as the manifest has them."""
    synth = synth_of(ports, seen) or ports.synthesize([seen.manifest])[0]
    try:
        _, plan = plan_stack(line, ports, synth)
    except ShipwayError as error:
        yield f"it cannot be planned: {error.message.splitlines()[0]}"
        return
    found = list(mismatches(plan, line.stack, line.use_case, terms.kind, seen.manifest))
    yield from found
    if not found:
        yield from (f"{address}: {path}" for address, path in changes_of(plan).by_place)
