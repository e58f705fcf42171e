"""The sandbox's objects as an observed workspace's: what is tried on a laptop is what runs against Databricks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from shipway.observed import Observed, ObservedWorkspace, Unreadable
from shipway.sandbox.layout import Home
from shipway.sandbox.provider.identity import key_of
from shipway.sandbox.provider.store import StoreError, read_file, workspace_name

__all__ = ["observe_sandbox"]


def observe_sandbox(root: Path, url: str, workspace_id: str = "") -> ObservedWorkspace:
    """What the sandbox of the project at `root` has in the workspace at `url`, and in the accounts above it.

    A file that is no object is unreadable, and an empty workspace has no objects: neither is an error.
    """
    home = Home(root)
    folders = [home.workspaces / workspace_name(url), *sorted(home.workspaces.glob("accounts.*"))]
    objects: list[Observed] = []
    unreadable: list[Unreadable] = []
    for path in (path for folder in folders for path in sorted(folder.glob("*/*.json"))):
        try:
            found = read_file(path)
        except StoreError as error:
            unreadable.append(Unreadable(path.parent.name, path.stem, str(error)))
            continue
        if found is not None:
            objects.append(_observed(path.parent.name, found.attributes))
    return ObservedWorkspace("the sandbox", url, workspace_id, tuple(objects), tuple(unreadable))


def _observed(type_: str, attributes: dict[str, Any]) -> Observed:
    key = key_of(type_, attributes)
    named = ("name", "display_name", "user_name", "label")
    return Observed(
        type_, key, next((str(attributes[name]) for name in named if attributes.get(name)), key), attributes
    )
