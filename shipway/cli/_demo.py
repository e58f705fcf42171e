"""The demo: the whole way on this laptop, with the commands that anybody would type, each with what it does and why.

Documents, stacks, scan and deploy are those of the project, in the project's own sandbox. Releases change documents and
leave records for good: they are shown in a copy (`_demo_releases`).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import click

from shipway.cli._demo_releases import ReleaseDemo
from shipway.deploy.order import waves
from shipway.errors import ToolFailed

__all__ = ["Demo"]


@dataclass
class Demo:
    """One run of the demo in the project at `root`; `environment` is the sandbox's."""

    root: Path
    environment: Mapping[str, str]
    stacks: list[str] = field(default_factory=list)
    _number: int = 0
    _started: float = field(default_factory=time.perf_counter)

    def run(self) -> None:
        """All steps; raises ToolFailed where a command does not do what it should."""
        self._documents_to_stacks()
        self._deploy_everything()
        ReleaseDemo(self.root, self._say).run()
        self._where_to_look()

    def _documents_to_stacks(self) -> None:
        self._say("Read the documents", "An insurer's account, three environments, two use cases, their releases.")
        self._show("shipway", "synth", "--check")
        self._say("Synthesize", "Each landing zone and each line becomes a Terraform stack of its own.")
        self._show("shipway", "synth")
        manifest = json.loads((self.root / "cdktf.out" / "manifest.json").read_bytes())
        self.stacks = list(manifest["stacks"])
        self._say("Scan", "checkov judges the stacks by our rules, and proves first that every rule still bites.")
        self._show("shipway", "scan")

    def _deploy_everything(self) -> None:
        self._say("Set up the sandbox", "A stand-in for Databricks in this folder; Terraform itself is the real one.")
        self._show("shipway", "sandbox", "up")
        self._say("Deploy with cdktf", "Account, landing zones, lines: cdktf and Terraform as in production.")
        landing_zones = [stack for stack in self.stacks if stack.endswith("-landing-zone")]
        for number, wave in enumerate(waves(self.stacks)):
            if wave[0].endswith("-data-policies"):
                # cdktf does not know that a job has to run before: our own deploy does.
                self._show("shipway", "deploy", *landing_zones, *wave, "--yes", "--quiet")
                continue
            skip = ["--skip-synth"] if number else []
            self._cdktf("deploy", *wave, "--auto-approve", *skip)
        self._say("Plan again", "Right after a deploy there is nothing to do: the plans are quiet.")
        self._show("shipway", "plan", expect=0)

    def _where_to_look(self) -> None:
        took = time.perf_counter() - self._started
        click.secho(f"\nDone in {took:.0f} s. What was made, and where:", bold=True)
        click.echo("  cdktf.out/stacks/*/cdk.tf.json                the synthesized stacks")
        click.echo("  .shipway/sandbox/workspaces/<host>/<type>/    every object of the sandbox, one JSON file each")
        click.echo("  .shipway/sandbox/state/                       Terraform's states")
        click.echo("  .shipway/demo/                                the copy in which versions 1 to 4 came and went")
        click.echo("  docs/, README.md                              what it all means")
        click.secho("\nTry next:", bold=True)
        click.echo("  .venv/bin/shipway sandbox status")
        click.echo("  (cd .shipway/demo && .venv/bin/shipway release status claims-reserve --env dev)")
        click.echo(
            "  edit environments/prod.yaml (give a group a privilege), then: .venv/bin/shipway plan prod-landing-zone"
        )
        click.echo("  .venv/bin/shipway sandbox exec -- cdktf diff dev-landing-zone")

    def _say(self, title: str, why: str) -> None:
        self._number += 1
        click.secho(f"\n{self._number}. {title}", bold=True)
        click.echo(f"   {why}")

    def _show(self, *command: str, expect: int = 0) -> None:
        """Run one of our own commands as a user would, and show what it prints."""
        click.secho(f"   $ {' '.join(command)}", fg="cyan")
        program = [sys.executable, "-m", *command]
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        with subprocess.Popen(
            program, cwd=self.root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as running:
            for line in running.stdout or ():
                click.echo(f"     {line}", nl=False)
        if running.returncode != expect:
            raise ToolFailed(f"`{' '.join(command)}` ended with {running.returncode}, wanted {expect}")

    def _cdktf(self, *arguments: str) -> None:
        """Run cdktf in the sandbox; what it prints is long, so it goes to a file and its last word is shown."""
        command = ["cdktf", *arguments]
        click.secho(f"   $ shipway sandbox exec -- {' '.join(command)}", fg="cyan")
        log = self.root / ".shipway" / "demo.log"
        with log.open("w") as out:
            done = subprocess.run(
                command, cwd=self.root, env=dict(self.environment), stdin=subprocess.DEVNULL, stdout=out, stderr=out
            )
        text = log.read_text(errors="replace")
        if done.returncode != 0:
            raise ToolFailed(f"`{' '.join(command)}` ended with {done.returncode}:\n{text[-3000:]}")
        for line in text.splitlines():
            if "Apply complete!" in line or "No changes." in line:
                click.echo(f"     {line.strip()}")
