"""Functions before policies, with the real Terraform in the sandbox: installed, refused, installed again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.terraform, pytest.mark.slow]

ZONE, POLICIES = "dev-landing-zone", "dev-data-policies"


def shipway(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": f"{project}{os.pathsep}{project / 'constructs'}"}
    command = [sys.executable, "-m", "shipway", *arguments]
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)


def test_policies_wait_for_what_they_call(project: Path) -> None:
    done = shipway(project, "deploy", "account", ZONE, POLICIES, "--yes", "--confirm", "account", "--quiet")
    assert done.returncode == 0, done.stderr + done.stdout
    assert "running landing-zone-data-setup-dev" in done.stderr
    assert shipway(project, "plan", ZONE, POLICIES).returncode == 0

    # Another mask and another policy over it, and only the policies are deployed.
    function = project / "environments/functions/mask_text.sql"
    function.write_text(function.read_text().replace("'***'", "'---'"))
    document = project / "environments/dev.yaml"
    document.write_text(document.read_text().replace("Nobody sees here whose claim it is", "Nobody sees here whose"))
    refused = shipway(project, "deploy", POLICIES, "--yes", "--quiet")
    assert refused.returncode == 1
    assert "no policy is applied before them" in refused.stderr
    assert f"shipway deploy {ZONE}" in refused.stderr
    policy = project / ".shipway/sandbox/workspaces/halyard-dev.cloud.databricks.com/databricks_policy_info"
    comments = {json.loads(path.read_text())["attributes"]["comment"] for path in policy.glob("*.json")}
    assert "Nobody sees here whose claim it is" in comments

    zone = shipway(project, "deploy", ZONE, "--yes", "--quiet")
    assert "running landing-zone-data-setup-dev" in zone.stderr, zone.stderr
    assert shipway(project, "deploy", POLICIES, "--yes", "--quiet").returncode == 0

    # What ran is forgotten: the next deploy runs the job again, with nothing else to do.
    for record in (project / ".shipway/sandbox/runs").glob("*.json"):
        record.write_text("{")
    again = shipway(project, "deploy", ZONE, "--yes", "--quiet")
    assert again.returncode == 0
    assert "running landing-zone-data-setup-dev" in again.stderr
    quiet = shipway(project, "deploy", ZONE, "--yes", "--quiet")
    assert "running" not in quiet.stderr
