"""What CI does with an environment's committed manifests: each move by itself, and only those that were approved."""

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

from shipway.release.line import read_manifest
from shipway.release.machine import advance
from shipway.release.moves import Move
from shipway.release.writing import edited

pytestmark = [pytest.mark.terraform, pytest.mark.slow]

USE_CASES = ("claims-reserve", "claims-triage")


class Environment:
    """Two deployed lines of test, and somebody who merges edits of their manifests."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def run(self, *arguments: str, expect: int) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": f"{self.root}{os.pathsep}{self.root / 'constructs'}"}
        done = subprocess.run(
            (sys.executable, "-m", "shipway", *arguments),
            cwd=self.root, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == expect, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def apply(self, *arguments: str, expect: int = 0) -> dict[str, dict[str, Any]]:
        done = self.run("release", "apply", "--env", "test", "--json", *arguments, expect=expect)
        return {one["use_case"]: one for one in json.loads(done.stdout)["moves"]}

    def manifest(self, use_case: str, folder: str = "releases") -> Path:
        return self.root / folder / "test" / f"{use_case}.yaml"

    def merge(self, use_case: str, move: Move, folder: str = "releases") -> None:
        path = self.manifest(use_case, folder)
        found = read_manifest(path.read_bytes(), "")
        candidate = found.candidate.model_copy(update={"model_version": 90})
        path.write_bytes(edited(path.read_bytes(), advance("x", found, move, (5, 25, 50), candidate=candidate)))

    def objects(self) -> dict[str, bytes]:
        store = self.root / ".shipway" / "sandbox" / "workspaces"
        return {str(path.relative_to(store)): path.read_bytes() for path in sorted(store.rglob("*.json"))}

    def told(self) -> list[tuple[str, str]]:
        path = self.root / ".shipway/sandbox/ledger/test.jsonl"
        found = [json.loads(line) for line in path.read_text().splitlines()]
        return [(one["use_case"], one["move"]) for one in found if one["kind"] == "outcome"]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, deployed_project: Callable[[Path], Path]) -> Environment:
    return Environment(deployed_project(tmp_path_factory.mktemp("environment") / "project"))


@pytest.fixture
def test(base: Environment) -> Iterator[Environment]:
    """Both lines at rest and on record."""
    kept = {use_case: base.manifest(use_case).read_bytes() for use_case in USE_CASES}
    yield base
    for use_case, content in kept.items():
        base.manifest(use_case).write_bytes(content)
    shutil.rmtree(base.root / ".shipway/sandbox/ledger")
    shutil.rmtree(base.root / "contributed", ignore_errors=True)
    base.run("deploy", "--env", "test", "--yes", "--quiet", expect=0)


def test_what_was_approved_is_carried_out_one_after_the_other_and_nothing_else(test: Environment) -> None:
    assert test.apply("--dry-run") == {}
    for use_case in USE_CASES:
        test.merge(use_case, Move.ADMIT)
    objects = test.objects()
    shown = test.apply("--dry-run")
    assert {name: one["move"] for name, one in shown.items()} == dict.fromkeys(USE_CASES, "admit")
    assert all(one["plan"] and one["inverse"] and one["back"] == "abort" for one in shown.values())
    assert test.objects() == objects

    # Somebody approved one of the two; the other is refused, and does not keep the first from being made.
    digest = shown["claims-triage"]["digest"]
    made = test.apply("--yes", "--approved", digest[:16], expect=4)
    assert {name: one["code"] for name, one in made.items()} == {"claims-reserve": 4, "claims-triage": 0}
    assert "not what was approved" in made["claims-reserve"]["text"]
    assert made["claims-triage"]["digest"] == digest
    assert test.told() == [("claims-triage", "admit")]

    assert {name: one["code"] for name, one in test.apply("--yes").items()} == {"claims-reserve": 0}
    assert test.told() == [("claims-triage", "admit"), ("claims-reserve", "admit")]
    assert test.apply("--yes") == {}
    # What was never set approves nothing, and not everything.
    test.run("release", "apply", "--env", "test", "--yes", "--approved", "", expect=1)


def test_a_plan_that_is_another_by_then_is_not_what_was_approved(test: Environment) -> None:
    test.merge("claims-triage", Move.ADMIT)
    digest = test.apply("--dry-run")["claims-triage"]["digest"]
    path = test.manifest("claims-triage")
    path.write_text(path.read_text().replace("model_version: 90", "model_version: 91"))
    made = test.apply("--yes", "--approved", digest, expect=4)["claims-triage"]
    assert "not what was approved" in made["text"]
    assert test.told() == []


def test_one_that_is_refused_does_not_keep_the_others(test: Environment) -> None:
    path = test.manifest("claims-reserve")
    text = path.read_text()
    other = {"blue": "green", "green": "blue"}[read_manifest(path.read_bytes(), "").active.value]
    path.write_text(re.sub(r"^active: \w+", f"active: {other}", text, flags=re.MULTILINE))
    test.merge("claims-triage", Move.ADMIT)
    made = test.apply("--yes", expect=4)
    assert {name: one["code"] for name, one in made.items()} == {"claims-reserve": 4, "claims-triage": 0}
    assert "from there: admit" in made["claims-reserve"]["text"]


def test_moves_of_a_pull_request_are_shown_from_its_manifests_alone(test: Environment) -> None:
    shutil.copytree(test.root / "releases", test.root / "contributed")
    test.merge("claims-triage", Move.ADMIT, "contributed")
    (test.root / "contributed" / "test" / "made-up.yaml").write_text("active: !!python/name:os.system\n")
    before = {path: path.read_bytes() for path in (test.root / "releases").rglob("*.yaml")}
    shown = test.apply("--dry-run", "--manifests", "contributed", "--markdown", "moves.md")
    assert [(name, one["move"]) for name, one in shown.items()] == [("claims-triage", "admit")]
    said = (test.root / "moves.md").read_text()
    assert "**`claims-triage`: admit**" in said
    assert shown["claims-triage"]["digest"] in said
    assert {path: path.read_bytes() for path in (test.root / "releases").rglob("*.yaml")} == before
    # The same digest comes out after the merge: what the reviewers of the pull request saw is what is approved then.
    shutil.copy(test.manifest("claims-triage", "contributed"), test.manifest("claims-triage"))
    assert test.apply("--dry-run")["claims-triage"]["digest"] == shown["claims-triage"]["digest"]
    # To carry them out they have to be merged.
    test.run("release", "apply", "--env", "test", "--yes", "--manifests", "contributed", expect=1)


def test_a_rule_that_a_deploy_would_stop_at_stops_a_move_and_no_way_back(test: Environment) -> None:
    test.merge("claims-triage", Move.ADMIT)
    test.apply("--yes")
    try:
        # Without its budget a deploy of the line is refused (R24B): that stands in another stack.
        account = test.root / "cdktf.out/stacks/account/cdk.tf.json"
        account.write_text(account.read_text().replace('"claims-triage"', '"another"'))
        refused = test.run("release", "shadow", "claims-triage", "--env", "test", "--yes", expect=4)
        assert "rules have something against the stack" in refused.stderr
        assert "R24B" in refused.stderr
        test.run("release", "abort", "claims-triage", "--env", "test", "--reason", "RJ-EVAL", "--yes", expect=0)
    finally:
        shutil.rmtree(test.root / "cdktf.out")
