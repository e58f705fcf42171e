"""A served model and an agent in the sandbox, with the real Terraform: what each move changes, and what comes back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from shipway.flags.change import begin
from shipway.flags.file import Line
from shipway.flags.store import FileStore
from shipway.pointer.cohorts import in_cohort
from shipway.runtime.agent import AgentPointer, Why

pytestmark = [pytest.mark.terraform, pytest.mark.slow]

ENDPOINT, POINTER = "databricks_model_serving.endpoint_F9556B44", "databricks_file.pointer_file_327720C4"
COMMON = """\
product_line: claims
owner: Claims Analytics
cost_center: CC-4711
risk: low
data: {catalog: claims, schema: triage}
"""
SERVING = f"""\
kind: serving
description: Says how likely a claim is a fraud while the clerk still types it
model: claims_fraud
endpoint: {{workload_size: Small}}
{COMMON}"""
AGENT = f"""\
kind: agent
description: Drafts the letter to a claimant
model: claims_letters
agent: {{prompt: claims_letter}}
{COMMON}"""
PROMPT = ", prompt_version: 3, prompt_sha256: " + "d" * 64
SHA = "c" * 64
NEW = ("--version", "1.4.0", "--wheel-sha256", SHA, "--model-version", "9", "--reason", "RC-FEATURE")
NEW_PROMPT = ("--prompt-version", "4", "--prompt-sha256", SHA)
TRIED = ("--override", "judged", "--override", "soaked", "--override", "rehearsed", "--reason", "OV-EMERGENCY")


def manifest(prompt: str = "") -> str:
    blue = f"{{version: 1.3.0, wheel_sha256: {'a' * 64}, model_version: 7{prompt}}}"
    green = f"{{version: 1.2.0, wheel_sha256: {'b' * 64}, model_version: 6{prompt}}}"
    return f"active: blue\nslots:\n  blue: {blue}\n  green: {green}\n"


class Project:
    """A copy of the project with a line of each of the two kinds in dev, deployed to a sandbox of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def shipway(self, *arguments: str, expect: int = 0) -> str:
        paths = f"{self.root}{os.pathsep}{self.root / 'constructs'}"
        environment = {**os.environ, "PYTHONPATH": paths}
        command = (sys.executable, "-m", "shipway", *arguments)
        done = subprocess.run(command, cwd=self.root, env=environment, capture_output=True, text=True)
        assert done.returncode == expect, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def move(self, use_case: str, name: str, *arguments: str, expect: int = 0) -> dict[str, Any]:
        text = self.shipway("release", name, use_case, "--env", "dev", "--yes", "--json", *arguments, expect=expect)
        found: dict[str, Any] = json.loads(text)
        return found

    def changed(self, use_case: str, name: str, *arguments: str) -> dict[tuple[str, str], tuple[Any, Any]]:
        moved = self.move(use_case, name, *arguments)
        return {(one["address"], one["path"]): (one["before"], one["after"]) for one in moved["changes"]}

    def objects(self) -> dict[str, bytes]:
        store = self.root / ".shipway" / "sandbox"
        files = [*store.glob("workspaces/**/*.json"), *store.glob("volumes/**/pointer.json")]
        return {str(path.relative_to(store)): path.read_bytes() for path in sorted(files)}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, copy_project: Callable[[Path], Path]) -> Project:
    root = copy_project(tmp_path_factory.mktemp("serving") / "project")
    for use_case, bundle, release in (
        ("claims-fraud", SERVING, manifest()),
        ("claims-letters", AGENT, manifest(PROMPT)),
    ):
        (root / "bundles" / use_case).mkdir()
        (root / "bundles" / use_case / "bundle.yaml").write_text(bundle)
        (root / "releases/dev" / f"{use_case}.yaml").write_text(release)
    project = Project(root)
    lines = ("dev-claims-fraud", "dev-claims-letters")
    project.shipway("deploy", "account", "dev-landing-zone", *lines, "--yes", "--confirm", "account", "--quiet")
    # What was just made, planned again: nothing to do.
    assert project.shipway("plan", *lines)
    return project


