"""The attachment of a workspace: what is in it, and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from binding import TerraformStack, databricks
from landing_zone import UseCaseSecrets, WorkspaceAttachment
from shipway.models.deployment import Permission, SecretScopeSpec, WorkspaceSpec

if TYPE_CHECKING:
    from tests.constructs_cases.conftest import Build


def attach(stack: TerraformStack) -> None:
    administrators = databricks.Group(stack, "administrators", display_name="halyard-platform-admins")
    WorkspaceAttachment(
        stack,
        "prod",
        spec=WorkspaceSpec(environment="prod", id=1042000000000033),
        metastore_id="9b3e1c64-0d2f-4f7a-8c55-6e1a7d904b12",
        administrators=administrators,
    )


def test_default(build: Build) -> None:
    built = build("account", attach)
    assert built.at("prod/metastore")["workspace_id"] == 1042000000000033
    assert built.at("prod/administrators")["permissions"] == ["ADMIN"]
    built.passes_every_rule()


def test_nobody_is_let_in_before_the_metastore_is_there(build: Build) -> None:
    # Before it the API knows no account groups in the workspace (#1803).
    built = build("account", attach)
    assert built.at("prod/administrators")["depends_on"] == [built.addresses["prod/metastore"]]


def test_what_breaks_a_rule_is_seen(build: Build) -> None:
    """That the cases' own judge can say no."""
    everybody = SecretScopeSpec(use_case="x", name="x-prod", acls=(Permission(group="users", level="READ"),))
    built = build("prod-landing-zone", lambda stack: UseCaseSecrets(stack, "secrets", spec=everybody))
    assert built.breaks() == {"R54"}
    with pytest.raises(AssertionError, match="R54"):
        built.passes_every_rule()
