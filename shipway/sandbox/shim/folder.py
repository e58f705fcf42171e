"""The folder that Terraform works in: links to everything in the stack's own, and the state backend of the sandbox.

The stack's own folder stays as synth wrote it. What Terraform puts beside it (.terraform, a lock file without the real
provider's hashes) would break the next real deploy from there.
"""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

__all__ = ["OVERRIDE", "mirror"]

# Terraform merges files of this ending over the others; a backend in one takes the place of the stack's.
OVERRIDE = "shipway_sandbox_override.tf.json"
_CONTENT = json.dumps({"terraform": {"backend": {"http": {}}}}).encode()
_LEFT_OUT = {".terraform", ".terraform.lock.hcl", ".terraform.tfstate.lock.info", "errored.tfstate", OVERRIDE}


def mirror(source: Path, work: Path) -> None:
    """Make `work` show what is in `source` now. Two calls may do so at once; raises OSError."""
    work.mkdir(parents=True, exist_ok=True, mode=0o700)
    wanted = {entry.name for entry in os.scandir(source) if _shown(entry.name)}
    for entry in os.scandir(work):
        if entry.is_symlink() and entry.name not in wanted:
            (work / entry.name).unlink(missing_ok=True)
    for name in wanted:
        _link(work / name, source / name)
    override = work / OVERRIDE
    if not override.is_file() or override.read_bytes() != _CONTENT:
        beside = work / f".{OVERRIDE}.{os.getpid()}"
        beside.write_bytes(_CONTENT)
        beside.replace(override)


def _shown(name: str) -> bool:
    return name not in _LEFT_OUT and not name.startswith("terraform.tfstate")


def _link(link: Path, target: Path) -> None:
    if link.is_symlink() and link.readlink() == target:
        return
    link.unlink(missing_ok=True)
    # Another call may be first by a moment.
    with contextlib.suppress(FileExistsError):
        link.symlink_to(target)
