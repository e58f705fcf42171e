"""A project with a sandbox of its own, and the real Terraform in it."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pytest

from shipway.sandbox import home
from shipway.sandbox.layout import Home

HOST = "https://one.cloud.databricks.com"
PROVIDERS = {"databricks": {"source": "databricks/databricks", "version": "1.99.0"}}


@dataclass(frozen=True)
class Sandbox:
    """One project's sandbox: write stacks, run Terraform on them, look at the objects."""

    root: Path

    @property
    def home(self) -> Home:
        return Home(self.root)

    def write(self, stack: str, resources: dict[str, Any], host: str = HOST, **more: Any) -> Path:
        """Write a stack as cdktf would, with a backend that cannot be reached."""
        folder = self.root / "cdktf.out" / "stacks" / stack
        folder.mkdir(parents=True, exist_ok=True)
        backend = {"s3": {"bucket": "b", "key": stack, "region": "eu-central-1", "use_lockfile": True}}
        provider = {"databricks": [{"host": host}]}
        content = {"terraform": {"backend": backend, "required_providers": PROVIDERS}, "provider": provider, **more}
        (folder / "cdk.tf.json").write_text(json.dumps({**content, **({"resource": resources} if resources else {})}))
        return folder

    def environment(self) -> dict[str, str]:
        # A machine may name a settings file that is not there; Terraform's warning is none of these tests'.
        base = {name: value for name, value in os.environ.items() if name != "TF_CLI_CONFIG_FILE"}
        return home.environment(self.root, base)

    def start(self, stack: str, *arguments: str, stdout: int | IO[str] = subprocess.PIPE) -> subprocess.Popen[str]:
        """Start Terraform on a stack. Who does not read what it prints must give a file: a pipe fills up."""
        return subprocess.Popen(
            [str(self.home.shim), *arguments],
            cwd=self.root / "cdktf.out" / "stacks" / stack,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # as in a terminal of its own: a signal can go to all of it
        )

    def try_run(self, stack: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Terraform on a stack, whatever comes of it."""
        with self.start(stack, *arguments) as process:
            out, err = process.communicate(timeout=120)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def run(self, stack: str, *arguments: str) -> str:
        """Run Terraform on a stack; it must succeed."""
        done = self.try_run(stack, *arguments)
        assert done.returncode == 0, (
            f"terraform {arguments} exited with {done.returncode}:\n{done.stdout}\n{done.stderr}"
        )
        return done.stdout

    def apply(self, stack: str) -> str:
        """Initialise and apply."""
        self.run(stack, "init", "-no-color")
        return self.run(stack, "apply", "-auto-approve", "-no-color")

    def plan(self, stack: str) -> dict[str, Any]:
        """The plan, as JSON."""
        self.run(stack, "plan", "-out=it.plan", "-no-color")
        plan: dict[str, Any] = json.loads(self.run(stack, "show", "-json", "it.plan"))
        return plan

    def changes(self, stack: str) -> dict[str, list[str]]:
        """What the plan does, by address; nothing for a plan without changes."""
        changes = self.plan(stack).get("resource_changes", [])
        return {
            item["address"]: item["change"]["actions"] for item in changes if item["change"]["actions"] != ["no-op"]
        }

    def files(self, resource: str = "*", host: str = HOST) -> list[Path]:
        """The files of a workspace's objects."""
        return sorted((self.home.workspaces / host.removeprefix("https://")).glob(f"{resource}/*.json"))

    def edit(self, path: Path, **attributes: Any) -> None:
        """Change an object behind Terraform's back."""
        content = json.loads(path.read_text())
        content["attributes"].update(attributes)
        path.write_text(json.dumps(content))


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    """A sandbox of its own, in a folder whose name has a space."""
    root = tmp_path / "a project"
    (root / "environments").mkdir(parents=True)
    (root / "cdktf.json").write_text("{}")
    home.up(root)
    return Sandbox(root)
