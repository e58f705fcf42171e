"""Every part of a rule counts: each type, attribute and limit that it names decides a case of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from shipway.scan.scanner import RawResult, Status

Case = tuple[str, str, dict[str, Any], Status]
FAILED, PASSED, UNKNOWN = Status.FAILED, Status.PASSED, Status.UNKNOWN

# What no stack may declare, by the rule that says so.
FORBIDDEN = {
    "R20": ("service_principal_secret",),
    "R31": ("global_init_script",),
    "R32": (
        "aws_s3_mount",
        "azure_adls_gen1_mount",
        "azure_adls_gen2_mount",
        "azure_blob_mount",
        "dbfs_file",
        "mount",
    ),
    "R64": ("obo_token", "token"),
    "R67": (
        "catalog_workspace_binding",
        "group_instance_profile",
        "lakehouse_monitor",
        "online_table",
        "sql_alert",
        "sql_dashboard",
        "sql_permissions",
        "sql_query",
        "sql_visualization",
        "sql_widget",
        "table",
    ),
}
SENSITIVE = {
    "generic_webhook": ("password", "url", "username"),
    "microsoft_teams": ("app_id", "auth_secret", "channel_url", "tenant_id", "url"),
    "pagerduty": ("integration_key",),
    "slack": ("channel_id", "oauth_token", "url"),
}
PATH = {"//": {"metadata": {"path": "prod-x/a"}}}
HARDENED = {
    "enableDbfsFileBrowser": "false",
    "enableExportNotebook": "false",
    "enableFileStoreEndpoint": "false",
    "enableNotebookTableClipboard": "false",
    "enableResultsDownloading": "false",
    "storeInteractiveNotebookResultsInCustomerAccount": "true",
}
PAS = "${databricks_mws_private_access_settings.p.private_access_settings_id}"
WAREHOUSE = {
    "auto_stop_mins": 30,
    "warehouse_type": "PRO",
    "tags": {"custom_tags": [{"key": "a", "value": "b"}]},
}
ABAC = {
    "policy_type": "POLICY_TYPE_ROW_FILTER",
    "for_securable_type": "TABLE",
    "on_securable_type": "TABLE",
    "on_securable_fullname": "a.b.c",
    "to_principals": ["account users"],
    "row_filter": {"function_name": "a.b.f"},
}
NOT_TAKEN: tuple[dict[str, Any], ...] = (
    {"for_securable_type": "CATALOG"},
    {"on_securable_type": "METASTORE"},
    {"on_securable_fullname": " "},
    {"to_principals": []},
    {"to_principals": [" "]},
)
BUDGET_TAGS = [{"key": key, "value": "x"} for key in ("cost_center", "environment", "use_case")]


def _budget(*tags: dict[str, str]) -> dict[str, Any]:
    return {"binding_workspace_ids": [1], "custom_tags": list(tags)}


def _on_model(principal: str, privilege: str) -> dict[str, Any]:
    return {**PATH, "model": "a.b.c", "grant": [{"principal": principal, "privileges": [privilege]}]}


def _on(securable: str, name: str, privilege: str) -> dict[str, Any]:
    return {securable: name, "grant": [{"principal": "acme-x-authors", "privileges": [privilege]}]}


def _attributes() -> Iterator[Case]:
    """Each type and each attribute by itself."""
    for rule, kinds in FORBIDDEN.items():
        yield from ((rule, kind, {"name": "x"}, FAILED) for kind in kinds)
    for channel, names in SENSITIVE.items():
        yield ("R60", "notification_destination", {"config": {channel: dict.fromkeys(names, "")}}, PASSED)
        yield from (("R60", "notification_destination", {"config": {channel: {n: "x"}}}, FAILED) for n in names)
    for name, value in HARDENED.items():
        others = {key: inner for key, inner in HARDENED.items() if key != name}
        wrong = "true" if value == "false" else "false"
        yield ("R30", "workspace_conf", {**PATH, "custom_config": others}, FAILED)
        yield ("R30", "workspace_conf", {**PATH, "custom_config": {**others, name: wrong}}, FAILED)


def _kinds() -> Iterator[Case]:
    """Each type that one rule judges in one way."""
    for kind in ("credential", "external_location", "metastore_data_access", "storage_credential"):
        yield ("R38", kind, {"skip_validation": True}, FAILED)
    for kind in ("credential", "metastore_data_access", "storage_credential"):
        yield ("R37", kind, {"cloudflare_api_token": {"access_key_id": "x"}}, FAILED)
    for key in ("managed_services_customer_managed_key_id", "storage_customer_managed_key_id"):
        yield ("R11", "mws_workspaces", {key: "k", "pricing_tier": "PREMIUM"}, FAILED)
    for kind in ("INIT_SCRIPT", "LIBRARY_JAR"):
        matcher = {"artifact": "/Volumes/a/b/", "match_type": "PREFIX_MATCH"}
        yield ("R63", "artifact_allowlist", {"artifact_type": kind, "artifact_matcher": matcher}, PASSED)
    for kind in ("cluster_policy", "job", "secret_scope"):
        yield ("R43", kind, {**PATH, "name": "x-prod"}, PASSED)
        yield ("R43", kind, {**PATH, "name": "x_prod"}, FAILED)
    for securable, kind in (("catalog", "catalog"), ("schema", "schema"), ("table", "sql_table"), ("table", "volume")):
        yield ("R62", "grants", _on(securable, f"${{databricks_{kind}.x.id}}", "SELECT"), PASSED)
    for privilege in ("BROWSE", "USE_CATALOG", "USE_SCHEMA"):
        yield ("R62", "grants", _on("catalog", "system", privilege), PASSED)


def _changes() -> Iterator[Case]:
    """A good resource with one thing changed."""
    for change in ({"auto_stop_mins": 0}, {"auto_stop_mins": 31}, {"warehouse_type": "CLASSIC"}, {"tags": None}):
        yield ("R59", "sql_endpoint", {**WAREHOUSE, **change}, FAILED)
    yield ("R59", "sql_endpoint", {**WAREHOUSE, "auto_stop_mins": 1}, PASSED)
    for tag in ({"key": " ", "value": "b"}, {"key": "a"}):
        yield ("R59", "sql_endpoint", {**WAREHOUSE, "tags": {"custom_tags": [tag]}}, FAILED)
    for wrong in NOT_TAKEN:
        yield ("R50", "policy_info", {**ABAC, **wrong}, FAILED)
    yield ("R50", "policy_info", {**ABAC, "match_columns": [{"alias": "a"}] * 3}, PASSED)


SINGLE: tuple[Case, ...] = (
    (
        "R05",
        "metastore",
        {
            "delta_sharing_scope": "INTERNAL_AND_EXTERNAL",
            "delta_sharing_recipient_token_lifetime_in_seconds": 1,
        },
        PASSED,
    ),
    (
        "R11",
        "mws_workspaces",
        {"private_access_settings_id": PAS, "pricing_tier": "ENTERPRISE", "location": "x"},
        PASSED,
    ),
    ("R13", "permission_assignment", {"group_name": "acme-platform-admins", "permissions": ["OWNER"]}, FAILED),
    ("R13", "permission_assignment", {"group_name": " ", "permissions": ["USER"]}, FAILED),
    ("R18", "service_principal_role", {"role": ""}, FAILED),
    ("R22", "account_federation_policy", {"oidc_policy": {"audiences": ["a"], "jwks_json": "{}"}}, FAILED),
    ("R25", "budget_policy", _budget(*BUDGET_TAGS[:2]), FAILED),
    ("R25", "budget_policy", _budget(*BUDGET_TAGS[:2], {"key": "use_case"}), FAILED),
    ("R25", "budget_policy", _budget(*BUDGET_TAGS, *BUDGET_TAGS[:1] * 17), PASSED),
    ("R35", "ip_access_list", {"list_type": "ANY", "ip_addresses": ["10.0.0.1"]}, FAILED),
    ("R42", "workspace_binding", {"binding_type": "BINDING_TYPE_READ_ONLY"}, PASSED),
    ("R43", "catalog", {**PATH, "name": "x-prod"}, FAILED),
    ("R52", "grants", _on_model("acme-x-authors", "BROWSE"), PASSED),
    ("R52", "grants", _on_model("acme-x-authors", "${x}"), FAILED),
    ("R52", "grants", _on_model("${databricks_service_principal.x.application_id}", "EXECUTE"), PASSED),
    ("R52", "grants", _on_model("acme-x-runners-operators", "EXECUTE"), FAILED),
    ("R62", "system_schema", {"schema": " Billing"}, FAILED),
    (
        "R63",
        "artifact_allowlist",
        {"artifact_type": "EGG", "artifact_matcher": {"artifact": "/Volumes/a/b/", "match_type": "PREFIX_MATCH"}},
        FAILED,
    ),
    (
        "R63",
        "artifact_allowlist",
        {"artifact_type": "INIT_SCRIPT", "artifact_matcher": {"artifact": "/Volumes/a/b/", "match_type": "ANY"}},
        FAILED,
    ),
    (
        "R65",
        "recipient",
        {
            "authentication_type": "OIDC",
            "expiration_time": 1,
            "ip_access_list": {"allowed_ip_addresses": ["10.0.0.1"]},
        },
        FAILED,
    ),
    (
        "R65",
        "recipient",
        {
            "authentication_type": "TOKEN",
            "expiration_time": 1,
            "ip_access_list": {"allowed_ip_addresses": ["0.0.0.0/0"]},
        },
        FAILED,
    ),
)
CASES: list[Case] = [*_attributes(), *_kinds(), *_changes(), *SINGLE]


@pytest.fixture(scope="module")
def verdicts(judge: Callable[..., list[RawResult]]) -> list[RawResult]:
    """All cases, in one run."""
    return judge(CASES)


@pytest.mark.parametrize("index", range(len(CASES)), ids=[f"{c[0]}-{c[1]}-{i}" for i, c in enumerate(CASES)])
def test_case(verdicts: list[RawResult], index: int) -> None:
    assert verdicts[index].status is CASES[index][3], (CASES[index], verdicts[index].messages)
