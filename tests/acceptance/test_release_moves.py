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

LINE, MANIFEST = "prod-claims-triage", "releases/prod/claims-triage.yaml"
NEEDED = ("account", "prod-landing-zone", "prod-data-policies", LINE)


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
        return done.stdout + done.stderr

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


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, copy_project: Callable[[Path], Path]) -> Project:
    project = Project(copy_project(tmp_path_factory.mktemp("release") / "project"))
    project.shipway("deploy", *NEEDED, "--yes", "--quiet")
    return project


@pytest.fixture
def project(base: Project) -> Iterator[Project]:
    """The deployed line at rest; what a test leaves is put back, and its ledger begins anew."""
    kept = {file: (base.root / file).read_bytes() for file in (MANIFEST, "bundles/claims-triage/bundle.yaml")}
    yield base
    for file, content in kept.items():
        (base.root / file).write_bytes(content)
    for path in sorted((base.root / ".shipway/sandbox/ledger").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    base.shipway("deploy", LINE, "--yes", "--quiet")


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
    manifest, objects = project.manifest, project.objects()
    assert "Way back: abort" in project.shipway(
        "release", "admit", "claims-triage", "--env", "prod", *ADMIT, "--dry-run"
    )
    assert (project.manifest, project.objects()) == (manifest, objects)
    assert not (project.root / ".shipway/sandbox/ledger/prod.jsonl").exists()


SMUGGLED = {
    "a schedule": ("cron: 0 30 5 * * ?", "cron: 0 0 3 * * ?", "schedule.quartz_cron_expression"),
    "a cluster": ("workers: 1", "workers: 4", "num_workers"),
    "a retry": ("max_retries: 1", "max_retries: 3", "max_retries"),
}


@pytest.mark.parametrize("what", SMUGGLED)
def test_what_is_smuggled_in_is_named_and_refused(project: Project, what: str) -> None:
    old, new, said = SMUGGLED[what]
    manifest, objects = project.manifest, project.objects()
    project.edit("bundles/claims-triage/bundle.yaml", old, new)
    refused = project.move("admit", *ADMIT, expect=4)
    assert "the plan does what no admit explains" in refused["error"]
    assert said in refused["error"]
    assert "claims-triage-router-prod" in refused["error"] or "claims-triage-green-prod" in refused["error"]
    assert (project.manifest, project.objects()) == (manifest, objects)


def test_a_manifest_that_nobody_applied_is_named(project: Project) -> None:
    project.move("admit", *ADMIT)
    project.edit(MANIFEST, "version: 1.4.0", "version: 1.5.0")
    assert project.move("abort", expect=4)["error"].startswith("UNAPPLIED")


def test_who_was_there_by_hand_is_named(project: Project) -> None:
    project.move("admit", *ADMIT)
    store = project.root / ".shipway/sandbox/workspaces/halyard-prod.cloud.databricks.com/databricks_job"
    (green,) = [path for path in store.glob("*.json") if '"claims-triage-green-prod"' in path.read_text()]
    green.write_text(green.read_text().replace('"8"', '"7"'))
    assert "model_version is 7" in project.move("abort", expect=4)["error"]
