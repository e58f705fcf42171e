"""Protection and destroy, with the real Terraform: nothing protected goes without a waiver, and with one it does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = [pytest.mark.terraform, pytest.mark.slow]

LINE, ZONE = "prod-claims-triage", "prod-landing-zone"
PROD, TEST = "environments/prod.yaml", "environments/test.yaml"
ARCHIVE = "      archive:\n        comment: Claims that are closed\n"
WAIVER = """
waivers:
  - rule: R40
    owner: halyard-platform-admins
    reason: moves to another account
    expires: {expires}
    path: {path}
"""


class Project:
    """A copy of the project, deployed to its own sandbox."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        paths = f"{self.root}{os.pathsep}{self.root / 'constructs'}"
        command = [sys.executable, "-m", "shipway", *arguments]
        given = {**os.environ, "PYTHONPATH": paths, **environment}
        return subprocess.run(
            command, cwd=self.root, env=given, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )

    def shipway(self, *arguments: str, expect: int = 0) -> str:
        done = self.run(*arguments)
        assert done.returncode == expect, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def objects(self, environment: str = "prod") -> dict[str, bytes]:
        """Every object of one workspace of the sandbox."""
        store = self.root / ".shipway/sandbox/workspaces" / f"halyard-{environment}.cloud.databricks.com"
        return {str(path.relative_to(store)): path.read_bytes() for path in sorted(store.rglob("*.json"))}

    def append(self, file: str, text: str) -> None:
        with (self.root / file).open("a") as document:
            document.write(text)

    def declare_archive(self) -> None:
        """One more schema in prod and in its replica."""
        for file in (PROD, TEST):
            text = (self.root / file).read_text()
            (self.root / file).write_text(text.replace("    schemas:\n", f"    schemas:\n{ARCHIVE}", 1))

    def remove_archive(self) -> None:
        """And take it out again."""
        for file in (PROD, TEST):
            text = (self.root / file).read_text()
            assert ARCHIVE in text
            (self.root / file).write_text(text.replace(ARCHIVE, ""))


@pytest.fixture
def deployed(tmp_path: Path, deployed_project: Callable[[Path], Path]) -> Project:
    """A copy of the deployed project: what is destroyed in it is gone for nobody else."""
    return Project(deployed_project(tmp_path / "project"))


def test_destroy_refuses_what_is_protected_and_says_how_to_lift_it(deployed: Project) -> None:
    before = deployed.objects()
    text = deployed.shipway("destroy", ZONE, "--confirm", ZONE, expect=4)
    assert deployed.objects() == before
    line = (deployed.root / PROD).read_text().splitlines().index("      intake:") + 1
    refused = text.partition("Refused by rules")[2].partition("\n\n")[0]
    assert "R40 databricks_schema.catalogs_claims_schemas_intake_schema_86E7B66D: would be destroyed" in refused
    assert f"from {PROD}:{line}:7\n      path {ZONE}/catalogs/claims/schemas/intake/schema" in refused
    for kind in ("databricks_catalog", "databricks_volume", "databricks_workspace_conf", "databricks_secret_scope"):
        assert f"R40 {kind}." in refused
    assert "databricks_grants" not in refused
    assert f"# {PROD}\n  waivers:\n    - rule: R40\n      owner: <group>" in text
    assert text.rstrip().endswith(f"path: {ZONE}\n\nThen the same command again.")


def test_with_the_waiver_it_goes_and_without_one_again_nothing_more(deployed: Project) -> None:
    deployed.append(PROD, WAIVER.format(path=ZONE, expires="2999-12-31"))
    others = deployed.objects("test")
    said = deployed.run("destroy", ZONE, "--confirm", ZONE)
    assert said.returncode == 0, said.stdout + said.stderr
    assert f"{LINE} (8 resources) stands on {ZONE}" in said.stderr
    assert "Waived" in said.stdout
    assert "waived until 2999-12-31 by halyard-platform-admins: moves to another account" in said.stdout
    left = {name.partition("/")[0] for name in deployed.objects()}
    assert left.isdisjoint(
        {"databricks_catalog", "databricks_schema", "databricks_volume", "databricks_workspace_conf"}
    )
    assert deployed.objects("test") == others
    assert "Nothing to destroy" in deployed.shipway("destroy", ZONE, "--confirm", ZONE)


