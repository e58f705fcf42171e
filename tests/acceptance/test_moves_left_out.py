"""A committed manifest that is a move goes live by `shipway release apply`, and by nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from shipway.release.line import read_manifest
from shipway.release.machine import advance
from shipway.release.moves import Move
from shipway.release.writing import edited

pytestmark = [pytest.mark.terraform, pytest.mark.slow]

LINE, MANIFEST = "test-claims-triage", "releases/test/claims-triage.yaml"
OTHER, OTHER_BUNDLE, BUNDLE = (
    "test-claims-reserve",
    "bundles/claims-reserve/bundle.yaml",
    "bundles/claims-triage/bundle.yaml",
)
RETRIES = ("max_retries: 1", "max_retries: 3")


class Project:
    """A deployed project, in which somebody merges edits of a line's manifest."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def run(self, *arguments: str, expect: int) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": f"{self.root}{os.pathsep}{self.root / 'constructs'}"}
        command = (sys.executable, "-m", "shipway", *arguments)
        done = subprocess.run(
            command, cwd=self.root, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        assert done.returncode == expect, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def json(self, *arguments: str, expect: int = 0) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.run(*arguments, "--json", expect=expect).stdout)
        return found

    def move(self, *arguments: str) -> None:
        self.run("release", arguments[0], "claims-triage", "--env", "test", *arguments[1:], "--yes", "-q", expect=0)

    @property
    def manifest(self) -> bytes:
        return (self.root / MANIFEST).read_bytes()

    def merge(self, content: bytes) -> None:
        (self.root / MANIFEST).write_bytes(content)

    def after(self, *moves: Move) -> bytes:
        """The manifest after these moves, as somebody would commit it."""
        found = read_manifest(self.manifest, "")
        candidate = found.candidate.model_copy(update={"model_version": 90})
        for move in moves:
            found = advance("x", found, move, (5, 25, 50), candidate=candidate)
        return edited(self.manifest, found)

    def edit(self, file: str, old: str, new: str) -> None:
        text = (self.root / file).read_text()
        assert old in text
        (self.root / file).write_text(text.replace(old, new))

    def objects(self, name: str = "") -> dict[str, bytes]:
        store = self.root / ".shipway" / "sandbox" / "workspaces"
        files = {str(path.relative_to(store)): path.read_bytes() for path in sorted(store.rglob("*.json"))}
        return {path: text for path, text in files.items() if name.encode() in text}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, deployed_project: Callable[[Path], Path]) -> Project:
    return Project(deployed_project(tmp_path_factory.mktemp("left-out") / "project"))


