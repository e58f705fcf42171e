"""`shipway sandbox up`: everything that a command in the sandbox needs. Done again, it mends what is missing."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from shipway.errors import ShipwayError
from shipway.sandbox.layout import Home
from shipway.sandbox.pack import facts_digest, pack

__all__ = ["Prepared", "prepare"]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What `prepare` saw to."""

    home: Home
    shim: Path
    packed: Path
    changed: bool
    """Whether anything was missing or out of date."""


def prepare(root: Path) -> Prepared:
    """Make the sandbox of the project at `root` ready; raises ShipwayError where it cannot write."""
    home = Home(root)
    packed = home.packed / facts_digest()
    try:
        for folder in (home.folder, home.shim.parent, home.packed, home.workspaces, home.states):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        missing = not packed.is_dir()
        pack(packed)
        rewritten = _write_shim(home, packed)
    except OSError as error:
        place = error.filename or home.folder
        hint = "the sandbox keeps all it has in .shipway/sandbox of the project: that folder must be writable"
        raise ShipwayError(f"the sandbox cannot be prepared: {error.strerror}: {place}", hint) from error
    return Prepared(home, home.shim, packed, changed=missing or rewritten)


def _write_shim(home: Home, packed: Path) -> bool:
    # -I: no setting of the shell or folder it is called from changes what this Python imports.
    command = [sys.executable, "-I", "-m", "shipway.sandbox.shim", str(home.root), str(packed)]
    content = f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n'
    if home.shim.is_file() and home.shim.read_text() == content:
        return False
    beside = home.shim.with_name(f".terraform.{os.getpid()}")
    beside.write_text(content)
    beside.chmod(0o700)
    beside.replace(home.shim)
    return True
