"""The whole way in the sandbox, with the real Terraform and the real cdktf: deploy, release, flip, roll back."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from shipway.deploy.authored import authored, digest
from shipway.release.line import read_manifest

pytestmark = [pytest.mark.terraform, pytest.mark.slow]

LINE, MANIFEST = "prod-claims-triage", "releases/prod/claims-triage.yaml"


class Project:
    """A copy of the project, deployed to its own sandbox."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        paths = f"{self.root}{os.pathsep}{self.root / 'constructs'}"
        environment = {**os.environ, "PYTHONPATH": paths}
        # A line's record begins with its first deploy, and then its manifest changes by moves alone: here every deploy
        # is the first. What is left to moves: test_moves_left_out.py.
        shutil.rmtree(self.root / ".shipway/sandbox/ledger", ignore_errors=True)
        return subprocess.run(command, cwd=self.root, env=environment, capture_output=True, text=True)

    def shipway(self, *arguments: str, expect: int = 0) -> str:
        done = self.run(sys.executable, "-m", "shipway", *arguments)
        assert done.returncode == expect, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def review(self, *stacks: str, expect: int = 3) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.shipway("plan", *stacks, "--json", expect=expect))
        return found

    def edit(self, file: str, old: str, new: str) -> None:
        text = (self.root / file).read_text()
        assert old in text
        (self.root / file).write_text(text.replace(old, new))

    def state(self) -> str:
        """The digest of what is authored in the line's state."""
        folder = self.root / "cdktf.out" / "stacks" / LINE
        shown = self.shipway("sandbox", "exec", "--", "terraform", f"-chdir={folder}", "show", "-json")
        return digest(authored(json.loads((folder / "cdk.tf.json").read_bytes()), json.loads(shown)))

    def objects(self) -> dict[str, bytes]:
        """Every object of the sandbox, as it stands on disk."""
        store = self.root / ".shipway" / "sandbox" / "workspaces"
        return {str(path.relative_to(store)): path.read_bytes() for path in sorted(store.rglob("*.json"))}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, deployed_project: Callable[[Path], Path]) -> Project:
    """A project deployed with `shipway deploy`."""
    # A space in the path: users have them, and shells and shebangs stumble over them.
    return Project(deployed_project(tmp_path_factory.mktemp("flow") / "my project"))


@pytest.fixture
def deployed(base: Project) -> Iterator[Project]:
    """The deployed project; what a test does to the line is taken back after it."""
    kept = (base.root / MANIFEST).read_bytes()
    yield base
    (base.root / MANIFEST).write_bytes(kept)
    base.shipway("deploy", LINE, "--yes")


def test_right_after_a_deploy_every_plan_is_empty(base: Project) -> None:
    review = base.review(expect=0)
    assert {stack["stack"] for stack in review["stacks"]} == {
        "account",
        *(
            f"{env}-{kind}"
            for env in ("dev", "test", "prod")
            for kind in ("landing-zone", "data-policies", "claims-reserve", "claims-triage")
        ),
    }


def test_a_release_into_the_idle_slot_changes_that_job_and_nothing_else(deployed: Project) -> None:
    deployed.edit(MANIFEST, "version: 1.2.2", "version: 1.4.0")
    deployed.edit(MANIFEST, "model_version: 6", "model_version: 8")
    review = deployed.review(LINE)
    (slot,) = review["slots"]
    assert [place["address"] for place in slot["places"]] == ["databricks_job.slots_green_job_89B0CF2A"]
    assert (slot["slot"], slot["live"]) == ("green", False)
    touched = {row["path"] for row in slot["attributes"]}
    assert all(path.startswith(("parameter[", "task[")) for path in touched), touched
    assert review["changes"] == review["pointers"] == review["access"] == review["data"] == []


