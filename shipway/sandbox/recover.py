"""Putting right what a killed run left: objects in the workspaces of which Terraform's state does not know.

Terraform sends its state every 20 seconds, so a run that is killed may have made objects that no state has. Left there
they would be in the way of the next apply. Every object says which run made it: those of the killed run that the state
does not know are removed, as if they had not been made yet.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from shipway.sandbox.layout import Home
from shipway.sandbox.provider.identity import key_of
from shipway.sandbox.provider.store import StoreError, read_file
from shipway.sandbox.state import read_state

__all__ = ["known_objects", "recover"]


def recover(home: Home, stack: str, run: str) -> list[Path]:
    """Remove the objects of the killed `run` that the stack's state does not know; the answer is their files."""
    known = known_objects(read_state(home.state_file(stack)) or b"")
    removed = [path for path, resource, key in _made_by(home.workspaces, run) if (resource, key) not in known]
    for path in removed:
        path.unlink(missing_ok=True)
    return removed


def _made_by(workspaces: Path, run: str) -> Iterator[tuple[Path, str, str]]:
    for path in sorted(workspaces.glob("*/*/*.json")):
        # Reading it as JSON takes ten times as long, and nearly all are not of this run.
        if run.encode() not in path.read_bytes():
            continue
        try:
            found = read_file(path)
        except StoreError:
            continue  # whoever needs the object is told so then
        if found and found.made_by.run == run:
            resource = path.parent.name
            yield path, resource, key_of(resource, found.attributes)


def known_objects(state: bytes) -> set[tuple[str, str]]:
    """Resource type and key of everything in a state; nothing for a state that is not one."""
    try:
        content: dict[str, Any] = json.loads(state) if state else {}
    except ValueError:
        return set()
    return {
        (item["type"], key_of(item["type"], instance.get("attributes") or {}))
        for item in content.get("resources", [])
        if item.get("mode") == "managed"
        for instance in item.get("instances", [])
    }
