"""The ledger that a command writes to, and who writes: light, because a kill and a rollback wait for it."""

from __future__ import annotations

import getpass
import os
from datetime import UTC, datetime
from pathlib import Path

from shipway.ledger.chain import Ledger, ledger_folder

__all__ = ["actor", "approver", "ledger_of"]

_FORGES = {"GITHUB_ACTIONS": "GitHub", "GITLAB_CI": "GitLab", "TF_BUILD": "Azure DevOps"}


def ledger_of(root: Path, environment: str, *, is_live: bool) -> Ledger:
    """The ledger of an environment: in the project where it is about workspaces, in the sandbox where it is not."""
    return Ledger(ledger_folder(root, live=is_live), environment, lambda: datetime.now(UTC))


def actor() -> str:
    """Who says to act: in CI the one whom it names, else this machine's user. Nobody has checked it."""
    return os.environ.get("SHIPWAY_ACTOR") or getpass.getuser()


def approver(environment: str) -> str:
    """Who approved in the forge, as far as its job knows; empty where no forge runs this.

    None of the three tells a job who approved its environment, only that somebody did, or nobody had to. Who asks its
    API can say the name in SHIPWAY_APPROVER. Nobody has checked it.
    """
    if named := os.environ.get("SHIPWAY_APPROVER"):
        return named
    forge = next((name for variable, name in _FORGES.items() if os.environ.get(variable)), "")
    return f"a reviewer of {environment} on {forge}" if forge else ""