@pytest.fixture
def project(base: Project) -> Iterator[Project]:
    """The deployed line at rest and on record; what a test leaves is put back as if it were never moved."""
    kept = {file: (base.root / file).read_bytes() for file in (MANIFEST, BUNDLE, OTHER_BUNDLE)}
    yield base
    for file, content in kept.items():
        (base.root / file).write_bytes(content)
    for path in sorted((base.root / ".shipway/sandbox/ledger").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    base.run("deploy", "--env", "test", "--yes", "--quiet", expect=0)


def test_a_committed_move_is_left_out_by_name_and_everything_else_goes_on(project: Project) -> None:
    objects = project.objects("claims-triage")
    project.merge(project.after(Move.ADMIT))
    project.edit(OTHER_BUNDLE, *RETRIES)

    planned = project.run("plan", "--env", "test", "--json", expect=3)
    assert f"{LINE}: the manifest is an admit" in planned.stderr
    assert "shipway release apply claims-triage --env test" in planned.stderr
    stacks = {stack["stack"] for stack in json.loads(planned.stdout)["stacks"]}
    assert OTHER in stacks
    assert LINE not in stacks
    (plan_set,) = (project.root / ".shipway/plan-sets").glob("*/plan-set.json")
    assert LINE not in {part["stack"] for part in json.loads(plan_set.read_bytes())["stacks"]}

    deployed = project.json("deploy", "--env", "test", "--yes", expect=3)
    assert deployed["applied"] == [OTHER]
    (left,) = deployed["left_out"]
    assert (left["stack"], left["move"]) == (LINE, "admit")
    assert project.objects("claims-triage") == objects

    # Asked for by name there is nothing left to do, and that is no success either.
    assert project.json("deploy", LINE, "--yes", expect=3)["applied"] == []
    assert project.json("plan", LINE, expect=3)["left_out"][0]["move"] == "admit"
    assert project.objects("claims-triage") == objects

    project.move("apply")
    assert project.objects("claims-triage") != objects
    assert project.json("deploy", "--env", "test", "--yes")["applied"] == []


def test_what_a_stack_changes_while_its_manifest_stays_is_deployed_whatever_the_phase(project: Project) -> None:
    project.merge(project.after(Move.ADMIT))
    project.move("apply")
    project.edit(BUNDLE, *RETRIES)
    assert project.json("deploy", LINE, "--yes")["applied"] == [LINE]


def test_an_edit_that_is_no_move_stops_the_run_before_anything_is_done(project: Project) -> None:
    objects = project.objects()
    project.edit(MANIFEST, "active: green", "active: blue")
    project.edit(OTHER_BUNDLE, *RETRIES)
    for command in ("plan", "deploy"):
        yes = ("--yes",) if command == "deploy" else ()
        refused = project.run(command, "--env", "test", *yes, expect=4)
        assert "no single move leads from where claims-triage in test stands" in refused.stderr
        assert "from there: admit" in refused.stderr
    assert project.objects() == objects


def test_a_plan_that_was_made_before_a_move_does_not_take_it_back(project: Project) -> None:
    at_rest = project.manifest
    project.edit(BUNDLE, *RETRIES)
    project.run("plan", LINE, expect=2)
    project.edit(BUNDLE, *reversed(RETRIES))
    project.merge(project.after(Move.ADMIT))
    project.move("apply")
    objects = project.objects()
    project.merge(at_rest)
    project.edit(BUNDLE, *RETRIES)
    refused = {one["reason"] for one in project.json("apply", "--yes", expect=4)["refused"]}
    assert refused == {"a move", "stale"}
    assert project.objects() == objects


def test_a_rollback_of_the_night_is_not_taken_back_by_the_next_deploy(project: Project) -> None:
    pushed = [word for gate in ("judged", "soaked", "rehearsed", "approved") for word in ("--override", gate)]
    project.merge(project.after(Move.ADMIT))
    project.move("apply")
    project.move("shadow")
    shadow = project.manifest
    project.move("canary", *pushed, "--reason", "OV-EMERGENCY")
    canary, ledger = project.manifest, project.root / ".shipway/sandbox/ledger/test.jsonl"
    before = ledger.read_bytes()
    project.move("rollback", "--reason", "RB-QUALITY")
    objects, after = project.objects(), ledger.read_bytes()

    # CI checks out what Git has: the canary, which looks like a legal move from there.
    project.merge(canary)
    for command in (("deploy", LINE, "--yes"), ("plan", LINE)):
        assert "BACK-FILL" in project.run(*command, expect=3).stderr
    refused = project.run("release", "apply", "claims-triage", "--env", "test", "--yes", expect=4)
    assert "BACK-FILL" in refused.stderr
    assert project.objects() == objects

    # And with the ledger from before it, a plan of the canary would bring it back though nobody edited anything.
    ledger.write_bytes(before)
    left = project.run("deploy", "--env", "test", "--yes", expect=3)
    assert f"{LINE}: DRIFT: what is there is not where the line stands" in left.stderr
    assert "  - router/job: " in left.stderr
    assert "DRIFT" in project.run("plan", "--env", "test", expect=3).stderr
    assert project.objects() == objects
    ledger.write_bytes(after)

    project.merge(shadow)
    assert project.json("deploy", LINE, "--yes")["applied"] == []
    project.move("apply")


def test_a_line_that_nobody_recorded_is_not_moved_and_a_deploy_records_it(project: Project) -> None:
    """cdktf made it, or the ledger was lost: another provider would come with its first move, and no plan shows it."""
    ledger = project.root / ".shipway/sandbox/ledger/test.jsonl"
    ledger.unlink()
    release = ("--version", "9.0.0", "--wheel-sha256", "9" * 64, "--model-version", "97")
    admit = ("release", "admit", "claims-triage", "--env", "test", *release, "--reason", "RC-FEATURE", "--yes")
    refused = project.run(*admit, expect=4)
    assert "UNRECORDED" in refused.stderr
    assert f"shipway deploy {LINE}" in refused.stderr
    assert not ledger.exists()
    assert project.json("deploy", LINE, "--yes")["applied"] == []
    versions = project.root / "stacks/base.py"
    kept = versions.read_text()
    keeps = "        self._keep_state(spec.state_backend, spec.state)\n"
    add = 'self.add_override("terraform.required_providers.databricks.version", "1.100.0")'
    project.edit("stacks/base.py", keeps, f"{keeps}        {add}\n")
    try:
        assert "1.99.0 -> 1.100.0" in project.run(*admit, expect=4).stderr
    finally:
        versions.write_text(kept)


def test_a_line_that_was_destroyed_begins_anew(project: Project) -> None:
    project.run("destroy", LINE, "--confirm", LINE, expect=0)
    project.edit(MANIFEST, "active: green", "active: blue")
    assert project.json("deploy", LINE, "--yes")["applied"] == [LINE]
    project.run("destroy", LINE, "--confirm", LINE, expect=0)
