"""The check of a synthesized folder, as commands run it: against the documents of this checkout."""

from __future__ import annotations

from pathlib import Path

from shipway.deploy.order import choose
from shipway.intake.expected import ground_of
from shipway.intake.folder import Refused, Synthesized, copy, examine
from shipway.models.load import load
from shipway.models.names import is_of
from shipway.models.resolve import resolve

__all__ = ["checked", "look"]


def look(root: Path, folder: Path) -> Synthesized:
    """What is in `folder`, held against the documents of `root`; raises DocumentErrors where these have mistakes."""
    return examine(folder, ground_of(resolve(load(root))))


def checked(root: Path, folder: Path, wanted: tuple[str, ...], environment: str | None) -> Path:
    """A copy of the stacks of `folder` that the command line means, if nothing is against them; raises Refused."""
    found = look(root, folder)
    known = sorted({*found.stacks, *(one.stack for one in found.objections if one.stack)})
    chosen = [name for name in choose(known, wanted) if environment is None or is_of(name, environment)]
    against = found.against(chosen)
    if against:
        raise Refused(against)
    return copy(found, chosen, root / ".shipway" / "checked")
