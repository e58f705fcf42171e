"""What a deploy asks of Terraform; `shipway.outside.terraform` answers, with the real one or with a fake."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

__all__ = ["Runner", "SavedPlan"]


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A saved plan: where it is, and whether it does anything."""

    stack: str
    file: Path
    changes: bool


class Runner(Protocol):
    """Terraform in one stack's folder."""

    def plan(self, folder: Path, file: Path, *, refresh: bool = True, ready: bool = False) -> SavedPlan:
        """Plan the stack in `folder` into `file`. `ready`: it was planned there before, and may need no init."""

    def show(self, folder: Path, file: Path) -> bytes:
        """The plan in `file` as JSON."""

    def state(self, folder: Path) -> bytes:
        """The stack's state as JSON."""

    def pull(self, folder: Path) -> bytes:
        """The stack's state as it is stored; empty where there is none."""

    def apply(self, folder: Path, file: Path) -> None:
        """Apply exactly the plan in `file`."""
