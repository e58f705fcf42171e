"""Where plans and deploys go: the sandbox in this folder, or the workspaces that the documents name."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from shipway.deploy.data_setup import SetupRunner
from shipway.outside.data_setup import WorkspaceSetups
from shipway.outside.terraform import Terraform, find_terraform

__all__ = ["Target", "live", "nowhere", "sandbox"]


@dataclass(frozen=True, slots=True)
class Target:
    """A place to deploy to: its name for people, what Terraform sees of the outside, where the stacks stand."""

    name: str
    environment: Mapping[str, str]
    out: Path
    deployed: Callable[[], dict[str, int]]
    """Stacks with a state here, by their number of resources; nothing where nobody can list them."""
    setups: SetupRunner
    """What runs the data setup jobs."""
    is_live: bool
    terraform: Terraform
    """Terraform in that environment."""

    def folder(self, stack: str) -> Path:
        """The folder in which Terraform works for one stack."""
        return self.out / "stacks" / stack


def live(out: Path) -> Target:
    """The declared workspaces, with the credentials of this shell; raises MissingTool without Terraform."""
    find_terraform(os.environ)
    environment = dict(os.environ)
    return Target(
        "Databricks", environment, out, dict, WorkspaceSetups(), is_live=True, terraform=Terraform(environment)
    )


def nowhere(out: Path) -> Target:
    """No place at all, for who only reads documents and the ledger: Terraform need not be here."""
    return Target("nowhere", {}, out, dict, WorkspaceSetups(), is_live=False, terraform=Terraform({}))


def sandbox(root: Path, out: Path) -> Target:
    """The sandbox of the project, made ready if it was not; raises MissingTool without Terraform."""
    from shipway.sandbox import home
    from shipway.sandbox.data_setup import SandboxSetups
    from shipway.sandbox.kept import Kept

    program = home.require_terraform(root)
    kept = Kept(root, home.up(root).packed, program)
    environment = home.environment(root)
    return Target(
        "the sandbox",
        environment,
        out,
        lambda: _states(root),
        SandboxSetups(root),
        is_live=False,
        terraform=Terraform(environment, at=kept.at),
    )


def _states(root: Path) -> dict[str, int]:
    from shipway.sandbox.contents import look
    from shipway.sandbox.layout import Home

    # A folder of Terraform that is no stack has a digest at its name's end.
    states = look(Home(root)).states
    return {state.stack: state.resources for state in states if not re.search(r"-[0-9a-f]{8}$", state.stack)}