@pytest.fixture
def project(base: Project) -> Iterator[Project]:
    """Both lines at rest; what a test leaves is put back, and the ledger begins anew."""
    files = [
        base.root / f"{folder}/{name}.yaml"
        for folder in ("releases/dev",)
        for name in ("claims-fraud", "claims-letters")
    ]
    kept = {file: file.read_bytes() for file in (*files, base.root / "bundles/claims-fraud/bundle.yaml")}
    yield base
    for file, content in kept.items():
        file.write_bytes(content)
    for path in sorted((base.root / ".shipway/sandbox/ledger").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    base.shipway("deploy", "dev-claims-fraud", "dev-claims-letters", "--yes", "--quiet")


def test_each_move_of_a_served_model_changes_its_one_thing_and_it_comes_back(project: Project) -> None:
    line, at_rest = "claims-fraud", project.objects()
    green, routes = 'config.served_entities["green"]', "config.traffic_config.routes"
    assert project.changed(line, "admit", *NEW) == {(ENDPOINT, f"{green}.entity_version"): ("6", "9")}
    assert project.changed(line, "shadow") == {(ENDPOINT, f"{green}.scale_to_zero_enabled"): (True, False)}
    shadow = project.objects()

    def shares(blue: tuple[int, int]) -> dict[tuple[str, str], tuple[Any, Any]]:
        told = {"blue": blue, "green": (100 - blue[0], 100 - blue[1])}
        return {(ENDPOINT, f'{routes}["{slot}"].traffic_percentage'): both for slot, both in told.items()}

    assert project.changed(line, "canary", *TRIED) == shares((100, 75))
    assert project.changed(line, "flip", *TRIED) == shares((75, 0))
    back = project.move(line, "rollback", "--reason", "RB-QUALITY")
    assert {one["path"] for one in back["changes"]} == {
        f'{routes}["{slot}"].traffic_percentage' for slot in ("blue", "green")
    }
    assert project.objects() == shadow
    project.move(line, "abort", "--reason", "RJ-EVAL")
    assert project.objects() == at_rest


def test_what_is_smuggled_into_an_endpoint_is_named_and_refused(project: Project) -> None:
    bundle, before = project.root / "bundles/claims-fraud/bundle.yaml", project.objects()
    bundle.write_text(bundle.read_text().replace("workload_size: Small", "workload_size: Large"))
    refused = project.move("claims-fraud", "admit", *NEW, expect=4)
    assert 'served_entities["blue"].workload_size' in refused["error"]
    assert project.objects() == before


def test_each_move_of_an_agent_is_what_its_conversations_see(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    line, at_rest = "claims-letters", project.objects()
    monkeypatch.setenv("SHIPWAY_SANDBOX", str(project.root / ".shipway/sandbox"))
    volume = "/Volumes/claims_dev/triage/claims_letters_releases"
    from datetime import UTC, datetime

    flags = FileStore(
        project.root / ".shipway/sandbox" / volume.lstrip("/").replace("Volumes", "volumes") / "flags.json"
    )
    begin(flags, Line("dev", line), "ada", datetime(2026, 11, 21, tzinfo=UTC))

    def turn(key: str, began: str | None = None) -> tuple[int | None, Why]:
        # A reader of its own each time: nobody waits for its copy to be too old.
        found = AgentPointer.at(volume, line).turn(key, began)
        return found.content.prompt_version, found.why

    assert turn("user-1") == (3, Why.ACTIVE)
    admitted = project.changed(line, "admit", *NEW, *NEW_PROMPT)
    assert {path for _, path in admitted if "slots.green." not in path} == {"md5"}
    assert {path for _, path in project.changed(line, "shadow")} == {"content_base64{json}.shadow", "md5"}
    shadow = project.objects()
    moved = {path.rpartition(".")[2] for _, path in project.changed(line, "canary", *TRIED)}
    assert moved == {"candidate", "percent", "salt", "md5"}
    file = json.loads((flags.path.parent / "pointer.json").read_text())
    inside = next(f"user-{n}" for n in range(1000) if in_cohort(file["salt"], f"user-{n}", 25))
    outside = next(f"user-{n}" for n in range(1000) if not in_cohort(file["salt"], f"user-{n}", 25))
    new = file["slots"]["green"]["release"]
    assert (turn(inside), turn(outside)) == ((4, Why.CANARY), (3, Why.ACTIVE))
    project.move(line, "rollback", "--reason", "RB-QUALITY")
    # Who is in the middle of a conversation ends it where it began.
    assert (turn(inside), turn(inside, new)) == ((3, Why.ACTIVE), (4, Why.BEGUN))
    assert project.objects() == shadow
    project.move(line, "abort", "--reason", "RJ-EVAL")
    assert project.objects() == at_rest
    assert turn(inside, new) == (3, Why.MOVED)


def test_both_lines_go_as_they_came(project: Project) -> None:
    lines = ("dev-claims-fraud", "dev-claims-letters")
    for line in lines:
        project.shipway("destroy", line, "--confirm", line)
    store = project.root / ".shipway/sandbox"
    assert list(store.glob("workspaces/*/databricks_model_serving/*")) == []
    assert list(store.glob("volumes/**/pointer.json")) == []