def test_a_flip_moves_one_attribute_and_its_rollback_brings_the_state_back(deployed: Project) -> None:
    stable = read_manifest((deployed.root / MANIFEST).read_bytes(), MANIFEST).stable.id
    deployed.edit(MANIFEST, "active: blue", f"phase: shadow\nrollback_to: {stable}\nactive: blue")
    (start,) = deployed.review(LINE)["runs"]
    assert (start["slot"], start["starts"]) == ("green", True)
    deployed.shipway("deploy", LINE, "--yes")

    before, objects = deployed.state(), deployed.objects()
    deployed.edit(MANIFEST, "phase: shadow", "phase: flipped")
    deployed.edit(MANIFEST, "active: blue", "active: green")
    review = deployed.review(LINE)
    (pointer,) = review["pointers"]
    assert (pointer["old"], pointer["new"], pointer["alone"]) == ("blue", "green", True)
    assert review["counts"] | {"add": 0, "change": 1, "destroy": 0} == review["counts"]
    deployed.shipway("deploy", LINE, "--yes")
    assert deployed.state() != before
    changed = {name for name, text in deployed.objects().items() if text != objects[name]}
    assert len(changed) == 1
    assert "databricks_job" in changed.pop()

    deployed.edit(MANIFEST, "active: green", "active: blue")
    deployed.edit(MANIFEST, "phase: flipped", "phase: shadow")
    (back,) = deployed.review(LINE)["pointers"]
    assert (back["old"], back["new"]) == ("green", "blue")
    deployed.shipway("deploy", LINE, "--yes")
    assert deployed.state() == before
    assert deployed.objects() == objects
    assert deployed.review(LINE, expect=0)["changes"] == []


def test_what_somebody_changed_by_hand_is_seen_and_put_back(deployed: Project) -> None:
    folder = deployed.root / ".shipway/sandbox/workspaces/halyard-prod.cloud.databricks.com/databricks_job"
    (router,) = [path for path in folder.glob("*.json") if "claims-triage-router" in path.read_text()]
    original = router.read_text()
    router.write_text(original.replace('"UNPAUSED"', '"PAUSED"'))
    assert "pause_status" in json.dumps(deployed.review(LINE))
    deployed.shipway("deploy", LINE, "--yes")
    assert json.loads(router.read_text()) == json.loads(original)


def test_a_line_before_its_landing_zone_says_what_to_deploy_first(project: Path) -> None:
    fresh = Project(project)
    done = fresh.run(sys.executable, "-m", "shipway", "plan", LINE)
    assert done.returncode == 1
    assert "cannot judge" in done.stdout
    # Terraform's own words, whole, with what the sandbox says to do.
    assert "sp-claims-triage-run-prod" in done.stderr or "halyard-batch-prod" in done.stderr
    assert "Deploy the stack that declares it first" in done.stderr
    assert "Traceback" not in done.stderr


def test_validate_refuses_an_attribute_and_a_block_that_the_provider_does_not_know(base: Project) -> None:
    folder = base.root / "broken" / "prod-claims-triage"
    source = base.root / "cdktf.out" / "stacks" / LINE / "cdk.tf.json"

    def validate(change: dict[str, Any]) -> str:
        stack = json.loads(source.read_bytes())
        stack["resource"]["databricks_job"]["router_job_B4187E13"] |= change
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "cdk.tf.json").write_text(json.dumps(stack))
        base.run(sys.executable, "-m", "shipway", "sandbox", "exec", "--", "terraform", f"-chdir={folder}", "init")
        done = base.run(
            sys.executable, "-m", "shipway", "sandbox", "exec", "--", "terraform", f"-chdir={folder}", "validate"
        )
        return done.stdout + done.stderr if done.returncode else "valid"

    assert validate({}) == "valid"
    assert "No argument or block type is named" in validate({"naem": "x"})
    assert "No argument or block type is named" in validate({"shedule": [{"timezone_id": "UTC"}]})


def test_cdktf_itself_works_unchanged(base: Project) -> None:
    """diff and deploy, as in any cdktf project."""

    def cdktf(*arguments: str) -> subprocess.CompletedProcess[str]:
        return base.run(sys.executable, "-m", "shipway", "sandbox", "exec", "--", "cdktf", *arguments)

    quiet = cdktf("diff", "dev-landing-zone")
    assert quiet.returncode == 0, quiet.stdout + quiet.stderr
    assert "No changes" in quiet.stdout
    base.edit("environments/dev.yaml", "comment: Claims as they arrive", "comment: Each claim as it arrives")
    try:
        done = cdktf("deploy", "dev-landing-zone", "--auto-approve")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "0 added, 1 changed, 0 destroyed" in done.stdout
    finally:
        base.edit("environments/dev.yaml", "comment: Each claim as it arrives", "comment: Claims as they arrive")
        base.shipway("deploy", "dev-landing-zone", "--yes")
    lock_files = list((base.root / "cdktf.out").rglob(".terraform.lock.hcl"))
    assert lock_files == [], "the sandbox's lock file would break a real deploy from this folder"


