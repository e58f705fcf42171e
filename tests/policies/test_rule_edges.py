"""What each rule must not be fooled by."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shipway.outside.checkov import Checkov
from shipway.scan.scanner import RawResult, Status

POLICIES = Path(__file__).parents[2] / "policies"
FAILED, PASSED, UNKNOWN = Status.FAILED, Status.PASSED, Status.UNKNOWN
_ORGANISATION = "7f1078d6-b20d-4a20-9d88-05a2f0d645a3"


def _grants(principal: Any, privileges: Any, **securable: str) -> dict[str, Any]:
    return {**(securable or {"schema": "a.b"}), "grant": [{"principal": principal, "privileges": privileges}]}


def _policy(**elements: Any) -> dict[str, Any]:
    safe = {
        "cluster_type": {"type": "fixed", "value": "job"},
        "data_security_mode": {"type": "fixed", "value": "SINGLE_USER"},
        "spark_version": {"type": "fixed", "value": "16.4.x-scala2.12"},
        "enable_local_disk_encryption": {"type": "fixed", "value": True},
        "custom_tags.environment": {"type": "fixed", "value": "prod"},
    }
    return {"definition": json.dumps({**safe, **elements})}


def _oidc(**changes: Any) -> dict[str, Any]:
    issuer, subject = "https://token.actions.githubusercontent.com", "repo:acme/platform:environment:prod"
    return {"oidc_policy": {"issuer": issuer, "subject": subject, **changes}}


SP = "${databricks_service_principal.run.application_id}"
CASES: list[tuple[str, str, dict[str, Any], Status]] = [
    ("R06", "catalog", {"force_destroy": "true"}, FAILED),
    ("R06", "catalog", {"force_destroy": "1"}, FAILED),
    ("R06", "catalog", {"force_destroy": None}, PASSED),
    ("R06", "metastore", {"force_destroy": "yes"}, FAILED),
    ("R06", "schema", {"count": 0, "force_destroy": True}, FAILED),
    ("R17", "entitlements", {"group_id": "1", "allow_instance_pool_create": True}, FAILED),
    ("R21", "service_principal_federation_policy", {}, FAILED),
    ("R21", "service_principal_federation_policy", _oidc(subject="repo:acme/platform:environment:*"), FAILED),
    ("R21", "service_principal_federation_policy", _oidc(subject="repo:acme/platform:ref:refs/heads/main"), FAILED),
    ("R21", "service_principal_federation_policy", _oidc(subject="x repo:acme/p:environment:prod"), FAILED),
    ("R21", "service_principal_federation_policy", _oidc(subject="repo:acme/p:environment:prod\n"), FAILED),
    ("R21", "service_principal_federation_policy", _oidc(issuer="https://token.actions.example.com"), FAILED),
    ("R21", "service_principal_federation_policy", _oidc(subject_claim="job_workflow_ref"), FAILED),
    ("R21", "service_principal_federation_policy", _oidc(subject_claim="sub"), PASSED),
    *(
        ("R21", "service_principal_federation_policy", _oidc(issuer=issuer, subject=subject), wanted)
        for issuer, subject, wanted in (
            ("https://gitlab.com", "project_path:acme/ai/platform:ref_type:branch:ref:production", PASSED),
            ("https://gitlab.com", "project_path:acme/ai/platform:ref_type:branch:ref:release/prod", PASSED),
            ("https://gitlab.com", "project_path:acme/ai/platform:ref_type:tag:ref:v1", FAILED),
            ("https://gitlab.com", "project_path:acme/*:ref_type:branch:ref:main", FAILED),
            # One service's subject under another's signature is nobody's.
            ("https://gitlab.com", "repo:acme/platform:environment:prod", FAILED),
            ("https://gitlab.com.example.com", "project_path:acme/p:ref_type:branch:ref:main", FAILED),
            (f"https://vstoken.dev.azure.com/{_ORGANISATION}", "p://acme/ai platform/deploy-prod", PASSED),
            (f"https://vstoken.dev.azure.com/{_ORGANISATION}", "p://acme/ai platform", FAILED),
            ("https://vstoken.dev.azure.com/acme", "p://acme/platform/deploy-prod", FAILED),
            ("${var.issuer}", "repo:acme/platform:environment:prod", UNKNOWN),
        )
    ),
    ("R28", "workspace_conf", {}, FAILED),
    ("R28", "workspace_conf", {"custom_config": {"maxTokenLifetimeDays": "0"}}, FAILED),
    ("R28", "workspace_conf", {"custom_config": {"maxTokenLifetimeDays": "9" * 5000}}, FAILED),
    ("R28", "workspace_conf", {"custom_config": {"maxTokenLifetimeDays": 90}}, PASSED),
    ("R28", "workspace_conf", {"custom_config": {"enableTokensConfig": False}}, PASSED),
    ("R28", "workspace_conf", {"custom_config": {}}, FAILED),
    ("R29", "workspace_conf", {"custom_config": {"enableVerboseAuditLogs": True}}, PASSED),
    ("R29", "workspace_conf", {"custom_config": {}}, FAILED),
    ("R36", "external_location", {"name": "x"}, FAILED),
    ("R36", "external_location", {"isolation_mode": "isolation_mode_isolated"}, FAILED),
    ("R39", "catalog", {"isolation_mode": "ISOLATED", "share_name": "s"}, PASSED),
    ("R39", "catalog", {"isolation_mode": "BANANA", "storage_root": "s3://x"}, FAILED),
    ("R39", "catalog", {"isolation_mode": "ISOLATED", "storage_root": " "}, FAILED),
    ("R39", "catalog", {"isolation_mode": "ISOLATED", "storage_root": "${x}"}, UNKNOWN),
    ("R44", "grants", _grants("acme-x", ["SELECT", "all privileges"]), FAILED),
    ("R44", "grant", {"schema": "a.b", "principal": "acme-x", "privileges": ["ALL_PRIVILEGES"]}, FAILED),
    ("R44", "grants", _grants("acme-x", "${var.all}"), UNKNOWN),
    ("R44", "grants", _grants("acme-x", ["${x}", "ALL_PRIVILEGES"]), FAILED),
    ("R44", "grants", {"schema": "a.b", "dynamic": {"grant": {"for_each": "${x}", "content": {}}}}, UNKNOWN),
    ("R44", "grants", {"schema": "a.b", "grant": "${var.grants}"}, UNKNOWN),
    ("R44", "grants", {"schema": "a.b"}, UNKNOWN),
    ("R45", "grants", _grants("acme-claims-triage-deployers-prod", ["MANAGE"]), PASSED),
    ("R45", "grants", _grants("acme-claims-deployers-of-nothing-x", ["MANAGE"]), FAILED),
    ("R45", "grants", _grants("deployers", ["MANAGE"]), FAILED),
    ("R45", "grants", _grants("acme-platform-tools-authors", ["MANAGE"]), FAILED),
    ("R45", "grants", _grants("acme-x-deployers-authors", ["MANAGE"]), FAILED),
    ("R45", "grants", _grants("${var.who}", ["manage"]), UNKNOWN),
    ("R45", "grants", _grants("acme-platform-admins", ["${var.what}"]), PASSED),
    ("R46", "grants", _grants("Account  Users", ["SELECT"]), FAILED),
    ("R46", "grants", _grants("users", ["BROWSE"]), PASSED),
    ("R46", "grants", _grants(SP, ["SELECT"]), PASSED),
    ("R46", "grants", _grants("${databricks_user.jane.user_name}", ["SELECT"]), UNKNOWN),
    ("R46", "grants", _grants("", ["SELECT"]), FAILED),
    ("R49", "grants", _grants("acme-x", ["READ_FILES"]), FAILED),
    ("R49", "grants", _grants("acme-x", ["READ_FILES"], external_location="x"), PASSED),
    ("R49", "grants", _grants("acme-x", ["use_schema"]), FAILED),
    ("R49", "grants", _grants("acme-x", ["SELECT"], recipient="x"), UNKNOWN),
    ("R49", "grants", _grants("acme-x", ["SELECT"], schema="a.b", catalog="a"), FAILED),
    ("R49", "grants", {"grant": [{"principal": "acme-x", "privileges": ["SELECT"]}]}, FAILED),
    ("R53", "secret", {"string_value": "${data.x.y}"}, UNKNOWN),
    ("R53", "job", {"task": [{"new_cluster": [{"spark_conf": {"fs.azure.account.key": "c2VjcmV0"}}]}]}, FAILED),
    ("R53", "job", {"task": [{"notebook_task": {"base_parameters": {"token": "${x}"}}}]}, UNKNOWN),
    ("R53", "job", {"task": [{"notebook_task": {"base_parameters": {"token_count": "3"}}}]}, PASSED),
    ("R53", "job", {"task": [{"x": {"note": "-----BEGIN RSA PRIVATE KEY-----"}}]}, FAILED),
    ("R53", "job", {"parameter": [{"name": "api_key", "default": "c2VjcmV0"}]}, FAILED),
    ("R53", "job", {"parameter": [{"name": "api_key", "default": "{{secrets/scope/key}}"}]}, PASSED),
    ("R53", "job", {"parameter": [{"name": "secret_scope", "default": "claims"}]}, PASSED),
    ("R53", "job", {"dynamic": {"task": {"content": {"new_cluster": {"spark_conf": {"token": "x"}}}}}}, FAILED),
    ("R54", "secret_acl", {"principal": "acme-x", "permission": "MANAGE"}, FAILED),
    ("R54", "secret_acl", {"principal": "acme-platform-admins", "permission": "MANAGE"}, PASSED),
    ("R54", "secret_acl", {"principal": SP, "permission": "READ"}, PASSED),
    ("R54", "secret_acl", {"principal": "acme-x", "permission": "EVERYTHING"}, FAILED),
    ("R56", "cluster_policy", {"definition": "not json"}, FAILED),
    ("R56", "cluster_policy", {"definition": "[" * 100_000}, FAILED),
    ("R56", "cluster_policy", {"definition": "[]"}, FAILED),
    ("R56", "cluster_policy", {"definition": '{"spark_version": "x"}'}, FAILED),
    ("R56", "cluster_policy", {"definition": "${x}"}, UNKNOWN),
    ("R56", "cluster_policy", {"policy_family_id": "job-cluster"}, UNKNOWN),
    ("R56", "cluster_policy", {}, FAILED),
    ("R56", "cluster_policy", _policy(), PASSED),
    ("R56", "cluster_policy", _policy(data_security_mode={"type": "fixed", "value": "NONE"}), FAILED),
    ("R56", "cluster_policy", _policy(spark_version={"type": "regex", "pattern": ".*"}), FAILED),
    ("R56", "cluster_policy", _policy(spark_version={"type": "regex", "pattern": "("}), FAILED),
    ("R56", "cluster_policy", _policy(spark_version={"type": "allowlist", "values": []}), FAILED),
    ("R56", "cluster_policy", _policy(spark_version={"type": "fixed", "value": "auto:latest-lts"}), PASSED),
    ("R56", "cluster_policy", _policy(cluster_type={}), FAILED),
    ("R56", "cluster_policy", _policy(cluster_type={}, autotermination_minutes={"type": "fixed", "value": 0}), FAILED),
    ("R56", "cluster_policy", _policy(cluster_type={}, autotermination_minutes={"type": "fixed", "value": 30}), PASSED),
    (
        "R56",
        "cluster_policy",
        _policy(cluster_type={}, autotermination_minutes={"type": "range", "maxValue": 30}),
        FAILED,
    ),
    ("R57", "permissions", {"access_control": [{"group_name": "Users", "permission_level": "CAN_RUN"}]}, FAILED),
    ("R57", "permissions", {"access_control": [{"group_name": "${x}", "permission_level": "CAN_MANAGE"}]}, UNKNOWN),
    ("R57", "permissions", {"access_control": [{"group_name": "a", "permission_level": "CAN_VIEW"}] * 2}, FAILED),
    ("R57", "permissions", {"access_control": []}, UNKNOWN),
    ("R58", "job", {"run_as": {"service_principal_name": SP}}, PASSED),
    ("R58", "job", {"run_as": {"service_principal_name": "${var.x}"}}, UNKNOWN),
    ("R58", "job", {"run_as": {"user_name": "jane@example.com"}}, FAILED),
    ("R58", "job", {"run_as": {"service_principal_name": SP}, "task": "${var.tasks}"}, UNKNOWN),
    ("R58", "job", {"run_as": "${var.run_as}"}, UNKNOWN),
    (
        "R58",
        "job",
        {
            "run_as": {"service_principal_name": SP},
            "task": [{"for_each_task": {"task": {"spark_submit_task": {"parameters": []}}}}],
        },
        FAILED,
    ),
]


@pytest.fixture(scope="module")
def verdicts() -> dict[int, list[RawResult]]:
    """Every case is a stack of its own, in one run."""
    stacks = {
        str(index): json.dumps({"resource": {f"databricks_{kind}": {"x": conf}}}).encode()
        for index, (_, kind, conf, _) in enumerate(CASES)
    }
    scan = Checkov().scan(stacks, POLICIES)
    return {int(stack.name): [r for r in stack.results if r.rule == CASES[int(stack.name)][0]] for stack in scan.stacks}


@pytest.mark.parametrize("index", range(len(CASES)), ids=[f"{c[0]}-{c[1]}-{i}" for i, c in enumerate(CASES)])
def test_case(verdicts: dict[int, list[RawResult]], index: int) -> None:
    (result,) = verdicts[index]
    assert result.status is CASES[index][3], (CASES[index], result.messages)
    # Whoever reads the finding must be told what is wrong.
    assert bool(result.messages) is (result.status is not PASSED)


@pytest.mark.parametrize("attribute", ["token", "client_secret", "password", "google_credentials"])
@pytest.mark.parametrize("value", ["x", "${var.token}"])
def test_no_provider_credential_even_as_reference(attribute: str, value: str) -> None:
    stack = {"provider": {"databricks": [{"host": "h"}, {"alias": "b", attribute: value}], "other": {attribute: value}}}
    (scanned,) = Checkov().scan({"s": json.dumps(stack).encode()}, POLICIES).stacks
    assert [result.status for result in scanned.results] == [FAILED, PASSED, FAILED]


def test_no_message_repeats_a_secret() -> None:
    stack = {
        "resource": {
            "databricks_secret": {"a": {"string_value": "hunter2"}},
            "databricks_job": {"a": {"task": [{"new_cluster": {"spark_env_vars": {"DB_PASSWORD": "hunter2"}}}]}},
        },
        "provider": {"databricks": [{"token": "hunter2"}]},
    }
    (scanned,) = Checkov().scan({"s": json.dumps(stack).encode()}, POLICIES).stacks
    assert sum(result.rule in ("R53", "R66") and result.status is FAILED for result in scanned.results) == 3
    assert "hunter2" not in str(scanned)
