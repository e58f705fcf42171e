"""What was synthesized last time into one output folder: the reason not to do it again, and nothing more.

The record is an optimisation: without it, or with one that cannot be read, everything is synthesized and the bytes are
the same (a test compares).
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from shipway.synth.fingerprint import file_stamp

__all__ = ["Entry", "Record"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One synthesized stack."""

    key: str
    """Digest of the resolved stack and of the code."""
    stamp: list[int]
    manifest: dict[str, Any]
    """The stack's part of manifest.json."""
    inputs: str = ""
    """Of a line: digest of all that it is resolved from; while it is the same the line need not be resolved."""


@dataclass(slots=True)
class Record:
    """Everything that one output folder holds."""

    inputs: str = ""
    """Digest over code and documents when all of it was up to date."""
    manifest: list[int] = field(default_factory=list)
    """Stamp of manifest.json."""
    stacks: dict[str, Entry] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)
    """Environments whose workspace is not made yet."""

    @classmethod
    def file(cls, root: Path, out: Path) -> Path:
        """Where the record of `out` is kept: each output folder has its own."""
        name = hashlib.sha256(os.fspath(out.resolve()).encode()).hexdigest()[:16]
        return root / ".shipway" / "cache" / "synth" / f"{name}.json"

    @classmethod
    def read(cls, path: Path) -> Record:
        """The record in `path`; an empty one if there is none that can be used."""
        try:
            content = json.loads(path.read_bytes())
            stacks = {name: Entry(**entry) for name, entry in content["stacks"].items()}
            return cls(content["inputs"], content["manifest"], stacks, content["waiting"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return cls()

    def write(self, path: Path) -> None:
        """Put the record in place in one step."""
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}.draft")
        draft.write_text(json.dumps(asdict(self)))
        draft.replace(path)

    def unchanged(self, out: Path, inputs: str) -> bool:
        """Whether `out` still holds exactly what `inputs` synthesize to."""
        if not self.stacks or self.inputs != inputs or self.manifest != file_stamp(out / "manifest.json"):
            return False
        return all(self.holds(out, name, entry.key) for name, entry in self.stacks.items())

    def holds(self, out: Path, name: str, key: str) -> bool:
        """Whether the stack was synthesized from `key` and its file was not touched since."""
        entry = self.stacks.get(name)
        return entry is not None and entry.key == key and entry.stamp == file_stamp(_stack_file(out, name))

    def settled(self, out: Path, inputs: dict[str, str]) -> set[str]:
        """The lines whose inputs and file are as they were."""
        return {
            name
            for name, digest in inputs.items()
            if (entry := self.stacks.get(name)) and entry.inputs == digest and self.holds(out, name, entry.key)
        }


def _stack_file(out: Path, name: str) -> Path:
    return out / "stacks" / name / "cdk.tf.json"
