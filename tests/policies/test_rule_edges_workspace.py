"""What the rules on a workspace and on who may do what in it must not be fooled by."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shipway.outside.checkov import Checkov
from shipway.scan.scanner import RawResult, Status

POLICIES = Path(__file__).parents[2] / "policies"
FAILED, PASSED, UNKNOWN = Status.FAILED, Status.PASSED, Status.UNKNOWN


def _at(stack: str, **conf: Any) -> dict[str, Any]:
    return {"//": {"metadata": {"path": f"{stack}/a/b", "uniqueId": "x"}}, **conf}


def _prod(**conf: Any) -> dict[str, Any]:
    return _at("prod-landing-zone", **conf)


def _grants(principal: Any, *privileges: Any, **securable: str) -> dict[str, Any]:
    return {**(securable or {"schema": "a.b"}), "grant": [{"principal": principal, "privileges": list(privileges)}]}


def _abac(**changes: Any) -> dict[str, Any]:
    good = {
        "policy_type": "POLICY_TYPE_ROW_FILTER",
        "for_securable_type": "TABLE",
        "on_securable_type": "TABLE",
        "on_securable_fullname": "a.b.c",
        "to_principals": ["account users"],
        "row_filter": {"function_name": "a.b.f"},
    }
    return {**good, **changes}


def _jar(artifact: Any, kind: str = "LIBRARY_JAR") -> dict[str, Any]:
    return {"artifact_type": kind, "artifact_matcher": [{"artifact": artifact, "match_type": "PREFIX_MATCH"}]}


def _token(**changes: Any) -> dict[str, Any]:
    good = {"expiration_time": 1, "ip_access_list": [{"allowed_ip_addresses": ["198.51.100.7"]}]}
    return {"authentication_type": "TOKEN", **good, **changes}


SP = "${databricks_service_principal.run.application_id}"
CATALOG = "${databricks_catalog.c.name}"
LEAKY = {"custom_config": {"enableResultsDownloading": "true"}}


def _rotation(secrets: Any) -> dict[str, Any]:
    return {"name": "s", "//": {"rotation": secrets}}


CASES: list[tuple[str, str, dict[str, Any], Status]] = [
    ("R30", "workspace_conf", LEAKY, PASSED),
    ("R30", "workspace_conf", _at("dev-landing-zone", **LEAKY), PASSED),
    ("R30", "workspace_conf", _at("live-landing-zone", **LEAKY), FAILED),
    ("R30", "workspace_conf", _prod(), FAILED),
    ("R30", "workspace_conf", _at("${var.x}", **LEAKY), FAILED),
    ("R31", "workspace_conf", {"custom_config": {"enableDeprecatedClusterNamedInitScripts": True}}, FAILED),
    ("R31", "global_init_script", {"enabled": False}, FAILED),
    ("R32", "dbfs_file", {"path": "/x"}, FAILED),
    ("R32", "default_namespace_setting", {}, FAILED),
    ("R32", "default_namespace_setting", {"namespace": [{"value": "Hive_Metastore"}]}, FAILED),
    ("R32", "default_namespace_setting", {"namespace": [{"value": CATALOG}]}, PASSED),
    ("R32", "default_namespace_setting", {"namespace": [{"value": "${x}"}]}, UNKNOWN),
    ("R32", "disable_legacy_dbfs_setting", {}, FAILED),
    ("R33", "restrict_workspace_admins_setting", {}, FAILED),
    ("R33", "restrict_workspace_admins_setting", {"restrict_workspace_admins": {"status": "BOGUS"}}, FAILED),
    ("R35", "ip_access_list", {"list_type": "ALLOW", "ip_addresses": []}, FAILED),
    ("R35", "ip_access_list", {"list_type": "ALLOW", "ip_addresses": ["0.0.0.0/1", "128.0.0.0/1"]}, FAILED),
    ("R35", "ip_access_list", {"list_type": "ALLOW", "ip_addresses": ["10.0.0.0/8"]}, PASSED),
    ("R35", "ip_access_list", {"list_type": "ALLOW", "ip_addresses": ["::/0"]}, FAILED),
    ("R35", "ip_access_list", {"list_type": "ALLOW", "ip_addresses": ["office"]}, FAILED),
    ("R35", "ip_access_list", {"list_type": "ALLOW", "ip_addresses": ["10.1.1.1"], "enabled": False}, FAILED),
    ("R35", "ip_access_list", {"list_type": "ALLOW", "ip_addresses": "${x}"}, UNKNOWN),
    ("R37", "credential", {"azure_service_principal": {}}, FAILED),
    ("R37", "storage_credential", {"gcp_service_account_key": "${x}"}, UNKNOWN),
    ("R37", "storage_credential", {"cloudflare_api_token": [], "azure_managed_identity": {}}, PASSED),
    ("R38", "storage_credential", {"force_update": "true"}, FAILED),
    ("R38", "storage_credential", {"skip_validation": "${x}"}, UNKNOWN),
    ("R42", "workspace_binding", _prod(), FAILED),
    ("R42", "workspace_binding", _prod(binding_type="BINDING_TYPE_READ_WRITE", securable_type="catalog"), FAILED),
    ("R42", "workspace_binding", _at("dev-landing-zone", binding_type="BINDING_TYPE_READ_WRITE"), PASSED),
    ("R42", "workspace_binding", {"binding_type": "BINDING_TYPE_BANANA"}, FAILED),
    ("R42", "workspace_binding", {"securable_type": "credential"}, PASSED),
    (
        "R42",
        "workspace_binding",
        {"securable_type": "external_location", "binding_type": "BINDING_TYPE_READ_ONLY"},
        FAILED,
    ),
    ("R42", "workspace_binding", {"securable_type": "schema"}, FAILED),
    ("R43", "catalog", {"name": "claims_dev"}, PASSED),
    ("R43", "catalog", _prod(name="claims_dev"), FAILED),
    ("R43", "catalog", _prod(name="claimsprod"), FAILED),
    ("R43", "catalog", _prod(), FAILED),
    ("R43", "catalog", _prod(name="claims_${var.e}"), UNKNOWN),
    ("R43", "job", _at("prod-claims-triage", name="claims-triage-blue-test"), FAILED),
    ("R43", "registered_model", _at("prod-claims-triage", catalog_name="claims_dev"), FAILED),
    ("R43", "volume", _prod(catalog_name="${databricks_schema.s.catalog_name}"), PASSED),
    ("R43", "secret_scope", _at("account", name="shared"), PASSED),
    ("R48", "grants", _prod(**_grants("acme-x-authors", "SELECT", "create table")), FAILED),
    ("R48", "grants", _prod(**_grants("Acme-X-Authors ", "WRITE_VOLUME")), FAILED),
    ("R48", "grants", _prod(**_grants("acme-x-authors", "${x}")), UNKNOWN),
    ("R48", "grants", _prod(**_grants("${x}", "MODIFY")), UNKNOWN),
    ("R48", "grants", _prod(**_grants("${x}", "SELECT")), PASSED),
    ("R48", "grants", _prod(**_grants(SP, "MODIFY")), PASSED),
    ("R48", "grants", _prod(grant="${x}", schema="a.b"), UNKNOWN),
    ("R48", "grants", _at("dev-landing-zone", **_grants("acme-x-authors", "MODIFY")), PASSED),
    ("R48", "grant", _prod(schema="a.b", principal="acme-x-authors", privileges=["APPLY_TAG"]), FAILED),
    ("R50", "policy_info", _abac(), PASSED),
    ("R50", "policy_info", _abac(policy_type="WHATEVER"), FAILED),
    ("R50", "policy_info", _abac(row_filter=None), FAILED),
    ("R50", "policy_info", _abac(row_filter={"function_name": "b.f"}), FAILED),
    ("R50", "policy_info", _abac(to_principals=["x"] * 21), FAILED),
    ("R50", "policy_info", _abac(to_principals=["x"] * 20, except_principals=["x"] * 20), PASSED),
    ("R50", "policy_info", _abac(except_principals=["x"] * 21), FAILED),
    ("R50", "policy_info", _abac(match_columns=[{"alias": "a"}] * 4), FAILED),
    ("R50", "policy_info", _abac(match_columns="${x}"), UNKNOWN),
    ("R52", "registered_model", {}, FAILED),
    ("R52", "registered_model", {"owner": "jane@example.com"}, FAILED),
    ("R52", "registered_model", {"owner": SP}, PASSED),
    ("R52", "grants", _prod(**_grants("acme-x-authors", "EXECUTE", model="a.b.c")), FAILED),
    ("R52", "grants", _prod(**_grants("acme-x-runners-authors", "EXECUTE", model="a.b.c")), FAILED),
    ("R52", "grants", _prod(**_grants("${x}", "EXECUTE", model="a.b.c")), UNKNOWN),
    ("R52", "grants", _prod(**_grants("acme-x-authors", "EXECUTE", schema="a.b")), PASSED),
    ("R52", "grants", _at("test-x", **_grants("acme-x-authors", "EXECUTE", model="a.b.c")), PASSED),
    ("R59", "sql_endpoint", {"auto_stop_mins": 31, "warehouse_type": "PRO"}, FAILED),
    (
        "R59",
        "sql_endpoint",
        {"auto_stop_mins": "30", "warehouse_type": "PRO", "tags": {"custom_tags": [{"key": "a", "value": "b"}]}},
        PASSED,
    ),
    ("R60", "notification_destination", {"config": {"pagerduty": {"integration_key": "${x}"}}}, UNKNOWN),
    ("R60", "notification_destination", {"config": {"pagerduty": "${x}"}}, UNKNOWN),
    ("R60", "notification_destination", {"config": "${x}"}, UNKNOWN),
    ("R62", "grants", _grants("acme-x-auditors", "SELECT", schema="system.access"), PASSED),
    ("R62", "grants", _grants("acme-x-authors", "SELECT", table="`System`.access.audit"), FAILED),
    ("R62", "grants", _grants("acme-x-authors", "SELECT", catalog="system"), FAILED),
    ("R62", "grants", _grants("acme-x-authors", "USE_CATALOG", catalog="system"), PASSED),
    ("R62", "grants", _grants("acme-x-authors", "SELECT", schema="system.billing"), PASSED),
    ("R62", "grants", _grants("acme-x-authors", "SELECT", schema="${x}"), UNKNOWN),
    ("R62", "grants", _grants("acme-x-authors", "SELECT", catalog=CATALOG), PASSED),
    ("R62", "grants", _grants("audit-authors", "SELECT", schema="system.access"), FAILED),
    ("R63", "artifact_allowlist", _jar("/"), FAILED),
    ("R63", "artifact_allowlist", _jar("/Volumes/claims"), FAILED),
    ("R63", "artifact_allowlist", _jar("/Volumes/claims/a/../../"), FAILED),
    ("R63", "artifact_allowlist", _jar("s3://bucket/"), FAILED),
    ("R63", "artifact_allowlist", _jar("s3://bucket/jars/"), PASSED),
    ("R63", "artifact_allowlist", _jar("${x}"), UNKNOWN),
    ("R63", "artifact_allowlist", _jar("org", "LIBRARY_MAVEN"), FAILED),
    ("R63", "artifact_allowlist", _jar("org.example:", "LIBRARY_MAVEN"), PASSED),
    ("R63", "artifact_allowlist", _jar("org.example:", "${x}"), FAILED),
    ("R63", "artifact_allowlist", {"artifact_type": "INIT_SCRIPT"}, FAILED),
    ("R65", "recipient", {"authentication_type": "DATABRICKS"}, PASSED),
    ("R65", "recipient", _token(), PASSED),
    ("R65", "recipient", _token(expiration_time=0), FAILED),
    ("R65", "recipient", _token(expiration_time=None), FAILED),
    ("R65", "recipient", _token(ip_access_list=None), FAILED),
    ("R65", "recipient", _token(authentication_type="${x}"), UNKNOWN),
    ("R67", "metastore_data_access", {"is_default": True}, FAILED),
    ("R55", "secret_scope", {"name": "s"}, FAILED),
    ("R55", "secret_scope", _rotation({}), FAILED),
    ("R55", "secret_scope", _rotation({"k": {"owner": "g", "rotate_days": 1}}), PASSED),
    ("R55", "secret_scope", _rotation({"k": {"owner": "g", "rotate_days": 365}}), PASSED),
    ("R55", "secret_scope", _rotation({"k": {"owner": "g", "rotate_days": 366}}), FAILED),
    ("R55", "secret_scope", _rotation({"k": {"owner": "g", "rotate_days": 0}}), FAILED),
    ("R55", "secret_scope", _rotation({"k": {"owner": "", "rotate_days": 90}}), FAILED),
    ("R55", "secret_scope", _rotation({"k": {"rotate_days": 90}}), FAILED),
    ("R55", "secret_scope", _rotation({"k": {"owner": "g", "rotate_days": "often"}}), FAILED),
    ("R55", "secret_scope", _rotation({"k": {"owner": "g", "rotate_days": "${x}"}}), UNKNOWN),
    ("R55", "secret_scope", _rotation("${x}"), UNKNOWN),
    # One that nobody renews is not made good by one that somebody does.
    ("R55", "secret_scope", _rotation({"a": {"owner": "g", "rotate_days": 9}, "b": {"owner": "g"}}), FAILED),
    ("R67", "workspace_binding", {"catalog_name": "a"}, FAILED),
    ("R68", "permissions", _prod(access_control=[{"service_principal_name": SP}]), PASSED),
    ("R68", "permissions", _prod(access_control=[{"service_principal_name": "${x}"}]), FAILED),
    ("R68", "permissions", _prod(dynamic={"access_control": {"for_each": "${x}", "content": {}}}), FAILED),
    ("R68", "catalog", _at("dev-landing-zone", owner="${x}"), PASSED),
    ("R68", "catalog", _prod(owner="${x}"), FAILED),
    ("R68", "catalog", {"owner": "${x}"}, PASSED),
    ("R68", "workspace_binding", _prod(workspace_id="${var.x}"), FAILED),
]


@pytest.fixture(scope="module")
def verdicts(judge: Callable[..., list[RawResult]]) -> list[RawResult]:
    """All cases, in one run."""
    return judge(CASES)


@pytest.mark.parametrize("index", range(len(CASES)), ids=[f"{c[0]}-{c[1]}-{i}" for i, c in enumerate(CASES)])
def test_case(verdicts: list[RawResult], index: int) -> None:
    assert verdicts[index].status is CASES[index][3], (CASES[index], verdicts[index].messages)


def _as_stack(name: str, path: str | None) -> Status:
    """What R48 says of authors who may write, in the stack `name` with a construct path of another."""
    conf = _grants("acme-x-authors", "MODIFY") if path is None else _at(path, **_grants("acme-x-authors", "MODIFY"))
    text = json.dumps({"resource": {"databricks_grants": {"x": conf}}}).encode()
    (stack,) = Checkov().scan({name: text}, POLICIES).stacks
    return next(result.status for result in stack.results if result.rule == "R48")


@pytest.mark.parametrize("path", [None, "dev-landing-zone", "account", "prod-landing-zone"])
def test_no_path_talks_its_way_out_of_production(path: str | None) -> None:
    assert _as_stack("prod-landing-zone", path) is FAILED


def test_below_production_both_must_say_so() -> None:
    assert _as_stack("dev-landing-zone", "dev-landing-zone") is PASSED
    assert _as_stack("dev-landing-zone", "prod-landing-zone") is FAILED


def test_no_message_repeats_a_webhook() -> None:
    conf = {"config": {"slack": {"url": "https://hooks.example.com/hunter2"}}}
    text = json.dumps({"resource": {"databricks_notification_destination": {"x": conf}}}).encode()
    (stack,) = Checkov().scan({"s": text}, POLICIES).stacks
    assert [result.status for result in stack.results] == [FAILED]
    assert "hunter2" not in str(stack)
