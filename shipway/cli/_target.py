"""Where plans and deploys go: the sandbox in this folder, or the workspaces that the documents name."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shipway.outside.terraform import Terraform, find_terraform
from shipway.synth.fingerprint import file_stamp

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


def sandbox(root: Path, synthesized: Path | None = None) -> Target:
    """The sandbox, set up if it was not, with the stacks of `synthesized` in its own output folder.

    The sandbox's provider has another checksum than the real one, so its lock files must not meet the real output.
    """
    from shipway.sandbox import home

    find_terraform(os.environ)
    home.up(root)
    out = home.output_folder(root)
    if synthesized is not None:
        _mirror(synthesized, out)
    return Target("the sandbox", home.environment(root), out)


def _mirror(source: Path, target: Path) -> None:
    """Copy what differs, and remove what is gone, so that the bytes planned are the bytes scanned and reviewed."""
    wanted = {path.parent.name: path for path in source.glob("stacks/*/cdk.tf.json")}
    for name, path in wanted.items():
        copy = target / "stacks" / name / "cdk.tf.json"
        if file_stamp(copy) != file_stamp(path):
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, copy)
    for folder in target.glob("stacks/*"):
        if folder.name not in wanted:
            shutil.rmtree(folder)
    shutil.copy2(source / "manifest.json", target / "manifest.json")
