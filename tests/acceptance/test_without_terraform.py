"""On a machine without Terraform: what needs it says so with the next step, and everything else works."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def bare_path(tmp_path: Path) -> str:
    """A PATH with what every machine has, and no Terraform."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "bash", "env", "git", "uname"):
        (folder / name).symlink_to(shutil.which(name) or f"/usr/bin/{name}")
    return str(folder)


def shipway(project: Path, path: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": path, "PYTHONPATH": f"{project}{os.pathsep}{project / 'constructs'}"}
    command = [sys.executable, "-m", "shipway", *arguments]
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True)


def test_synth_scan_and_the_synth_level_review_work(project: Path, bare_path: str) -> None:
    assert shipway(project, bare_path, "synth").returncode == 0
    assert shipway(project, bare_path, "scan").returncode == 0
    shutil.copytree(project / "cdktf.out", project / "before")
    manifest = project / "releases/prod/claims-triage.yaml"
    manifest.write_text(manifest.read_text().replace("model_version: 6", "model_version: 8"))
    assert shipway(project, bare_path, "synth").returncode == 0
    review = shipway(project, bare_path, "review", "--before", "before", "--after", "cdktf.out")
    assert review.returncode == 3, review.stderr
    # No state is asked which slot is live: the router's pointer says it, though it does not change.
    assert "slot green (idle): r5a24e9ff0540 → " in review.stdout


@pytest.mark.parametrize(
    "command",
    [["plan"], ["deploy", "--yes"], ["sandbox", "up"], ["sandbox", "exec", "--", "terraform", "version"], ["demo"]],
    ids=" ".join,
)
def test_what_needs_it_says_how_to_get_it(project: Path, bare_path: str, command: list[str]) -> None:
    done = shipway(project, bare_path, *command)
    assert done.returncode == 127, done.stderr
    assert "terraform" in done.stderr.lower()
    assert "install" in done.stderr.lower()
    assert "Traceback" not in done.stderr


def test_doctor_names_it_and_what_needs_it(project: Path, bare_path: str) -> None:
    done = shipway(project, bare_path, "doctor", "--json")
    assert done.returncode == 127
    (check,) = [check for check in json.loads(done.stdout)["checks"] if check["name"] == "terraform"]
    assert check["health"] == "missing"
    assert "install Terraform" in check["next"]
    assert "shipway plan" in check["needed_for"]
