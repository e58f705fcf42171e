"""The account in the sandbox, with the real Terraform: a workspace that is not there yet, made, and written down."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.terraform, pytest.mark.slow]

PROD = "environments/prod.yaml"


def shipway(project: Path, *arguments: str, expect: int = 0) -> str:
    environment = {**os.environ, "PYTHONPATH": f"{project}{os.pathsep}{project / 'constructs'}"}
    command = [sys.executable, "-m", "shipway", *arguments]
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == expect, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def without_address(project: Path) -> None:
    text = (project / PROD).read_text()
    (project / PROD).write_text(re.sub(r"(?m)^  (url|id): .*\n", "", text))
    account = project / "environments/account.yaml"
    account.write_text(account.read_text().replace("through: prod", "through: dev"))


def test_a_workspace_is_made_first_and_what_is_inside_follows(project: Path) -> None:
    without_address(project)
    said = shipway(project, "synth")
    assert "left out     all of prod" in said
    assert not list((project / "cdktf.out/stacks").glob("prod-*"))
    # An unchanged project still says so.
    assert "left out     all of prod" in shipway(project, "synth")
    shipway(project, "deploy", "account", "--yes")
    shipway(project, "plan", "account", expect=0)

    folder = "-chdir=cdktf.out/stacks/account"
    shown = shipway(project, "sandbox", "exec", "--", "terraform", folder, "output", "-json")
    outputs = {name: output["value"] for name, output in json.loads(shown).items()}
    url, number = outputs["prod-workspace-url"], outputs["prod-workspace-id"]
    assert url.startswith("https://")
    assert number > 0
    text = (project / PROD).read_text()
    (project / PROD).write_text(text.replace("workspace:\n", f'workspace:\n  url: {url}\n  id: "{number}"\n', 1))
    assert "left out" not in shipway(project, "synth")
    # What was attached by the resource's own id stays attached: its written id changes nothing.
    shipway(project, "plan", "account", expect=0)
    shipway(project, "deploy", "prod-landing-zone", "--yes")
    shipway(project, "plan", "prod-landing-zone", expect=0)
