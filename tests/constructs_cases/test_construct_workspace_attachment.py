"""The attachment of a workspace: what is in it, and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from binding import TerraformStack, databricks
from landing_zone import UseCaseSecrets, WorkspaceAttachment
from shipway.models.deployment import AssignmentSpec, CreateSpec, EgressSpec, Permission, SecretScopeSpec, WorkspaceSpec

if TYPE_CHECKING:
    from tests.constructs_cases.conftest import Build

ADMINISTRATORS, READERS = "halyard-platform-admins", "halyard-claims-triage-consumers"


def attachment(stack: TerraformStack, create: CreateSpec | None = None, *readers: AssignmentSpec) -> None:
    groups = {name: databricks.Group(stack, name, display_name=name) for name in (ADMINISTRATORS, READERS)}
    administrators = AssignmentSpec(path=("administrators",), group=ADMINISTRATORS, level="ADMIN")
    WorkspaceAttachment(
        stack,
        "prod",
        spec=WorkspaceSpec(
            environment="prod",
            id=1042000000000033,
            create=create,
            metastore_id="9b3e1c64-0d2f-4f7a-8c55-6e1a7d904b12",
            region="eu-central-1",
            egress=EgressSpec(policy_id="halyard-prod", attached=True, enforced=True, hosts=(), storage=()),
            connectivity=None,
            assignments=(administrators, *readers),
            budgets=(),
        ),
        account_id="5f0c9d2e-7a41-4c1e-9a57-3d1f8e6b2c40",
        metastores={},
        groups=groups,
    )


def everybody(stack: TerraformStack) -> None:
    readers = AssignmentSpec(path=("access", "consumers", "claims-triage"), group=READERS, level="USER")
    attachment(stack, None, readers)


def test_default(build: Build) -> None:
    built = build("account", attachment)
    assert built.at("prod/metastore")["workspace_id"] == 1042000000000033
    assert built.at("prod/administrators")["permissions"] == ["ADMIN"]
    built.passes_every_rule()


def test_full(build: Build) -> None:
    built = build("account", everybody)
    reader = built.at("prod/access/consumers/claims-triage")
    assert reader["permissions"] == ["USER"]
    assert reader["principal_id"] == f"${{{built.addresses[READERS]}.id}}"
    built.passes_every_rule()


@pytest.mark.parametrize("path", ["prod/administrators", "prod/access/consumers/claims-triage"])
def test_nobody_is_let_in_before_the_metastore_is_there(build: Build, path: str) -> None:
    # Before it the API knows no account groups in the workspace (#1803).
    built = build("account", everybody)
    assert built.at(path)["depends_on"] == [built.addresses["prod/metastore"]]


def test_what_breaks_a_rule_is_seen(build: Build) -> None:
    """That the cases' own judge can say no."""
    everybody = SecretScopeSpec(
        use_case="x", name="x-prod", acls=(Permission(group="users", level="READ"),), rotation=()
    )
    built = build("prod-landing-zone", lambda stack: UseCaseSecrets(stack, "secrets", spec=everybody))
    assert built.breaks() == {"R54", "R55"}
    with pytest.raises(AssertionError, match="R54"):
        built.passes_every_rule()
