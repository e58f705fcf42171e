"""The ledger that a command writes to, and who writes: light, because a kill and a rollback wait for it."""

from __future__ import annotations

import getpass
import os
from datetime import UTC, datetime
from pathlib import Path

from shipway.ledger.chain import Ledger, ledger_folder

__all__ = ["actor", "ledger_of"]


def ledger_of(root: Path, environment: str, *, is_live: bool) -> Ledger:
    """The ledger of an environment: in the project where it is about workspaces, in the sandbox where it is not."""
    return Ledger(ledger_folder(root, live=is_live), environment, lambda: datetime.now(UTC))


def actor() -> str:
    """Who says to act: in CI the one whom it names, else this machine's user. Nobody has checked it."""
    return os.environ.get("SHIPWAY_ACTOR") or getpass.getuser()