def test_an_expired_waiver_lets_nothing_go(deployed: Project) -> None:
    deployed.append(PROD, WAIVER.format(path=ZONE, expires="2020-12-31"))
    before = deployed.objects()
    text = deployed.shipway("destroy", ZONE, "--confirm", ZONE, expect=4)
    assert "a waiver for it ended: until 2020-12-31" in text
    assert "WAIVER_EXPIRED" in deployed.shipway("deploy", ZONE, "--yes", expect=2)
    assert deployed.objects() == before


def test_a_block_that_vanished_is_refused_by_plan_and_deploy_until_somebody_answers_for_it(deployed: Project) -> None:
    deployed.declare_archive()
    deployed.shipway("deploy", ZONE, "--yes", "--quiet")
    deployed.remove_archive()
    before = deployed.objects()
    path = f"{ZONE}/catalogs/claims/schemas/archive/schema"
    assert f"path {path}" in deployed.shipway("plan", ZONE, expect=4)
    deployed.shipway("deploy", ZONE, "--yes", expect=4)
    assert deployed.objects() == before
    deployed.append(PROD, WAIVER.format(path=path, expires="2999-12-31"))
    assert "Waived" in deployed.shipway("deploy", ZONE, "--yes")
    gone = before.keys() - deployed.objects().keys()
    assert {name.partition("/")[0] for name in gone} == {"databricks_grants", "databricks_schema"}


def test_a_change_that_replaces_is_refused_with_the_way_out_and_a_waiver_lifts_it(deployed: Project) -> None:
    for file in (PROD, TEST):
        text = (deployed.root / file).read_text()
        (deployed.root / file).write_text(text.replace("-claims/managed", "-claims/managed-anew"))
    before = deployed.objects()
    done = deployed.run("plan", ZONE)
    assert done.returncode == 1
    assert f"a waiver of R40 with path {ZONE}/catalogs/claims/catalog; see docs/protection.md" in done.stderr
    deployed.append(PROD, WAIVER.format(path=f"{ZONE}/catalogs", expires="2999-12-31"))
    review = json.loads(deployed.run("plan", ZONE, "--json").stdout)
    waived = {row["path"] for row in review["rules"] if row["waived"]}
    assert f"{ZONE}/catalogs/claims/catalog" in waived
    assert deployed.objects() == before


def test_an_unprotected_environment_goes_whole_lines_before_the_landing_zone(deployed: Project) -> None:
    assert "dev" in deployed.run("destroy", "--env", "dev").stderr
    assert deployed.run("destroy", "--env", "dev", "--confirm", "prod").returncode == 4
    assert deployed.objects("dev")
    done = deployed.run("destroy", "--env", "dev", "--confirm", "dev")
    assert done.returncode == 0, done.stderr
    said = [line for line in done.stderr.splitlines() if "destroying" in line]
    lines = ["dev-claims-reserve", "dev-claims-triage"]
    assert [line.split()[-1] for line in said] == [*lines, "dev-data-policies", "dev-landing-zone"]
    assert "Still declared, so the next deploy makes it again" in done.stdout
    found = json.loads(deployed.shipway("destroy", "--env", "dev", "--confirm", "dev", "--json"))
    assert found["destroyed"] == []


def test_a_stack_that_is_declared_no_more_goes_by_its_name(deployed: Project) -> None:
    (deployed.root / "releases/dev/claims-triage.yaml").unlink()
    (deployed.root / "releases/prod/claims-triage.yaml").unlink()
    prod = deployed.root / PROD
    own_budget = prod.read_text().partition("  use_cases:\n    claims-triage:\n")
    prod.write_text(own_budget[0] + "\n" + own_budget[2].partition("\n\n")[2])
    test = deployed.root / "environments/test.yaml"
    test.write_text("".join(line for line in test.open() if "budgets.use_cases" not in line))
    warned = deployed.run("plan", "dev-landing-zone").stderr
    assert "To remove them: `shipway destroy dev-claims-triage`." in warned
    deployed.shipway("destroy", "dev-claims-triage", "--confirm", "dev-claims-triage")
    assert "dev-claims-triage" not in deployed.run("plan", "dev-landing-zone").stderr
    # What was protected is protected still, and the environment's document answers for it.
    text = deployed.shipway("destroy", LINE, "--confirm", LINE, expect=4)
    assert f"# {PROD}" in text
    deployed.append(PROD, WAIVER.format(path=f"{LINE}/model/model", expires="2999-12-31"))
    deployed.shipway("destroy", LINE, "--confirm", LINE)


