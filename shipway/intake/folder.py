"""A synthesized folder of somebody else: read once, without following a link, judged, and copied as it was judged.

Terraform reads every `*.tf`, `*.tf.json` and `*.auto.tfvars` of a folder, and providers from its `.terraform`. So it is
never let into the folder that came: it works on a copy that holds the bytes that were judged and nothing else.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import stat
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shipway.errors import ShipwayError
from shipway.intake.expected import Ground
from shipway.intake.judge import judge
from shipway.intake.model import Objection, Reason
from shipway.intake.strict_json import LARGEST, NotStrict, parse

__all__ = ["Refused", "Synthesized", "copy", "examine"]

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")
_MOST_STACKS = 5_000
_STACK_FILE = "cdk.tf.json"
# What cdktf and Terraform leave beside a stack; it is not copied, so it may be there.
_LEFT_BEHIND = frozenset({_STACK_FILE, "metadata.json", ".terraform", ".terraform.lock.hcl", "terraform.tfstate"})
_DAY = 24 * 60 * 60


class Refused(ShipwayError):
    """What was synthesized is not planned."""

    exit_code = 4

    def __init__(self, objections: Sequence[Objection]) -> None:
        self.objections = tuple(objections)
        super().__init__(f"{len(objections)} against what was synthesized; nothing was planned")

    def __str__(self) -> str:
        return "\n\n".join([*map(str, self.objections), f"Error: {self.message}"])

    def as_json(self) -> dict[str, object]:
        """The same for a machine."""
        return {"error": self.message, "refused": [one.as_json() for one in self.objections]}


@dataclass(frozen=True, slots=True)
class Synthesized:
    """What was found in a folder: the sound stacks' bytes, and what is against the others."""

    stacks: Mapping[str, bytes]
    objections: tuple[Objection, ...]

    def against(self, stacks: Sequence[str]) -> list[Objection]:
        """What keeps these stacks from being planned: what is against them, or against the whole folder."""
        return [one for one in self.objections if not one.stack or one.stack in stacks]


def examine(folder: Path, ground: Ground) -> Synthesized:
    """Judge every stack that the folder's manifest names."""
    sound: dict[str, bytes] = {}
    try:
        names = _names(_read(folder / "manifest.json"))
    except (NotStrict, OSError) as error:
        return Synthesized({}, (_of_folder("manifest.json", f"it cannot be used: {_words(error)}"),))
    objections = list(_strays(folder, names))
    for name in names:
        found, raw = _judged(folder, name, ground)
        objections += found
        if not found:
            sound[name] = raw
    return Synthesized(sound, tuple(objections))


def copy(found: Synthesized, stacks: Sequence[str], parent: Path) -> Path:
    """Write the sound ones of `stacks` to a folder named for their content, and nothing else into it."""
    digest = hashlib.sha256()
    for name in sorted(stacks):
        digest.update(f"{name}\0{hashlib.sha256(found.stacks[name]).hexdigest()}\0".encode())
    folder = parent / digest.hexdigest()[:16]
    _forget_old(parent)
    for name in stacks:
        _write(folder / "stacks" / name / _STACK_FILE, found.stacks[name])
    entries = {name: _entry(name) for name in stacks}
    _write(folder / "manifest.json", json.dumps({"version": "0.21.0", "stacks": entries}, indent=2).encode())
    return folder


def _entry(name: str) -> dict[str, Any]:
    place = f"stacks/{name}"
    return {"name": name, "synthesizedStackPath": f"{place}/{_STACK_FILE}", "workingDirectory": place}


def _names(raw: bytes) -> list[str]:
    stacks = parse(raw).get("stacks")
    if not isinstance(stacks, dict) or not stacks:
        raise NotStrict("it names no stacks")
    if len(stacks) > _MOST_STACKS:
        raise NotStrict(f"{len(stacks)} stacks, wanted at most {_MOST_STACKS}")
    for name, entry in stacks.items():
        if not _NAME.fullmatch(name):
            raise NotStrict(f"the stack {name[:80]!r}, wanted a name of small letters, digits and hyphens")
        # Whoever reads another file than Terraform does judges something else than is planned.
        place = entry.get("synthesizedStackPath") if isinstance(entry, dict) else None
        if place != f"stacks/{name}/{_STACK_FILE}":
            raise NotStrict(f"{name} is said to be in {place!r}, wanted stacks/{name}/{_STACK_FILE}")
    return list(stacks)


def _judged(folder: Path, name: str, ground: Ground) -> tuple[list[Objection], bytes]:
    where = f"stacks/{name}/{_STACK_FILE}"
    expected = ground.expected(name)
    if expected is None:
        hint = "a new environment is merged first: from then on the base knows its workspace and where its state is"
        return [Objection(name, where, Reason.STACK, f"the base declares no environment for {name}", hint)], b""
    try:
        raw = _read(folder / "stacks" / name / _STACK_FILE, folder)
        content = parse(raw)
    except NotStrict as error:
        return [Objection(name, where, Reason.JSON, _words(error), "run `shipway synth`")], b""
    except OSError as error:
        return [Objection(name, where, Reason.FOLDER, _words(error), "run `shipway synth`")], b""
    return judge(name, content, expected), raw


def _strays(folder: Path, names: Sequence[str]) -> list[Objection]:
    """Files that Terraform would read beside the stacks. They are not copied; who put them there should be asked."""
    found = []
    for name in names:
        place = folder / "stacks" / name
        for entry in sorted(file.name for file in place.iterdir()) if place.is_dir() else []:
            if entry not in _LEFT_BEHIND:
                where = f"stacks/{name}/{entry}"
                message = "a file beside the stack, wanted only cdk.tf.json"
                found.append(Objection(name, where, Reason.FOLDER, message, "remove it, and ask who put it there"))
    return found


def _read(path: Path, root: Path | None = None) -> bytes:
    """The bytes of a plain file below `root`, through no link; raises OSError, NotStrict for one that is too large."""
    here = path.parent
    while root is not None and here != root:
        if here.is_symlink():
            raise NotStrict(f"{here.name} is a link")
        here = here.parent
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise NotStrict("no plain file")
        raw = stream.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise NotStrict(f"more than {LARGEST} bytes")
    return raw


def _of_folder(where: str, message: str) -> Objection:
    return Objection("", where, Reason.FOLDER, message, "hand on the folder that `shipway synth` wrote, whole")


def _words(error: Exception) -> str:
    return (error.strerror or "unreadable").lower() if isinstance(error, OSError) else str(error)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(path)


def _forget_old(parent: Path) -> None:
    if parent.is_dir():
        for folder in parent.iterdir():
            if folder.stat().st_mtime < time.time() - _DAY:
                shutil.rmtree(folder, ignore_errors=True)
