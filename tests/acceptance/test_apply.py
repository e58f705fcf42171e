"""Plan sets with the real Terraform in the sandbox: what was planned is what is applied, or nothing is."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.terraform, pytest.mark.slow]

MANIFEST = "releases/prod/claims-triage.yaml"
LINE = "prod-claims-triage"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, deployed_project: Callable[[Path], Path]) -> Path:
    """A project in git, deployed."""
    root = deployed_project(tmp_path_factory.mktemp("apply") / "project")
    git(root, "init", "--quiet", "--initial-branch=main")
    commit(root, "as it is")
    return root


def git(root: Path, *arguments: str) -> None:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True)


def commit(root: Path, message: str) -> None:
    ours = [
        path.name for path in root.iterdir() if path.name not in (".git", ".venv", "tools", ".shipway", "cdktf.out")
    ]
    (root / ".git/info/exclude").write_text(".venv\ntools\n.shipway\ncdktf.out\n")
    git(root, "add", *ours)
    git(root, "commit", "--quiet", "--allow-empty", f"--message={message}")


def shipway(root: Path, *arguments: str, expect: int = 0) -> subprocess.CompletedProcess[str]:
    # A line's record begins with its first deploy, and then its manifest changes by moves alone: here every deploy is
    # the first. What is left to moves: test_moves_left_out.py.
    shutil.rmtree(root / ".shipway/sandbox/ledger", ignore_errors=True)
    done = subprocess.run(
        [sys.executable, "-m", "shipway", *arguments], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == expect, done.stdout + done.stderr
    return done


def prepare(root: Path, version: int) -> None:
    """Give the slot that waits this version of the model."""
    text = (root / MANIFEST).read_text()
    (root / MANIFEST).write_text(re.sub(r"model_version: [68]\b", f"model_version: {version}", text))
    commit(root, f"to {version}")


def planned(root: Path) -> Path:
    before = set((root / ".shipway/plan-sets").glob("*/plan-set.json"))
    shipway(root, "plan", LINE, expect=3)
    (new,) = set((root / ".shipway/plan-sets").glob("*/plan-set.json")) - before
    return new.parent


def refused(root: Path, *arguments: str) -> set[str]:
    answer: dict[str, Any] = json.loads(shipway(root, "apply", *arguments, "--yes", "--json", expect=4).stdout)
    return {one["reason"] for one in answer["refused"]}


def test_exactly_the_planned_is_applied_once_and_only_if_it_was_approved(root: Path) -> None:
    prepare(root, 8)
    plan_set = planned(root)
    assert refused(root, plan_set.name, "--approved", "0" * 12) == {"swapped"}
    assert shipway(root, "apply", "--check").stdout.startswith(f"Plan set {plan_set.name}")

    done = json.loads(shipway(root, "apply", "--approved", plan_set.name[:12], "--yes", "--json").stdout)
    assert [item["stack"] for item in done["applied"]] == [LINE]
    assert "live" not in shipway(root, "plan", LINE).stdout  # nothing left to do
    # The state is not the one that it was made for any more, and it is recorded as used.
    assert refused(root, plan_set.name) == {"replayed", "stale"}


def test_what_was_planned_before_somebody_else_applied_is_stale(root: Path) -> None:
    prepare(root, 6)
    first = planned(root)
    shipway(root, "deploy", LINE, "--yes")
    assert refused(root, str(first)) == {"stale"}


def test_an_edited_file_a_new_commit_and_an_edited_saved_plan_are_refused(root: Path) -> None:
    prepare(root, 8)
    plan_set = planned(root)
    kept = (root / MANIFEST).read_text()
    (root / MANIFEST).write_text(kept + "# a comment\n")
    assert refused(root) == {"other commit"}
    commit(root, "another commit")
    assert refused(root) == {"other commit"}
    saved = plan_set / f"stacks/{LINE}/tfplan"
    saved.write_bytes(saved.read_bytes() + b"\0")
    assert refused(root) == {"edited"}


def test_nobody_there_to_ask_is_no_yes(root: Path) -> None:
    prepare(root, 6)
    shipway(root, "deploy", LINE, "--yes")
    prepare(root, 8)
    planned(root)
    done = subprocess.run([sys.executable, "-m", "shipway", "apply"], cwd=root, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode != 0
    assert "slot green (idle)" in shipway(root, "plan", LINE, expect=3).stdout


def cdktf_deploy(root: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    binary = str(Path(sys.executable).with_name("shipway-terraform"))
    command = ["sandbox", "exec", "--", "cdktf", "deploy", LINE, "--auto-approve"]
    return subprocess.run(
        [sys.executable, "-m", "shipway", *command],
        cwd=root, capture_output=True, text=True, check=False,
        env={**os.environ, "TERRAFORM_BINARY_NAME": binary, **environment},
    )  # fmt: skip


def test_cdktf_deploy_applies_only_what_was_reviewed(root: Path) -> None:
    prepare(root, 6)
    shipway(root, "deploy", LINE, "--yes")
    prepare(root, 8)
    plan_set = planned(root).name
    done = cdktf_deploy(root)
    assert done.returncode != 0
    assert "SHIPWAY_PLAN_SET names no plan set" in done.stdout + done.stderr
    assert "slot green (idle)" in shipway(root, "plan", LINE, expect=3).stdout

    bundle = root / "bundles/claims-triage/bundle.yaml"
    kept = bundle.read_text()
    bundle.write_text(kept.replace("max_retries: 1", "max_retries: 2"))
    more = cdktf_deploy(root, SHIPWAY_PLAN_SET=plan_set)
    assert more.returncode != 0
    assert "that nobody reviewed" in more.stdout + more.stderr
    bundle.write_text(kept)

    good = cdktf_deploy(root, SHIPWAY_PLAN_SET=plan_set, SHIPWAY_APPROVED=plan_set[:12])
    assert good.returncode == 0, good.stdout + good.stderr
    assert "no object changes" in shipway(root, "plan", LINE).stdout
