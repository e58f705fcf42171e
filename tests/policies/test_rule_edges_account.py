"""What the rules on the account's own objects must not be fooled by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shipway.scan.scanner import RawResult, Status

FAILED, PASSED, UNKNOWN = Status.FAILED, Status.PASSED, Status.UNKNOWN


def _sharing(seconds: Any, scope: Any = "INTERNAL_AND_EXTERNAL") -> dict[str, Any]:
    return {"delta_sharing_scope": scope, "delta_sharing_recipient_token_lifetime_in_seconds": seconds}


def _egress(**access: Any) -> dict[str, Any]:
    return {"account_id": "a", "network_policy_id": "p", "egress": {"network_access": access}}


def _to(destination: Any) -> dict[str, Any]:
    return _egress(allowed_internet_destinations=[{"destination": destination}])


def _oidc(**policy: Any) -> dict[str, Any]:
    return {"oidc_policy": {"audiences": ["a"], **policy}}


def _tags(*keys: str) -> list[dict[str, str]]:
    return [{"key": key, "value": "x"} for key in keys]


REQUIRED = ("cost_center", "environment", "use_case")


def _group(name: str) -> str:
    return f"${{databricks_group.{name}.id}}"


PAS = "${databricks_mws_private_access_settings.p.private_access_settings_id}"
CASES: list[tuple[str, str, dict[str, Any], Status]] = [
    ("R01", "disable_legacy_features_setting", {}, FAILED),
    ("R01", "disable_legacy_features_setting", {"disable_legacy_features": [{"value": "true"}]}, PASSED),
    (
        "R01",
        "disable_legacy_features_setting",
        {"disable_legacy_features": [{"value": True}, {"value": False}]},
        FAILED,
    ),
    ("R02", "mws_log_delivery", {"log_type": "AUDIT_LOGS", "output_format": "JSON"}, PASSED),
    ("R02", "mws_log_delivery", {"log_type": "AUDIT_LOGS", "output_format": "CSV"}, FAILED),
    ("R02", "mws_log_delivery", {"log_type": "audit_logs", "output_format": "JSON"}, FAILED),
    ("R02", "mws_log_delivery", {"log_type": "${x}", "output_format": "JSON", "status": "DISABLED"}, FAILED),
    ("R02", "mws_log_delivery", {"log_type": "BILLABLE_USAGE", "output_format": "CSV", "status": "DISABLED"}, PASSED),
    ("R03", "metastore", {}, FAILED),
    ("R03", "metastore", {"owner": "00000000-0000-0000-0000-000000000000"}, FAILED),
    ("R03", "metastore", {"owner": "account users"}, FAILED),
    ("R03", "metastore", {"owner": "acme-claims-triage-authors"}, FAILED),
    ("R04", "metastore", {"storage_root": ""}, PASSED),
    ("R04", "metastore", {"storage_root": "${x}"}, UNKNOWN),
    ("R05", "metastore", {}, PASSED),
    ("R05", "metastore", _sharing(90 * 86400), PASSED),
    ("R05", "metastore", _sharing(90 * 86400 + 1), FAILED),
    ("R05", "metastore", _sharing("3600"), PASSED),
    ("R05", "metastore", _sharing(True), FAILED),
    ("R05", "metastore", _sharing(None), FAILED),
    ("R05", "metastore", _sharing(0, "INTERNAL"), PASSED),
    ("R05", "metastore", _sharing(0, "${x}"), UNKNOWN),
    ("R07", "mws_workspaces", {"token": [{}]}, FAILED),
    ("R07", "mws_workspaces", {"token": []}, PASSED),
    ("R07", "mws_workspaces", {"token": "${var.token}"}, UNKNOWN),
    ("R07", "mws_workspaces", {"dynamic": {"token": {"for_each": "${x}", "content": {}}}}, UNKNOWN),
    ("R08", "mws_workspaces", {"customer_managed_key_id": "k"}, FAILED),
    ("R08", "mws_workspaces", {"compute_mode": "SERVERLESS", "managed_services_customer_managed_key_id": "k"}, PASSED),
    ("R08", "mws_workspaces", {"compute_mode": "${x}", "managed_services_customer_managed_key_id": "k"}, FAILED),
    ("R09", "mws_workspaces", {"compute_mode": "SERVERLESS"}, PASSED),
    ("R09", "mws_workspaces", {"compute_mode": "${x}"}, FAILED),
    ("R09", "mws_workspaces", {"network_id": " "}, FAILED),
    ("R09", "mws_workspaces", {"network_id": "${var.network}"}, UNKNOWN),
    ("R09", "mws_workspaces", {"network_id": "${databricks_mws_vpc_endpoint.n.id}"}, UNKNOWN),
    ("R10", "mws_private_access_settings", {}, FAILED),
    ("R10", "mws_private_access_settings", {"public_access_enabled": "false"}, PASSED),
    ("R11", "mws_workspaces", {}, PASSED),
    ("R11", "mws_workspaces", {"private_access_settings_id": PAS}, FAILED),
    ("R11", "mws_workspaces", {"private_access_settings_id": PAS, "pricing_tier": "enterprise"}, PASSED),
    (
        "R11",
        "mws_workspaces",
        {"private_access_settings_id": PAS, "pricing_tier": "PREMIUM", "location": "europe-west6"},
        PASSED,
    ),
    ("R12", "account_network_policy", {}, FAILED),
    ("R12", "account_network_policy", {"egress": {}}, FAILED),
    ("R12", "account_network_policy", {"egress": "${x}"}, UNKNOWN),
    ("R12", "account_network_policy", _egress(restriction_mode="FULL_ACCESS"), FAILED),
    ("R12", "account_network_policy", _egress(restriction_mode="RESTRICTED_ACCESS"), PASSED),
    ("R12", "account_network_policy", _egress(restriction_mode="RESTRICTED_ACCESS", policy_enforcement={}), PASSED),
    (
        "R12",
        "account_network_policy",
        _egress(restriction_mode="RESTRICTED_ACCESS", policy_enforcement={"enforcement_mode": "dry_run"}),
        FAILED,
    ),
    ("R13", "mws_permission_assignment", {"principal_id": 1234, "permissions": ["USER"]}, UNKNOWN),
    ("R13", "mws_permission_assignment", {"principal_id": "${var.x}", "permissions": ["USER"]}, UNKNOWN),
    (
        "R13",
        "mws_permission_assignment",
        {"principal_id": "${databricks_service_principal.x.id}", "permissions": ["USER"]},
        PASSED,
    ),
    (
        "R13",
        "mws_permission_assignment",
        {"principal_id": "${data.databricks_service_principal.x.id}", "permissions": ["USER", "ADMIN"]},
        FAILED,
    ),
    ("R13", "mws_permission_assignment", {"principal_id": _group("x") + _group("y"), "permissions": ["USER"]}, UNKNOWN),
    ("R13", "permission_assignment", {"user_name": "jane@example.com", "permissions": ["USER"]}, FAILED),
    ("R13", "permission_assignment", {"group_name": "acme-platform-admins", "permissions": ["ADMIN"]}, PASSED),
    ("R13", "permission_assignment", {"group_name": "${x}", "permissions": ["ADMIN"]}, UNKNOWN),
    ("R13", "permission_assignment", {"group_name": "acme-x", "permissions": ["${x}"]}, FAILED),
    ("R13", "permission_assignment", {"group_name": "acme-x", "permissions": ["OWNER"]}, FAILED),
    ("R13", "permission_assignment", {"service_principal_name": "x", "permissions": ["ADMIN"]}, FAILED),
    ("R15", "account_network_policy", {"network_policy_id": "p"}, FAILED),
    ("R15", "account_network_policy", {"account_id": "a", "network_policy_id": "p" * 33}, FAILED),
    ("R15", "account_network_policy", {"account_id": "a", "network_policy_id": "p" * 32}, PASSED),
    ("R15", "account_network_policy", _to("*"), FAILED),
    ("R15", "account_network_policy", _to("example.com\n"), FAILED),
    ("R15", "account_network_policy", _to("10.0.0.1"), FAILED),
    ("R15", "account_network_policy", _to("https://example.com"), FAILED),
    ("R15", "account_network_policy", _to(None), FAILED),
    ("R15", "account_network_policy", _egress(allowed_internet_destinations="${x}"), UNKNOWN),
    ("R18", "service_principal_role", {"role": " Account_Admin "}, FAILED),
    ("R18", "service_principal_role", {"role": "${x}"}, UNKNOWN),
    ("R18", "service_principal_role", {}, FAILED),
    ("R20", "service_principal_secret", {"service_principal_id": "${x}", "lifetime": "3600s"}, FAILED),
    ("R22", "service_principal_federation_policy", {}, FAILED),
    ("R22", "account_federation_policy", _oidc(), PASSED),
    ("R22", "account_federation_policy", _oidc(audiences=[""]), FAILED),
    ("R22", "account_federation_policy", _oidc(audiences="${x}"), UNKNOWN),
    ("R22", "account_federation_policy", _oidc(jwks_uri="https://example.com/keys"), FAILED),
    ("R24", "budget", {}, FAILED),
    ("R24", "budget", {"alert_configurations": [{"action_configurations": [{"target": "a@example.com"}]}]}, FAILED),
    ("R24", "budget", {"alert_configurations": "${x}"}, UNKNOWN),
    ("R25", "budget_policy", {"custom_tags": _tags(*REQUIRED)}, FAILED),
    ("R25", "budget_policy", {"binding_workspace_ids": ["${x}"], "custom_tags": _tags(*REQUIRED)}, UNKNOWN),
    (
        "R25",
        "budget_policy",
        {"binding_workspace_ids": ["${databricks_mws_workspaces.p.workspace_id}"], "custom_tags": _tags(*REQUIRED)},
        PASSED,
    ),
    (
        "R25",
        "budget_policy",
        {"binding_workspace_ids": [1], "custom_tags": _tags(*REQUIRED, *map(str, range(18)))},
        FAILED,
    ),
    ("R25", "budget_policy", {"binding_workspace_ids": [1], "custom_tags": "${x}"}, UNKNOWN),
    ("R25", "budget_policy", {"binding_workspace_ids": [1], "custom_tags": _tags("${x}", "a")}, UNKNOWN),
    ("R26", "tag_policy", {"values": [{"name": "pii"}, {"name": "PII "}]}, FAILED),
    ("R26", "tag_policy", {"values": [{"name": ""}]}, FAILED),
    ("R26", "tag_policy", {"values": "${x}"}, UNKNOWN),
    ("R64", "token", {"lifetime_seconds": 60}, FAILED),
]


@pytest.fixture(scope="module")
def verdicts(judge: Callable[..., list[RawResult]]) -> list[RawResult]:
    """All cases, in one run."""
    return judge(CASES)


@pytest.mark.parametrize("index", range(len(CASES)), ids=[f"{c[0]}-{c[1]}-{i}" for i, c in enumerate(CASES)])
def test_case(verdicts: list[RawResult], index: int) -> None:
    assert verdicts[index].status is CASES[index][3], (CASES[index], verdicts[index].messages)
