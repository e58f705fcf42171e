"""Workspaces that do not exist yet, and who may sign in to those that do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from shipway.errors import DocumentErrors
from shipway.models.deployment import AccountStack, Deployment, LandingZoneStack, WorkspaceSpec
from shipway.models.load import load
from shipway.models.origins import Origins
from shipway.models.resolve import resolve

ROOT = Path(__file__).parents[2]


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    for name in ("environments", "bundles", "releases"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def without_address(root: Path, environment: str) -> None:
    document = root / "environments" / f"{environment}.yaml"
    lines = document.read_text().splitlines(keepends=True)
    document.write_text("".join(line for line in lines if not line.startswith(("  url: ", "  id: "))))
    account = root / "environments" / "account.yaml"
    account.write_text(account.read_text().replace("through: prod", "through: dev"))


def workspace(deployment: Deployment, environment: str) -> WorkspaceSpec:
    (account,) = [stack for stack in deployment.stacks if isinstance(stack, AccountStack)]
    return next(spec for spec in account.workspaces if spec.environment == environment)


def test_what_is_inside_a_workspace_that_is_not_made_yet_is_left_out_and_said(documents: Path) -> None:
    without_address(documents, "prod")
    deployment = resolve(load(documents))
    names = {stack.name for stack in deployment.stacks}
    assert {name for name in names if name.startswith("prod")} == set()
    assert {"account", "test-landing-zone", "dev-claims-triage"} <= names
    assert deployment.waiting == ("prod",)
    assert workspace(deployment, "prod").id is None
    assert workspace(deployment, "prod").create is not None


def test_its_groups_are_let_in_as_soon_as_it_is_made(documents: Path) -> None:
    before = workspace(resolve(load(documents)), "prod").assignments
    without_address(documents, "prod")
    assert workspace(resolve(load(documents)), "prod").assignments == before


def test_a_catalog_is_not_bound_to_a_workspace_that_is_not_made_yet(documents: Path) -> None:
    prod = documents / "environments/prod.yaml"
    test = documents / "environments/test.yaml"
    create = prod.read_text()[prod.read_text().index("  create:\n") : prod.read_text().index("  # What serverless")]
    text = "".join(line for line in test.read_text().splitlines(keepends=True) if "workspace.create:" not in line)
    test.write_text(text.replace("\nstate:", f"{create}\nstate:", 1))
    without_address(documents, "test")
    (zone,) = [
        stack
        for stack in resolve(load(documents)).stacks
        if isinstance(stack, LandingZoneStack) and stack.environment == "prod"
    ]
    assert [catalog.bindings for catalog in zone.catalogs] == [()]


def test_whoever_is_granted_something_may_sign_in() -> None:
    deployment = resolve(load(ROOT))
    for zone in (stack for stack in deployment.stacks if isinstance(stack, LandingZoneStack)):
        assigned = {one.group for one in workspace(deployment, zone.environment).assignments}
        granted = {grant.principal for catalog in zone.catalogs for grant in catalog.grants}
        assert granted <= assigned


def test_only_the_platforms_groups_administer() -> None:
    deployment = resolve(load(ROOT))
    for environment in ("dev", "test", "prod"):
        admins = {one.group for one in workspace(deployment, environment).assignments if one.level == "ADMIN"}
        assert admins == {"halyard-platform-admins", "halyard-platform-deployers"}


def test_what_makes_a_workspace_is_found_at_its_line() -> None:
    loaded = load(ROOT)
    found = Origins(loaded).find("account/workspaces/prod/create/keys/storage")
    assert found is not None
    lines = (ROOT / "environments/prod.yaml").read_text().splitlines()
    assert (found.file, lines[found.line - 1].strip().partition(":")[0]) == ("environments/prod.yaml", "storage")


def test_governed_tags_need_a_workspace_that_exists(documents: Path) -> None:
    without_address(documents, "prod")
    account = documents / "environments/account.yaml"
    account.write_text(account.read_text().replace("through: dev", "through: prod"))
    with pytest.raises(DocumentErrors, match="the workspace of 'prod' is not made yet"):
        resolve(load(documents))
