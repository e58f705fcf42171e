"""Releases in the sandbox, with the real Terraform and the real cdktf: what a move changes, and what it refuses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.terraform, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
LINE, MANIFEST = "prod-claims-triage", "releases/prod/claims-triage.yaml"


class Project:
    """A copy of the project, its line deployed to a sandbox of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def shipway(self, *arguments: str, expect: int = 0) -> str:
        paths = f"{self.root}{os.pathsep}{self.root / 'constructs'}"
        command = (sys.executable, "-m", "shipway", *arguments)
        environment = {**os.environ, "PYTHONPATH": paths}
        done = subprocess.run(command, cwd=self.root, env=environment, capture_output=True, text=True)
        assert done.returncode == expect, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def move(self, name: str, *arguments: str, expect: int = 0) -> dict[str, Any]:
        text = self.shipway(
            "release", name, "claims-triage", "--env", "prod", "--yes", "--json", *arguments, expect=expect
        )
        found: dict[str, Any] = json.loads(text)
        return found

    @property
    def manifest(self) -> bytes:
        return (self.root / MANIFEST).read_bytes()

    def edit(self, file: str, old: str, new: str) -> None:
        text = (self.root / file).read_text()
        assert old in text
        (self.root / file).write_text(text.replace(old, new))

    def objects(self) -> dict[str, bytes]:
        store = self.root / ".shipway" / "sandbox" / "workspaces"
        return {str(path.relative_to(store)): path.read_bytes() for path in sorted(store.rglob("*.json"))}

    def ledger(self) -> bytes:
        return (self.root / ".shipway/sandbox/ledger/prod.jsonl").read_bytes()


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, deployed_project: Callable[[Path], Path]) -> Project:
    return Project(deployed_project(tmp_path_factory.mktemp("release") / "project"))