def test_findings_stop_a_deploy_before_anything_is_planned(deployed: Project) -> None:
    dev = "environments/dev.yaml"
    deployed.edit(dev, "hardening:\n", "hardening:\n  verbose_audit_logs: false\n")
    try:
        text = deployed.shipway("deploy", "dev-landing-zone", "--yes", expect=2)
        assert "R29" in text
        assert f"{dev}:" in text
    finally:
        deployed.edit(dev, "  verbose_audit_logs: false\n", "")


def test_a_shells_leftover_cannot_turn_a_deploy_into_a_destroy(deployed: Project) -> None:
    before = deployed.objects()
    environment = {**os.environ, "TF_CLI_ARGS_plan": "-destroy", "TF_CLI_ARGS": "-destroy"}
    environment["PYTHONPATH"] = f"{deployed.root}{os.pathsep}{deployed.root / 'constructs'}"
    command = [sys.executable, "-m", "shipway", "deploy", LINE, "--yes"]
    done = subprocess.run(command, cwd=deployed.root, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert deployed.objects() == before


def test_what_is_declared_no_more_and_still_there_is_said(deployed: Project) -> None:
    manifest = deployed.root / "releases/dev/claims-triage.yaml"
    kept = manifest.read_bytes()
    manifest.unlink()
    try:
        done = deployed.run(sys.executable, "-m", "shipway", "plan", LINE)
        said = r"dev-claims-triage is declared no more, and its \d+ resources are still in the sandbox"
        assert re.search(said, done.stderr), done.stderr
    finally:
        manifest.write_bytes(kept)


def test_plans_that_a_killed_run_left_are_removed_by_the_next(deployed: Project) -> None:
    left = deployed.root / ".shipway" / "plans" / "999999999-left"
    left.mkdir(parents=True)
    (left / "account.tfplan").write_text("secret")
    deployed.review(LINE, expect=0)
    assert not left.exists()


def test_nobody_to_ask_is_not_a_yes(deployed: Project) -> None:
    deployed.edit(MANIFEST, "model_version: 6", "model_version: 8")
    before = deployed.objects()
    deployed.shipway("deploy", LINE, expect=4)
    assert deployed.objects() == before


def test_a_state_that_moved_on_between_plan_and_apply_refuses_the_plan(deployed: Project) -> None:
    folder = deployed.root / "cdktf.out" / "stacks" / LINE

    def terraform(*arguments: str) -> subprocess.CompletedProcess[str]:
        return deployed.run(
            sys.executable, "-m", "shipway", "sandbox", "exec", "--", "terraform", f"-chdir={folder}", *arguments
        )

    deployed.edit(MANIFEST, "model_version: 6", "model_version: 8")
    deployed.shipway("synth")
    stale = deployed.root / "stale.tfplan"
    assert terraform("plan", f"-out={stale}").returncode == 0
    deployed.shipway("deploy", LINE, "--yes")
    done = terraform("apply", str(stale))
    assert done.returncode != 0
    assert "Saved plan is stale" in done.stderr + done.stdout


def test_the_demo_works_after_one_that_was_killed_and_changes_no_document(base: Project) -> None:
    kept = {path: path.read_bytes() for path in (base.root / "releases").rglob("*.yaml")}
    (base.root / ".shipway" / "demo" / "releases").mkdir(parents=True)
    text = base.shipway("demo")
    assert {path: path.read_bytes() for path in (base.root / "releases").rglob("*.yaml")} == kept
    assert text.count("Proven:") == 4
    seen = [line.partition(": ")[2] for line in text.splitlines() if "Consumers see" in line]
    assert seen[0] == seen[1] == "version 1 for 100.0%."
    assert all(one.startswith("version 1 for ") and ", version 2 for " in one for one in seen[2:5])
    assert seen[5] == "version 2 for 100.0%."
    # A canary of version 4, and after the watcher's rollback all of it gone.
    assert "version 4 for " in seen[6]
    assert seen[7:] == ["version 2 for 100.0%."]
    assert "done: abort" in text
    assert "done: rollback" in text
    assert "dev: whole" in text