def test_a_stack_whose_environment_is_gone_says_what_to_put_back(deployed: Project) -> None:
    for manifest in (deployed.root / "releases/dev").glob("*.yaml"):
        manifest.unlink()
    (deployed.root / "environments/dev.yaml").unlink()
    done = deployed.run("destroy", "dev-landing-zone", "--confirm", "dev-landing-zone")
    assert done.returncode == 1
    assert "put the environment's document back" in done.stderr


def test_names_that_are_none_destroy_nothing(deployed: Project) -> None:
    before = deployed.objects()
    assert "did you mean" in deployed.run("destroy", "prod-claims-traige").stderr
    assert deployed.run("destroy", "../../prod-claims-triage").returncode == 1
    assert deployed.run("destroy").returncode == 1
    assert deployed.run("destroy", "--env", "nowhere").returncode == 1
    assert deployed.objects() == before


@pytest.fixture
def live(deployed: Project, tmp_path: Path) -> dict[str, str]:
    """A Terraform that says that the comment of one schema changes, and keeps what it is asked."""
    change = {"actions": ["update"], "before": {"name": "a", "comment": "x"}, "after": {"name": "a", "comment": "y"}}
    address = "databricks_schema.catalogs_claims_schemas_intake_schema_86E7B66D"
    item = {"address": address, "mode": "managed", "type": "databricks_schema", "name": "s", "change": change}
    plan = {"format_version": "1.2", "terraform_version": "1.11.4", "complete": True, "resource_changes": [item]}
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    script = f'#!/bin/sh\necho "$1 $PWD" >> {tmp_path}/asked\n'
    script += f'[ "$1" = plan ] && exit 2\n[ "$1" = show ] && cat {tmp_path}/plan.json\nexit 0\n'
    (tmp_path / "terraform").write_text(script)
    (tmp_path / "terraform").chmod(0o755)
    return {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "ASKED": str(tmp_path / "asked")}


def applied(live: dict[str, str]) -> list[str]:
    asked = Path(live["ASKED"]).read_text().splitlines() if Path(live["ASKED"]).exists() else []
    return [line.rpartition("/")[2] for line in asked if line.startswith("apply ")]


def test_a_protected_workspace_wants_its_name_and_a_yes_is_not_enough(deployed: Project, live: dict[str, str]) -> None:
    path = {"PATH": live["PATH"]}
    refused = deployed.run("deploy", "--live", LINE, "--yes", **path)
    assert refused.returncode == 4
    assert "prod is protected. To mean it, add --confirm prod" in refused.stderr
    assert deployed.run("deploy", "--live", LINE, "--yes", "--confirm", "test", **path).returncode == 4
    assert deployed.run("deploy", "--live", "account", "--yes", **path).returncode == 4
    assert applied(live) == []
    assert deployed.run("deploy", "--live", LINE, "--yes", "--confirm", "prod", **path).returncode == 0
    assert deployed.run("deploy", "--live", "dev-claims-triage", "--yes", **path).returncode == 0
    assert applied(live) == [LINE, "dev-claims-triage"]


def test_a_live_stack_that_nobody_declares_is_looked_for_by_its_name_in_its_environments_state(
    deployed: Project, live: dict[str, str]
) -> None:
    path = {"PATH": live["PATH"]}
    assert deployed.run("destroy", "--live", "dev-../../x", "--confirm", "dev-../../x", **path).returncode == 1
    deployed.run("destroy", "--live", "dev-old-pilot", "--confirm", "dev-old-pilot", **path)
    stack = json.loads((deployed.root / ".shipway/destroy/stacks/dev-old-pilot/cdk.tf.json").read_text())
    assert stack["terraform"]["backend"]["s3"]["key"] == "shipway/dev-old-pilot.tfstate"
    assert stack["terraform"]["backend"]["s3"]["bucket"] == "halyard-shipway-state-dev"
    assert "resource" not in stack
