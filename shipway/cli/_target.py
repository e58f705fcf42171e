"""Where plans and deploys go: the sandbox in this folder, or the workspaces that the documents name."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shipway.outside.terraform import Terraform, find_terraform

__all__ = ["Target", "live", "sandbox"]


@dataclass(frozen=True, slots=True)
class Target:
    """A place to deploy to: its name for people, what Terraform sees of the outside, where the stacks stand."""

    name: str
    environment: Mapping[str, str]
    out: Path

    @property
    def terraform(self) -> Terraform:
        """Terraform in that environment."""
        return Terraform(self.environment)

    def folder(self, stack: str) -> Path:
        """The folder in which Terraform works for one stack."""
        return self.out / "stacks" / stack


def live(out: Path) -> Target:
    """The declared workspaces, with the credentials of this shell; raises MissingTool without Terraform."""
    find_terraform(os.environ)
    return Target("Databricks", dict(os.environ), out)


def sandbox(root: Path, out: Path) -> Target:
    """The sandbox of the project, made ready if it was not; raises MissingTool without Terraform."""
    from shipway.sandbox import home

    home.require_terraform(root)
    home.up(root)
    return Target("the sandbox", home.environment(root), out)
