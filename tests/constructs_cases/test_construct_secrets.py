"""A use case's secrets: who may read them, and who renews them; never a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from binding import databricks
from landing_zone import UseCaseSecrets
from shipway.models.deployment import Permission, RotationSpec, SecretScopeSpec

if TYPE_CHECKING:
    from tests.constructs_cases.conftest import Build

DEPLOYERS = Permission(group="halyard-platform-deployers", level="MANAGE")
RUNNERS = Permission(group="halyard-claims-triage-runners-prod", level="READ")
TOKEN = RotationSpec(key="claims-desk-token", owner="Claims Analytics", rotate_days=90)


def scope(*rotation: RotationSpec, acls: tuple[Permission, ...] = (DEPLOYERS,)) -> SecretScopeSpec:
    return SecretScopeSpec(use_case="claims-triage", name="claims-triage-prod", acls=acls, rotation=rotation)


def test_default(build: Build) -> None:
    built = build("prod-landing-zone", lambda stack: UseCaseSecrets(stack, "secrets", spec=scope(TOKEN)))
    assert "initial_manage_principal" not in built.at("secrets/scope")
    (made,) = built.document["resource"]["databricks_secret_scope"].values()
    assert made["//"]["rotation"] == {"claims-desk-token": {"owner": "Claims Analytics", "rotate_days": 90}}
    built.passes_every_rule()


def test_full(build: Build) -> None:
    spec = scope(TOKEN, RotationSpec(key="signing-key", owner="Security", rotate_days=365), acls=(DEPLOYERS, RUNNERS))
    built = build("prod-landing-zone", lambda stack: UseCaseSecrets(stack, "secrets", spec=spec))
    assert built.at("secrets/acls/halyard-claims-triage-runners-prod")["permission"] == "READ"
    assert "databricks_secret" not in built.types
    built.passes_every_rule()


def test_a_scope_that_nobody_rotates_breaks_the_rule(build: Build) -> None:
    built = build("prod-landing-zone", lambda stack: databricks.SecretScope(stack, "scope", name="claims-triage-prod"))
    assert "R55" in built.breaks()
