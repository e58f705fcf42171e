"""What was said of a stack before, by exactly these rules and this scanner, is not asked again.

A folder per set of rules and scanner, a file per stack content. What is in them is as much worth as the folder is safe
from others' hands: a gate that must not trust it scans with `--no-cache`.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from shipway.scan.receipt import ProvenRule, Receipt
from shipway.scan.scanner import RawResult, RawStack, Status

__all__ = ["ScanCache"]

# Part of every key: raise it when what is stored changes its form or meaning.
_FORM = "2"


class ScanCache:
    """Results by content, under `folder`; an unreadable entry is as good as none."""

    def __init__(self, folder: Path, rules_digest: str, scanner: str) -> None:
        engine = hashlib.sha256(f"{_FORM}\n{rules_digest}\n{scanner}".encode()).hexdigest()
        self._folder = folder / engine[:32]

    def receipt(self) -> Receipt | None:
        """The receipt of the run that filled this cache; None if there was none."""
        data = _read(self._folder / "receipt.json")
        try:
            rules = tuple(ProvenRule(r["id"], r["file"], r["sha256"], tuple(r["caught"])) for r in data["rules"])
            return Receipt(data["scanner"], data["rules_digest"], rules)
        except (KeyError, TypeError):
            return None

    def get(self, name: str, text: bytes) -> RawStack | None:
        """What was said of a stack of this text, whatever its name was; None if it was never scanned."""
        data = _read(self._entry(text))
        try:
            return RawStack(name, tuple(data["blocks"]), tuple(data["modules"]), _results(data["results"]))
        except (KeyError, TypeError, ValueError):
            return None

    def get_project(self, stacks: Mapping[str, bytes]) -> Mapping[str, tuple[RawResult, ...]] | None:
        """What the rules of scope project said of exactly these stacks; None if they were never scanned together."""
        data = _read(self._project(stacks))
        try:
            found = {name: _results(data[name]) for name in stacks}
        except (KeyError, TypeError, ValueError):
            return None
        return found

    def put(
        self,
        scanned: Iterable[tuple[bytes, RawStack]],
        stacks: Mapping[str, bytes],
        project: Mapping[str, tuple[RawResult, ...]],
        receipt: Receipt,
    ) -> None:
        """Keep what one run said of each stack's text and of all `stacks` together, and that run's receipt."""
        # A folder that cannot be written to costs the next run its time and nothing else.
        with suppress(OSError):
            _write(self._folder / "receipt.json", receipt.as_json())
            for text, stack in scanned:
                _write(self._entry(text), asdict(stack))
            _write(
                self._project(stacks), {name: [asdict(result) for result in found] for name, found in project.items()}
            )

    def _project(self, stacks: Mapping[str, bytes]) -> Path:
        each = (f"{hashlib.sha256(text).hexdigest()} {name}\n" for name, text in sorted(stacks.items()))
        return self._folder / f"together-{hashlib.sha256(''.join(each).encode()).hexdigest()}.json"

    def _entry(self, text: bytes) -> Path:
        return self._folder / f"{hashlib.sha256(text).hexdigest()}.json"


def _results(data: list[dict[str, Any]]) -> tuple[RawResult, ...]:
    return tuple(RawResult(r["address"], r["rule"], r["path"], Status(r["status"]), tuple(r["messages"])) for r in data)


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None


def _write(path: Path, data: dict[str, Any]) -> None:
    # Written beside and moved: a killed run leaves no half entry, and two runs at once do not mix.
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        # dumps runs in C, dump does not.
        file.write(json.dumps(data))
    Path(name).replace(path)