@pytest.fixture
def project(base: Project) -> Iterator[Project]:
    """The deployed line at rest; what a test leaves is put back, and its ledger begins anew."""
    kept = {file: (base.root / file).read_bytes() for file in (MANIFEST, BUNDLE, ROUTER, GRANTS, VERSIONS, OTHER)}
    yield base
    for file, content in kept.items():
        (base.root / file).write_bytes(content)
    for path in sorted((base.root / ".shipway/sandbox/ledger").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    base.shipway("deploy", LINE, "--yes", "--quiet")


GATES = ("judged", "soaked", "rehearsed", "approved")
PUSHED = (*(part for gate in GATES for part in ("--override", gate)), "--reason", "OV-EMERGENCY")
ADMIT = ("--from", "test", "--reason", "RC-FEATURE")


def test_an_admission_changes_the_waiting_slot_and_an_abort_puts_every_byte_back(project: Project) -> None:
    manifest, objects = project.manifest, project.objects()
    admitted = project.move("admit", *ADMIT)
    assert {change["address"] for change in admitted["changes"]} == {"databricks_job.slots_green_job_89B0CF2A"}
    assert admitted["after"]["phase"] == "admitted"
    assert b"# yaml-language-server" in project.manifest
    assert project.manifest != manifest
    assert len([name for name, text in project.objects().items() if text != objects[name]]) == 1

    aborted = project.move("abort", "--reason", "RJ-EVAL")
    # The way back was written down before the way there was taken, and it is what was done.
    assert aborted["plan"] == admitted["inverse"]
    swapped = [{**one, "before": one["after"], "after": one["before"]} for one in admitted["changes"]]
    assert aborted["changes"] == swapped
    assert project.manifest == manifest
    assert project.objects() == objects


def test_a_dry_run_changes_nothing(project: Project) -> None:
    manifest, objects, ledger = project.manifest, project.objects(), project.ledger()
    assert "Way back: abort" in project.shipway(
        "release", "admit", "claims-triage", "--env", "prod", *ADMIT, "--dry-run", expect=3
    )
    assert (project.manifest, project.objects()) == (manifest, objects)
    assert project.ledger() == ledger


BUNDLE, ROUTER, GRANTS = "bundles/claims-triage/bundle.yaml", "constructs/workloads/router.py", "environments/prod.yaml"
VERSIONS, OTHER = "stacks/base.py", "bundles/claims-reserve/bundle.yaml"
KEEPS = "        self._keep_state(spec.state_backend, spec.state)\n"
OVERRIDE = 'self.add_override("terraform.required_providers.databricks.version", "1.100.0")'
VERSION = (KEEPS, f"{KEEPS}        {OVERRIDE}\n")
RUN_AS = ("JobRunAs(service_principal_name=run_as)", 'JobRunAs(service_principal_name="somebody-else")')
SMUGGLED = {
    "a schedule": (BUNDLE, "cron: 0 30 5 * * ?", "cron: 0 0 3 * * ?", "schedule.quartz_cron_expression"),
    "a cluster": (BUNDLE, "workers: 1", "workers: 2", "num_workers"),
    "a retry": (BUNDLE, "max_retries: 1", "max_retries: 3", "max_retries"),
    "who it runs as": (ROUTER, *RUN_AS, "run_as["),
    "a right on the jobs": (GRANTS, "    job: CAN_VIEW", "    job: CAN_MANAGE_RUN", "access_control"),
}


@pytest.mark.parametrize("what", SMUGGLED)
def test_what_is_smuggled_in_is_named_and_refused(project: Project, what: str) -> None:
    file, old, new, said = SMUGGLED[what]
    manifest, objects = project.manifest, project.objects()
    project.edit(file, old, new)
    refused = project.move("admit", *ADMIT, expect=4)
    assert "the plan does what no admit explains" in refused["error"]
    assert said in refused["error"]
    assert (project.manifest, project.objects()) == (manifest, objects)


def test_another_version_of_a_provider_is_named_before_anything_is_planned(project: Project) -> None:
    project.move("admit", *ADMIT)
    project.edit(VERSIONS, *VERSION)
    refused = project.move("shadow", expect=4)
    assert "required_providers.databricks.version changes: 1.99.0 -> 1.100.0" in refused["error"]


def test_another_bundle_is_none_of_this_line(project: Project) -> None:
    project.edit(OTHER, "max_retries: 1", "max_retries: 3")
    admitted = project.move("admit", *ADMIT)
    assert {change["address"] for change in admitted["changes"]} == {"databricks_job.slots_green_job_89B0CF2A"}


def test_a_rollback_is_legal_whatever_the_files_say_by_then(project: Project) -> None:
    objects = project.objects()
    project.move("admit", *ADMIT)
    project.move("shadow")
    shadow = project.manifest
    project.move("canary", *PUSHED)
    project.move("hold", "--reason", "RB-DATA")
    # Somebody edits on while consumers complain: the manifest is no YAML any more, and so is a bundle.
    (project.root / MANIFEST).write_bytes(b"phase: [canary")
    (project.root / BUNDLE).write_bytes(b"kind: {")
    back = project.move("rollback")
    assert [one["verdict"] for one in back["equality"]] == ["PASSED"] * 6
    assert project.manifest == shadow
    (project.root / BUNDLE).write_bytes(Path(ROOT / BUNDLE).read_bytes())
    project.move("abort")
    assert project.objects() == objects


def test_a_rollback_that_is_no_longer_what_was_written_down_asks(project: Project) -> None:
    project.move("admit", *ADMIT)
    project.move("shadow")
    project.move("canary", *PUSHED)
    project.edit(BUNDLE, "max_retries: 1", "max_retries: 3")
    project.shipway("deploy", LINE, "--yes", "--quiet")
    refused = project.move("rollback", expect=4)
    assert "not the way back that was written down" in refused["error"]
    assert "max_retries" in refused["error"]
    back = project.move("rollback", "--anew")
    assert {change["address"] for change in back["changes"]} == {"databricks_job.router_job_B4187E13"}
    assert back["after"]["phase"] == "shadow"


def test_a_manifest_that_nobody_applied_is_named(project: Project) -> None:
    project.move("admit", *ADMIT)
    project.edit(MANIFEST, "version: 1.4.0", "version: 1.5.0")
    assert project.move("shadow", expect=4)["error"].startswith("UNAPPLIED")


def test_who_was_there_by_hand_is_named(project: Project) -> None:
    project.move("admit", *ADMIT)
    store = project.root / ".shipway/sandbox/workspaces/halyard-prod.cloud.databricks.com/databricks_job"
    (green,) = [path for path in store.glob("*.json") if '"claims-triage-green-prod"' in path.read_text()]
    green.write_text(green.read_text().replace('"8"', '"7"'))
    assert "model_version is 7" in project.move("abort", expect=4)["error"]
