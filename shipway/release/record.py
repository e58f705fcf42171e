"""What the ledger is told of a move: the intent before, the outcome after, and by which blobs it is taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from pydantic import JsonValue

from shipway.errors import ShipwayError
from shipway.ledger.entry import Act, Entry, Kind, Result, Standing
from shipway.models.release import Phase, ReleaseManifest
from shipway.release.moves import Move

__all__ = ["Back", "applied_synth", "at_rest_before", "back_of", "shadow_back", "shadow_before", "standing"]


@dataclass(frozen=True, slots=True)
class Back:
    """The way back from where the line stands: what it leads to, all of it in blobs, and what its plan must do."""

    move: str
    """`rollback` or `abort`."""
    manifest: str
    """The digest of the manifest that it restores."""
    synth: str
    """The digest of the synthesized stack that it applies."""
    inverse: str
    """The digest of the normalised plan, and of the blob that holds it."""
    state: str = ""
    """The digest of what is authored in the state to which it leads; empty where nobody looked."""
    read_back: str = ""
    """The digest of what the objects say there; empty where nobody looked."""

    def as_json(self) -> dict[str, JsonValue]:
        """As it stands in an entry's details."""
        return {name: str(value) for name, value in asdict(self).items()}


def back_of(entry: Entry | None) -> Back | None:
    """The way back that an entry records; None where there is none."""
    found = entry.details.get("back") if entry is not None else None
    if not isinstance(found, Mapping):
        return None
    try:
        return Back(**{name: str(value) for name, value in found.items()})
    except TypeError as error:
        raise ShipwayError(f"the ledger's way back cannot be read: {error}", "shipway ledger verify") from error


def standing(manifest: ReleaseManifest) -> Standing:
    """Where a line with this manifest stands."""
    resting = manifest.phase is Phase.AT_REST
    return Standing(
        phase=manifest.phase.value,
        active=manifest.active.value,
        live=manifest.release(manifest.active).id,
        candidate=None if resting else manifest.candidate.id,
        percent=manifest.percent,
        hold=manifest.hold,
    )


def at_rest_before(entries: Iterable[Entry], line: tuple[str, str]) -> str:
    """The digest of the manifest from before the last admission; empty where the ledger has none."""
    found = _last(entries, line, Move.ADMIT)
    return found.before if found else ""


def shadow_before(entries: Iterable[Entry], line: tuple[str, str]) -> str:
    """The digest of the manifest from before the last canary began; empty where the ledger has none."""
    found = _last(entries, line, Move.CANARY)
    return found.before if found else ""


def shadow_back(entries: Iterable[Entry], key: tuple[str, str]) -> Back | None:
    """The way back that was recorded when the line went into shadow."""
    return back_of(_last(entries, key, Move.SHADOW))


def applied_synth(entries: Iterable[Entry], line: tuple[str, str]) -> str:
    """The digest of the stack that the line was left with, by a move or a deploy; empty where nobody wrote it down."""
    found = ""
    for entry in entries:
        left = entry.result is Result.DONE or entry.move == Act.DEPLOY.value
        digest = entry.details.get("synth_after")
        if entry.line == line and entry.move == Act.DESTROY.value:
            found = ""
        elif entry.line == line and left and isinstance(digest, str):
            found = digest
    return found


def _last(entries: Iterable[Entry], line: tuple[str, str], move: Move) -> Entry | None:
    """The outcome of the last such move of the line that was done."""
    found = None
    for entry in entries:
        done = entry.kind is Kind.OUTCOME and entry.result is Result.DONE
        if entry.line == line and entry.move == move.value and done:
            found = entry
    return found
