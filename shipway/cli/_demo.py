"""The demo: the whole way on this laptop, with the commands that anybody would type, each with what it does and why.

It works on the project's own documents and on the project's own sandbox. The one document that it changes is kept aside
first and put back at the end, byte for byte; a demo that was killed is put back by the next one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import click
import yaml

from shipway.deploy.authored import authored, digest
from shipway.deploy.order import waves
from shipway.errors import ToolFailed
from shipway.release.line import read_manifest

__all__ = ["Demo"]

_LINE = "prod-claims-triage"
_MANIFEST = Path("releases/prod/claims-triage.yaml")
_TESTED = Path("releases/test/claims-triage.yaml")


@dataclass
class Demo:
    """One run of the demo in the project at `root`; `environment` is the sandbox's."""

    root: Path
    environment: Mapping[str, str]
    state_of: Callable[[str], bytes]
    """The state of a stack as JSON."""
    stacks: list[str] = field(default_factory=list)
    _number: int = 0
    _started: float = field(default_factory=time.perf_counter)

    def run(self) -> None:
        """All steps; raises ToolFailed where a command does not do what it should."""
        self._put_back()
        try:
            self._documents_to_stacks()
            self._deploy_everything()
            self._release_and_roll_back()
        finally:
            self._put_back()
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

    def _release_and_roll_back(self) -> None:
        original = (self.root / _MANIFEST).read_text()
        at_first = self._state_digest()
        self._say(
            "Bring the release that test runs into prod's idle slot",
            f"{_MANIFEST} gets in green what {_TESTED} has: the same digest, built once. Nothing goes live.",
        )
        admitted = _admitted(original, (self.root / _TESTED).read_text())
        self._write(admitted)
        self._change()
        self._say("Shadow", "`phase: shadow`. Green runs beside blue, on the same claims; nothing of it has an effect.")
        shadow = admitted.replace("phase: admitted", "phase: shadow")
        self._write(shadow)
        self._change()
        before = self._state_digest()
        self._say("Flip", "`active: green`. One word in one parameter says from the next run on whose effects count.")
        self._write(shadow.replace("phase: shadow", "phase: flipped").replace("active: blue", "active: green"))
        self._change()
        self._say("Roll back", "The manifest as it was before, byte for byte; so the plan is the flip's, reversed.")
        self._write(shadow)
        self._change()
        self._prove("the state before the flip", before)
        self._say("Leave prod as it was found", "Green stops, and gets back what it held.")
        self._write(original)
        self._change()
        self._prove("the state at the beginning", at_first)

    def _change(self) -> None:
        # Prod is protected: somebody has to approve.
        self._show("shipway", "plan", _LINE, expect=3)
        self._show("shipway", "deploy", _LINE, "--yes", "--quiet")

    def _where_to_look(self) -> None:
        took = time.perf_counter() - self._started
        click.secho(f"\nDone in {took:.0f} s. What was made, and where:", bold=True)
        click.echo("  cdktf.out/stacks/*/cdk.tf.json                the synthesized stacks")
        click.echo("  .shipway/sandbox/workspaces/<host>/<type>/    every object of the sandbox, one JSON file each")
        click.echo("  .shipway/sandbox/state/                       Terraform's states")
        click.echo("  docs/, README.md                              what it all means")
        click.secho("\nTry next:", bold=True)
        click.echo("  .venv/bin/shipway sandbox status")
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

    def _write(self, text: str) -> None:
        """Change the manifest; the original is kept aside until it is back."""
        kept = self._kept()
        if not kept.exists():
            kept.parent.mkdir(parents=True, exist_ok=True)
            draft = kept.with_suffix(".draft")
            draft.write_bytes((self.root / _MANIFEST).read_bytes())
            draft.replace(kept)
        (self.root / _MANIFEST).write_text(text)

    def _put_back(self) -> None:
        kept = self._kept()
        if kept.exists():
            (self.root / _MANIFEST).write_bytes(kept.read_bytes())
            kept.unlink()

    def _kept(self) -> Path:
        return self.root / ".shipway" / "demo" / "manifest.yaml"

    def _state_digest(self) -> str:
        """Of the line's authored attributes, as the manifest stands now."""
        stack = json.loads((self.root / "cdktf.out" / "stacks" / _LINE / "cdk.tf.json").read_bytes())
        return digest(authored(stack, json.loads(self.state_of(_LINE))))

    def _prove(self, what: str, wanted: str) -> None:
        got = self._state_digest()
        if got != wanted:
            raise ToolFailed(f"the state differs from {what}: {got[:16]}, wanted {wanted[:16]}")
        click.secho(f"   Proven: what was authored in the state equals {what} (sha256 {got[:16]}).", fg="green")


def _admitted(manifest: str, tested: str) -> str:
    """`manifest` with `tested`'s live release in its idle slot, and with what a rollback would bring back."""
    here, there = yaml.safe_load(manifest), yaml.safe_load(tested)
    idle = "green" if here["active"] == "blue" else "blue"
    old, new = here["slots"][idle], there["slots"][there["active"]]
    head, _, tail = manifest.partition(f"  {idle}:\n")
    for key, value in old.items():
        tail = tail.replace(f"{key}: {value}", f"{key}: {new[key]}", 1)
    stable = read_manifest(manifest.encode(), _MANIFEST.as_posix()).stable.id
    head = head.replace("active: ", f"phase: admitted\nrollback_to: {stable}\nactive: ", 1)
    return f"{head}  {idle}:\n{tail}"
