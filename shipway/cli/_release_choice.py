"""What the command line names: a release, by where it is or by its parts; a gate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from shipway.errors import ShipwayError
from shipway.models.document import suggestion
from shipway.models.load import Documents
from shipway.models.release import Release
from shipway.release.line import Line
from shipway.release.moves import Gate, Move, MoveRow, row_of

__all__ = ["chosen_release", "gate_named", "move_named"]

_HINT = (
    "--from <environment>, --release <id>, or --version, --wheel-sha256 and --model-version together (for an agent "
    "--prompt-version and --prompt-sha256 too)"
)


def chosen_release(
    documents: Documents | None, line: Line, source: str | None, release_id: str | None, parts: dict[str, Any]
) -> Release:
    """The release that an admission names; raises ShipwayError."""
    given = {name: value for name, value in parts.items() if value is not None}
    if documents is None or sum(map(bool, (source, release_id, given))) != 1:
        raise ShipwayError("an admission names one release, in one way", _HINT)
    if source:
        return _live_in(documents, line, source)
    if release_id:
        return _named(documents, line, release_id)
    try:
        return Release.model_validate(given)
    except ValidationError as error:
        said = [
            f"--{str(one['loc'][0] if one['loc'] else 'version').replace('_', '-')}: {one['msg']}"
            for one in error.errors()
        ]
        raise ShipwayError("this is no release: " + "; ".join(said), _HINT) from None


def _live_in(documents: Documents, line: Line, source: str) -> Release:
    found = documents.releases.get((source, line.use_case))
    if found is None:
        there = sorted(environment for environment, use_case in documents.releases if use_case == line.use_case)
        raise ShipwayError(
            f"{line.use_case} has no line in {source!r}{suggestion(source, there)}", f"it has in {there}"
        )
    return found.model.release(found.model.active)


def _named(documents: Documents, line: Line, release_id: str) -> Release:
    known = {release.id: release for release in _releases(documents, line)}
    if release_id not in known:
        listed = ", ".join(f"{name} ({release.version})" for name, release in known.items())
        raise ShipwayError(f"no line of {line.use_case} has a release {release_id!r}", f"there are: {listed}")
    return known[release_id]


def _releases(documents: Documents, line: Line) -> Iterator[Release]:
    for (_, use_case), loaded in documents.releases.items():
        if use_case == line.use_case:
            yield from (loaded.model.slots.blue, loaded.model.slots.green)


def gate_named(name: str, move: Move) -> Gate:
    """The gate that is to be skipped; raises ShipwayError where the move has no such gate."""
    gates = [gate.value for gate in row_of(move).gates]
    if name not in gates:
        there = f"it has: {', '.join(gates)}" if gates else "nothing stands in its way"
        raise ShipwayError(f"a {move.value} has no gate {name!r}{suggestion(name, gates)}", there)
    return Gate(name)


def move_named(name: str) -> MoveRow:
    """The move of that name; raises ShipwayError."""
    known = [move.value for move in Move]
    if name not in known:
        raise ShipwayError(f"no move is called {name!r}{suggestion(name, known)}", f"there are: {', '.join(known)}")
    return row_of(Move(name))
