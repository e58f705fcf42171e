"""Where `terraform plan` says nothing: every blind spot is made by hand in the sandbox, planned by the real Terraform,
told by `shipway drift`, and undone by the very commands that it prints."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.terraform, pytest.mark.slow]

STACKS = ("account", "prod-landing-zone", "prod-claims-triage")
CATALOG, SCOPE, PROD = "claims_prod", "claims-triage-prod", "1042000000000033"


@dataclass(frozen=True)
class Project:
    """A copy of the project, deployed to its own sandbox."""

    root: Path

    def shipway(self, *arguments: str, expect: int | tuple[int, ...] = 0) -> str:
        paths = f"{self.root}{os.pathsep}{self.root / 'constructs'}"
        done = subprocess.run(
            [sys.executable, "-m", "shipway", *arguments],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": paths},
            capture_output=True,
            text=True,
        )
        wanted = expect if isinstance(expect, tuple) else (expect,)
        assert done.returncode in wanted, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def ids(self, type_: str, **attributes: str) -> list[str]:
        store = self.root / ".shipway" / "sandbox" / "workspaces"
        objects = [json.loads(path.read_bytes()) for path in sorted(store.glob(f"*/{type_}/*.json"))]
        return [one["key"] for one in objects if attributes.items() <= one["attributes"].items()]

    def drift(self) -> list[dict[str, Any]]:
        """All but what is declared and was not deployed here: the environment has more stacks."""
        found = json.loads(self.shipway("drift", "--env", "prod", "--json", expect=(0, 2)))
        assert not found["not_judged"]
        return [one for one in found["drift"] if one["kind"] != "not-deployed"]


def by_hand(project: Project) -> None:
    """Everything that somebody can do in the consoles and no plan sees."""
    router = project.ids("databricks_job", name="claims-triage-router-prod")[0]
    slot = project.ids("databricks_job", name="claims-triage-blue-prod")[0]
    authors = project.ids("databricks_group", display_name="halyard-claims-triage-authors")[0]
    runners = project.ids("databricks_group", display_name="halyard-claims-triage-runners-prod")[0]
    schedule = '{"quartz_cron_expression": "0 0 3 * * ?", "timezone_id": "UTC"}'
    grant = '[{"principal": "somebody@example.com", "privileges": ["SELECT"]}]'
    in_prod: tuple[tuple[str, ...], ...] = (
        (
            "add",
            "databricks_workspace_binding",
            "securable_type=catalog",
            f"securable_name={CATALOG}",
            "workspace_id=77",
        ),
        ("add", "databricks_secret_acl", f"scope={SCOPE}", "principal=somebody@example.com", "permission=READ"),
        ("add", "databricks_schema", f"catalog_name={CATALOG}", "name=scratch"),
        ("add", "databricks_catalog", "name=shadow", "comment=made by hand"),
        ("add", "databricks_grants", f"table={CATALOG}.triage.decisions", f"grant={grant}"),
        ("add", "databricks_job", "name=made by hand"),
        ("change", "databricks_job", router, "schedule=null"),
        ("change", "databricks_job", slot, f"schedule={schedule}"),
    )  # fmt: skip
    in_account = (
        ("add", "databricks_mws_permission_assignment", f"workspace_id={PROD}", f"principal_id={authors}",
         'permissions=["ADMIN"]'),
        ("add", "databricks_group_member", f"group_id={runners}", "member_id=4711"),
    )  # fmt: skip
    for where, commands in (("prod", in_prod), ("account", in_account)):
        for command in commands:
            project.shipway("sandbox", *command, "--env", where)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, deployed_project: Callable[[Path], Path]) -> Project:
    made = Project(deployed_project(tmp_path_factory.mktemp("drift") / "project"))
    assert made.drift() == []
    by_hand(made)
    return made


@pytest.fixture(scope="module")
def found(project: Project) -> Iterator[list[dict[str, Any]]]:
    yield project.drift()


def test_the_plan_says_nothing(project: Project) -> None:
    assert json.loads(project.shipway("plan", *STACKS, "--json"))["effect"] == "no effect"


@pytest.mark.parametrize(
    ("kind", "object_", "says", "weight"),
    [
        ("extra", f"catalog {CATALOG}", "bound to workspace 77", "access"),
        ("extra", f"secret scope {SCOPE}", "READ to somebody@example.com", "access"),
        ("extra", f"workspace {PROD}", "ADMIN to halyard-claims-triage-authors", "access"),
        ("extra", "group halyard-claims-triage-runners-prod", "member 4711", "access"),
        ("extra-right", f"table {CATALOG}.triage.decisions", "SELECT to somebody@example.com", "access"),
        ("unmanaged", f"{CATALOG}.scratch", "", "data"),
        ("unmanaged", "shadow", "", "data"),
        ("unmanaged", "made by hand", "", "behaviour"),
        ("schedule-changed", "claims-triage-router-prod", "schedule", "behaviour"),
        ("schedule-changed", "claims-triage-blue-prod", "schedule", "behaviour"),
    ],
)
def test_drift_says_it(found: list[dict[str, Any]], kind: str, object_: str, says: str, weight: str) -> None:
    here = [one for one in found if one["object"] == object_ and one["attribute"].startswith(says)]
    assert [(one["kind"], one["weight"]) for one in here] == [(kind, weight)]
    assert not here[0]["terraform_plan_shows_it"]
    assert here[0]["revert"]


def test_it_says_nothing_else(found: list[dict[str, Any]]) -> None:
    assert len(found) == 10


def test_the_printed_commands_undo_all_of_it(project: Project, found: list[dict[str, Any]]) -> None:
    for one in found:
        for command in one["revert"]:
            words = subprocess.run(["bash", "-c", f"printf '%s\\0' {command}"], capture_output=True, text=True).stdout
            program, *arguments = words.split("\0")[:-1]
            assert program == "shipway"
            project.shipway(*arguments)
    assert project.drift() == []
