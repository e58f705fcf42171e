"""The workflows hold what they promise: a contributor's Python runs with nothing to steal."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

FOLDER = Path(__file__).parents[2] / ".github" / "workflows"
WORKFLOWS = {path.name: yaml.safe_load(path.read_text()) for path in sorted(FOLDER.glob("*.yml"))}
JOBS = [(file, name) for file, workflow in WORKFLOWS.items() for name in workflow["jobs"]]


def job(file: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = WORKFLOWS[file]["jobs"][name]
    return found


def runs_foreign_code(steps: list[dict[str, Any]]) -> bool:
    """Whether a job checks out what the pull request brings: a checkout without a ref does."""
    return any("actions/checkout" in step.get("uses", "") and "ref" not in step.get("with", {}) for step in steps)


@pytest.mark.parametrize(("file", "name"), JOBS)
def test_an_action_is_pinned_by_its_commit_and_leaves_no_token_behind(file: str, name: str) -> None:
    for step in job(file, name).get("steps", []):
        if "uses" in step:
            assert re.search(r"@[0-9a-f]{40}$", step["uses"]), step["uses"]
        if "actions/checkout" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("file", WORKFLOWS)
def test_a_job_has_the_rights_it_names_and_no_others(file: str) -> None:
    assert WORKFLOWS[file]["permissions"] == {}
    assert all("permissions" in found for found in WORKFLOWS[file]["jobs"].values())


def test_what_runs_a_contributors_python_can_only_read_the_code() -> None:
    names = list(WORKFLOWS["pull-request.yml"]["jobs"])
    foreign = [name for name in names if runs_foreign_code(job("pull-request.yml", name)["steps"])]
    assert set(foreign) == {"test", "synth"}
    for name in foreign:
        found = job("pull-request.yml", name)
        assert found["permissions"] == {"contents": "read"}
        assert "environment" not in found
        assert "secrets." not in str(found)
        assert "vars." not in str(found)


def test_what_holds_an_identity_runs_the_base_branch_and_takes_the_stacks_as_data() -> None:
    plan = job("pull-request.yml", "plan")
    assert plan["permissions"]["id-token"] == "write"
    assert not runs_foreign_code(plan["steps"])
    commands = " ".join(step.get("run", "") for step in plan["steps"])
    assert "--synthesized cdktf.out" in commands
    assert "shipway synth" not in commands
    assert "head.repo.full_name == github.repository" in plan["if"]


def test_text_of_a_pull_request_is_never_part_of_a_script() -> None:
    for file, name in JOBS:
        for step in job(file, name).get("steps", []):
            assert "${{" not in step.get("run", ""), f"{file}: {name}: put it into env"


def test_every_environment_is_deployed_one_after_the_other_and_not_from_a_pull_request() -> None:
    deploy = WORKFLOWS["deploy.yml"]
    # YAML reads the key `on` as true.
    assert deploy[True] == {"push": {"branches": ["main"]}}
    assert deploy["concurrency"]["cancel-in-progress"] is False
    assert [found.get("needs") for found in deploy["jobs"].values()] == [None, "account", "dev", "test"]
    steps = job("deploy-environment.yml", "deploy")
    assert steps["environment"] == "${{ inputs.environment }}"
    assert "secrets." not in str(steps)
