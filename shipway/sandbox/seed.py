"""Puts observed objects into the sandbox, as if somebody had made them by hand: to rehearse an import or a drift."""

from __future__ import annotations

from pathlib import Path

from shipway.errors import ShipwayError
from shipway.observed import ObservedWorkspace
from shipway.sandbox.layout import Home
from shipway.sandbox.pack import facts_digest
from shipway.sandbox.provider.store import Maker, Store, StoreError, Taken, workspace_name
from shipway.sandbox.provider.types import Types

__all__ = ["NOBODY", "seed"]

NOBODY = Maker("(made by hand)", "seed")
"""Who made what no stack made."""


def seed(root: Path, url: str, observed: ObservedWorkspace) -> tuple[int, int]:
    """Write every object into the workspace at `url`; how many were written, and how many were there already.

    Raises ShipwayError where the sandbox has no such type, or cannot write.
    """
    home = Home(root)
    types, store = Types(home.packed / facts_digest()), Store(home.workspaces)
    written = there = 0
    for one in observed.objects:
        if types.resource_if_known(one.type) is None:
            raise ShipwayError(f"the sandbox knows no {one.type}", "it has the types of provider 1.99.0")
        try:
            store.create(workspace_name(url), one.type, one.id, {"id": one.id, **one.attributes}, NOBODY)
            written += 1
        except Taken:
            there += 1
        except StoreError as error:
            raise ShipwayError(str(error), "the objects before it were written; the same command goes on") from error
    return written, there
