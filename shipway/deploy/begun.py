"""A plan that is begun before anybody knows that it is wanted: planning changes nothing, and waiting for it takes time.

Of a stack whose next plan is foreseen it runs while Python still imports what will judge it (the way back of a release
lies ready in the line's folder), or while rules judge the stack. Whoever then plans that folder with the same stack
gets it; anybody else gets a plan of their own. What it does is judged like any other's.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

from shipway.deploy.runner import Runner, SavedPlan
from shipway.errors import ShipwayError

__all__ = ["Begun"]

_STACK = "cdk.tf.json"


@dataclass
class Begun:
    """Terraform with one plan on its way, of the stack in `folder`, into `file`."""

    terraform: Runner
    folder: Path
    file: Path
    ready: bool = True
    """Whether it was planned there before."""
    _thread: threading.Thread = field(init=False)
    _found: tuple[SavedPlan, bytes, bytes] | None = None
    """The plan, its JSON, the stack that was there when it began; until somebody plans."""
    _shown: bytes | None = None
    """The JSON of the last plan, where that was the one that was begun."""

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._plan, daemon=True)
        self._thread.start()

    def plan(self, folder: Path, file: Path, *, refresh: bool = True, ready: bool = False) -> SavedPlan:
        """The plan that is on its way, if it is of this very stack, once; else a new one."""
        self._thread.join()
        found, self._found, self._shown = self._found, None, None
        if found and refresh and (folder, file, (folder / _STACK).read_bytes()) == (self.folder, self.file, found[2]):
            self._shown = found[1]
            return found[0]
        return self.terraform.plan(folder, file, refresh=refresh, ready=ready)

    def show(self, folder: Path, file: Path) -> bytes:
        """The plan in `file` as JSON."""
        self._thread.join()
        return self._shown if self._shown and file == self.file else self.terraform.show(folder, file)

    def state(self, folder: Path) -> bytes:
        """The stack's state as JSON."""
        self._thread.join()
        return self.terraform.state(folder)

    def pull(self, folder: Path) -> bytes:
        """The stack's state as it is stored."""
        self._thread.join()
        return self.terraform.pull(folder)

    def apply(self, folder: Path, file: Path) -> None:
        """Apply exactly the plan in `file`."""
        self._thread.join()
        self.terraform.apply(folder, file)

    def _plan(self) -> None:
        # Whoever wants the plan plans again, and is then told what is wrong.
        try:
            stack = (self.folder / _STACK).read_bytes()
            saved = self.terraform.plan(self.folder, self.file, ready=self.ready)
            self._found = saved, self.terraform.show(self.folder, saved.file), stack
        except (ShipwayError, OSError):
            self._found = None
