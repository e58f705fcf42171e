"""Where the ledger says that a line stands: its entries folded into one record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from shipway.ledger.entry import Act, Entry, Kind, Result, Standing

__all__ = ["Recorded", "fold"]

_FLIP, _ROLLBACK = "flip", "rollback"
_ACTS = frozenset(one.value for one in Act)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the entries of one line add up to. All empty for a line of which nothing is written."""

    manifest: str = ""
    """The digest of the manifest after the last move that was done."""
    stands: Standing | None = None
    """Where that left the line."""
    last: Entry | None = None
    """The outcome of that move."""
    live_since: str = ""
    """Since when consumers get `stands.live`: the time of the outcome that brought it. Empty where that was before the
    ledger begins."""
    phase_since: str = ""
    """Since when the line is in its phase, at its percent."""
    open_intent: Entry | None = None
    """Begun, and nobody wrote how it ended."""
    failed: Entry | None = None
    """The last outcome, where part of what was begun may be left."""
    quarantined: frozenset[str] = frozenset()
    """Releases that were taken back from consumers."""
    rehearsals: Mapping[tuple[str, str], Entry] = field(default_factory=dict)
    """By release and environment, the last one; of all environments whose entries were given."""
    overrides: tuple[Entry, ...] = ()
    """Since the last move that was done."""
    approvals: tuple[Entry, ...] = ()
    """Approvals and withdrawals since a move was last begun: whatever is begun spends those before it."""
    killed: tuple[Entry, ...] = ()
    """The kills that are in force: of each name in `details`, the last one, unless it was put back since."""
    to_back_fill: tuple[Entry, ...] = ()
    """Kills and rollbacks that Git does not know of yet."""

    @property
    def kills_to_back_fill(self) -> tuple[Entry, ...]:
        """Of those, the kills."""
        return tuple(one for one in self.to_back_fill if one.move == Act.KILL)

    @property
    def rollbacks_to_back_fill(self) -> tuple[Entry, ...]:
        """Of those, the rollbacks."""
        return tuple(one for one in self.to_back_fill if one.move == _ROLLBACK)


def fold(entries: Iterable[Entry], line: tuple[str, str]) -> Recorded:
    """What `entries` say of `line` (environment, use case), in their order."""
    everything = list(entries)
    rehearsals = {
        (one.release, one.environment): one
        for one in everything
        if one.use_case == line[1] and one.move == Act.REHEARSE and one.kind is not Kind.INTENT
    }
    mine = [one for one in everything if one.line == line]
    here = _since_destroyed(mine)
    moves = [(one, one.stands) for one in here if one.stands and one.result is Result.DONE]
    last, stands = moves[-1] if moves else (None, None)
    return Recorded(
        manifest=last.after if last else "",
        stands=stands,
        last=last,
        live_since=_live_since(moves),
        phase_since=_since(moves, lambda stands: (stands.phase, stands.percent, stands.live)),
        open_intent=_open(here),
        failed=_failed(here),
        quarantined=frozenset(_taken_back(mine)),
        rehearsals=rehearsals,
        overrides=tuple(one for one in mine if one.move == Act.OVERRIDE and one.seq > (last.seq if last else 0)),
        approvals=tuple(_approvals(mine)),
        killed=tuple(_killed(mine)),
        to_back_fill=tuple(_to_back_fill(mine)),
    )


def _since_destroyed(mine: Sequence[Entry]) -> list[Entry]:
    """What was done since there was nothing of the line; all of it for one that was never destroyed."""
    last = max((number for number, one in enumerate(mine, 1) if one.move == Act.DESTROY), default=0)
    return list(mine[last:])


def _since(moves: Sequence[tuple[Entry, Standing]], aspect: Callable[[Standing], object]) -> str:
    """The time of the first of the last moves that agree in `aspect`."""
    since = ""
    seen: object = None
    for entry, stands in moves:
        if aspect(stands) != seen:
            since, seen = entry.at, aspect(stands)
    return since


def _live_since(moves: Sequence[tuple[Entry, Standing]]) -> str:
    since = _since(moves, lambda stands: stands.live)
    first = next((entry for entry, _ in moves), None)
    known_before = first is not None and since == first.at and first.move != _FLIP
    return "" if known_before else since


def _taken_back(mine: Sequence[Entry]) -> Iterator[str]:
    # Somebody wanted it gone: whether all of that went well does not make the release better. Not so in a rehearsal.
    undone = {one.closes for one in mine if one.result is Result.UNDONE}
    return (
        one.release
        for one in mine
        if one.move == _ROLLBACK and undone.isdisjoint({one.hash, one.closes}) and not one.details.get("rehearsal")
    )


def _approvals(mine: Sequence[Entry]) -> Iterator[Entry]:
    moved = max(
        (place for place, one in enumerate(mine) if one.kind is not Kind.EVENT and one.move not in _ACTS), default=-1
    )
    return (one for one in mine[moved + 1 :] if one.move in (Act.APPROVE, Act.WITHDRAW))


def _killed(mine: Sequence[Entry]) -> Iterable[Entry]:
    found: dict[str, Entry] = {}
    for one in mine:
        if one.move == Act.KILL and one.kind is not Kind.INTENT:
            found[str(one.details.get("name"))] = one
        elif one.move == Act.UNKILL and one.kind is not Kind.INTENT:
            found.pop(str(one.details.get("name")), None)
    return found.values()


def _to_back_fill(mine: Sequence[Entry]) -> Iterator[Entry]:
    filled = {one.closes for one in mine if one.move == Act.BACK_FILL}
    for one in mine:
        happened = one.kind is Kind.EVENT or (one.kind is Kind.OUTCOME and one.result is not Result.UNDONE)
        if one.back_fill and happened and filled.isdisjoint({one.hash, one.closes} - {""}):
            yield one


def _open(mine: Sequence[Entry]) -> Entry | None:
    closed = {one.closes for one in mine if one.kind is Kind.OUTCOME}
    return next((one for one in reversed(mine) if one.kind is Kind.INTENT and one.hash not in closed), None)


def _failed(mine: Sequence[Entry]) -> Entry | None:
    last = next((one for one in reversed(mine) if one.kind is Kind.OUTCOME), None)
    return last if last and last.result is Result.FAILED else None
