"""What a workspace offers: each object's default case and full case, and what is never in a stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from landing_zone import GroupEntitlements, LibraryAllowlist, NotificationDestination, Warehouse
from shipway.models.deployment import AllowlistSpec, DestinationSpec, EntitlementSpec, Permission, WarehouseSpec

if TYPE_CHECKING:
    from tests.constructs_cases.conftest import Build

WAREHOUSE = WarehouseSpec(
    key="analysis",
    name="halyard-analysis-prod",
    size="2X-Small",
    max_clusters=1,
    auto_stop_minutes=15,
    tags=(("cost_center", "CC-4711"), ("environment", "prod")),
    users=(),
)
EMAIL = DestinationSpec(
    key="on-call", name="halyard-on-call-prod", email=("on-call@halyard.example.com",), kind="email", variable=""
)


def test_default_warehouse(build: Build) -> None:
    built = build("prod-landing-zone", lambda stack: Warehouse(stack, "analysis", spec=WAREHOUSE))
    warehouse = built.at("analysis/warehouse")
    # The provider's own defaults are a CLASSIC one that idles for two hours.
    assert (warehouse["warehouse_type"], warehouse["auto_stop_mins"]) == ("PRO", 15)
    assert warehouse["enable_serverless_compute"] is True
    assert "databricks_permissions" not in built.types
    built.passes_every_rule()


def test_full_warehouse(build: Build) -> None:
    users = (
        Permission(group="halyard-claims-triage-consumers", level="CAN_USE"),
        Permission(group="halyard-claims-triage-operators", level="CAN_MONITOR"),
    )
    spec = WAREHOUSE.model_copy(update={"max_clusters": 30, "auto_stop_minutes": 1, "users": users})
    built = build("prod-landing-zone", lambda stack: Warehouse(stack, "analysis", spec=spec))
    levels = {
        entry["group_name"]: entry["permission_level"] for entry in built.at("analysis/permissions")["access_control"]
    }
    assert levels == {user.group: user.level for user in users}
    built.passes_every_rule()


def test_default_destination(build: Build) -> None:
    built = build("prod-landing-zone", lambda stack: NotificationDestination(stack, "on-call", spec=EMAIL))
    assert built.at("on-call/destination")["config"] == {"email": {"addresses": ["on-call@halyard.example.com"]}}
    assert "variable" not in built.document
    built.passes_every_rule()


def test_full_destination(build: Build) -> None:
    spec = EMAIL.model_copy(update={"email": ("desk@halyard.example.com", "on-call@halyard.example.com")})
    built = build("prod-landing-zone", lambda stack: NotificationDestination(stack, "on-call", spec=spec))
    assert len(built.at("on-call/destination")["config"]["email"]["addresses"]) == 2
    built.passes_every_rule()


@pytest.mark.parametrize("kind", ["microsoft_teams", "pagerduty", "slack", "webhook"])
def test_a_destination_with_a_secret_names_a_variable(build: Build, kind: str) -> None:
    spec = EMAIL.model_copy(update={"email": (), "kind": kind, "variable": "on_call_url"})
    built = build("prod-landing-zone", lambda stack: NotificationDestination(stack, "on-call", spec=spec))
    assert built.document["variable"]["on_call_url"]["sensitive"] is True
    assert "default" not in built.document["variable"]["on_call_url"]
    assert "${var.on_call_url}" in str(built.at("on-call/destination")["config"])
    # Its value lands in the state, so somebody has to answer for it.
    assert built.breaks() == {"R60"}


def test_library_allowlist(build: Build) -> None:
    spec = AllowlistSpec(key="jars", artifact_type="LIBRARY_JAR", artifacts=("/Volumes/claims_prod/triage/jars/",))
    built = build("prod-landing-zone", lambda stack: LibraryAllowlist(stack, "jars", spec=spec))
    assert built.at("jars/allowlist")["artifact_matcher"] == [
        {"artifact": "/Volumes/claims_prod/triage/jars/", "match_type": "PREFIX_MATCH"}
    ]
    built.passes_every_rule()


def test_library_allowlist_of_maven(build: Build) -> None:
    spec = AllowlistSpec(key="maven", artifact_type="LIBRARY_MAVEN", artifacts=("org.postgresql:postgresql:42.7.4",))
    build("prod-landing-zone", lambda stack: LibraryAllowlist(stack, "maven", spec=spec)).passes_every_rule()


def test_entitlements_are_not_an_assignment(build: Build) -> None:
    # Being let in gives no entitlement, and an entitlement lets nobody in (#4925).
    spec = EntitlementSpec(group="halyard-claims-triage-consumers", entitlements=("workspace_consume",))
    built = build("prod-landing-zone", lambda stack: GroupEntitlements(stack, "consumers", spec=spec))
    given = built.at("consumers/entitlements")
    assert given["workspace_consume"] is True
    assert (given["allow_cluster_create"], given["workspace_access"]) == (False, False)
    assert built.types == {"databricks_entitlements"}
    built.passes_every_rule()


def test_full_entitlements(build: Build) -> None:
    both = EntitlementSpec(group="halyard-x-authors", entitlements=("databricks_sql_access", "workspace_access"))
    built = build("prod-landing-zone", lambda stack: GroupEntitlements(stack, "authors", spec=both))
    # The provider refuses workspace_consume beside the others, false or not.
    assert "workspace_consume" not in built.at("authors/entitlements")
    built.passes_every_rule()
