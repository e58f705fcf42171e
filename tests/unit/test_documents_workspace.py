"""Mistakes in what an environment says of its workspace: each is found, at its line, with what to do."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from shipway.errors import DocumentErrors, Problem
from shipway.models.deployment import LandingZoneStack
from shipway.models.hardening import PROFILES, Hardening, Settings
from shipway.models.load import load
from shipway.models.resolve import resolve

ROOT = Path(__file__).parents[2]
PROD, ACCOUNT, BUNDLE = "environments/prod.yaml", "environments/account.yaml", "bundles/claims-triage/bundle.yaml"
AZURE: dict[str, dict[str, Any]] = {
    ACCOUNT: {
        "cloud": "azure",
        "audit_log": None,
        "state": {
            "backend": "azurerm",
            "resource_group": "rg",
            "storage_account": "shipwaystate",
            "container": "state",
        },
    }
}

Changes = Mapping[str, Mapping[str, Any]]
"""For each file the keys that are put in place of its own."""


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    for name in ("environments", "bundles", "releases"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def change(root: Path, changes: Changes) -> None:
    for file, keys in changes.items():
        content = yaml.safe_load((root / file).read_text())
        (root / file).write_text(yaml.safe_dump({**content, **keys}, sort_keys=False))


def problems(root: Path, changes: Changes) -> list[Problem]:
    change(root, changes)
    with pytest.raises(DocumentErrors) as caught:
        resolve(load(root))
    return list(caught.value.problems)


def landing_zone(root: Path, changes: Changes, environment: str = "prod") -> LandingZoneStack:
    change(root, changes)
    # A replica would have to follow each change.
    (root / "environments" / "test.yaml").unlink()
    shutil.rmtree(root / "releases" / "test")
    prod = yaml.safe_load((root / PROD).read_text())
    change(root, {PROD: {"catalogs": {name: {**c, "shared_with": {}} for name, c in prod["catalogs"].items()}}})
    stacks = resolve(load(root)).stacks
    return next(s for s in stacks if isinstance(s, LandingZoneStack) and s.environment == environment)


def line_of(root: Path, file: str, text: str) -> int:
    lines = (root / file).read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def hardening(**keys: Any) -> Changes:
    return {PROD: {"hardening": keys}}


def perimeter(*addresses: str, block: str = "192.0.2.0/30") -> Changes:
    lists = {"deploys_from": ["198.51.100.7"], "allow": {"offices": list(addresses)}, "block": {"old": [block]}}
    return {PROD: {"ip_perimeter": lists}}


JOB = {"description": "Jobs", "family": "job"}


def policy(definition: Mapping[str, Any], **keys: Any) -> Changes:
    return {PROD: {"cluster_policies": {"batch": {**JOB, "definition": dict(definition), **keys}}}}


def fixed(value: Any) -> dict[str, Any]:
    return {"type": "fixed", "value": value}


def watcher(**keys: Any) -> Changes:
    whole = {
        "schedule": {"cron": "0 5/15 * * * ?", "timezone": "Europe/Zurich"},
        "notify": ["claims-on-call@halyard.example"],
        **keys,
    }
    return {PROD: {"watcher": {name: value for name, value in whole.items() if value is not None}}}


def warehouse(**keys: Any) -> Changes:
    return {PROD: {"sql_warehouses": {"analysis": {"size": "Small", "cost_center": "CC-1", **keys}}}}


def notified(**keys: Any) -> Changes:
    return {PROD: {"notification_destinations": {"on-call": keys}}}


def allowed(**keys: Any) -> Changes:
    return {"environments/dev.yaml": {"library_allowlist": keys}}


# What is written, the code, the text whose line is named, and what the message says.
CASES: dict[str, tuple[Changes, str, str, str]] = {
    "a profile that is none": (hardening(profile="hihg"), "not-in-list", "hihg", "did you mean 'high'?"),
    "a default catalog that is none": (
        hardening(default_catalog="clams"),
        "unknown-catalog",
        "default_catalog",
        "did you mean 'claims'?",
    ),
    "Hive as the default": (
        hardening(default_catalog="hive_metastore"),
        "unknown-catalog",
        "default_catalog",
        "has no catalog 'hive_metastore'",
    ),
    "a profile without a default catalog": (
        hardening(profile="high"),
        "profile-incomplete",
        "profile: high",
        "wants default_catalog",
    ),
    "a regulated workspace without its standards": (
        hardening(profile="regulated", default_catalog="claims"),
        "profile-incomplete",
        "profile: regulated",
        "wants compliance_security_profile",
    ),
    "a compliance profile that nobody acknowledged": (
        hardening(compliance_security_profile={"standards": ["HIPAA"]}),
        "missing-key",
        "compliance_security_profile",
        "irreversible: this key is missing",
    ),
    "an acknowledgement that is none": (
        hardening(compliance_security_profile={"standards": ["HIPAA"], "irreversible": False}),
        "not-in-list",
        "irreversible",
        "got False",
    ),
    "a standard that is none": (
        hardening(compliance_security_profile={"standards": ["HIPPA"], "irreversible": True}),
        "not-in-list",
        "HIPPA",
        "did you mean 'HIPAA'?",
    ),
    "an endless token": (hardening(max_token_lifetime_days=0), "bad-value", "max_token", "greater than or equal to 1"),
    "a misspelled switch": (
        hardening(workspace_conf={"enableWebTerminl": False}),
        "not-in-list",
        "enableWebTerminl",
        "did you mean 'enableWebTerminal'?",
    ),
    "a switch that a field decides": (
        hardening(workspace_conf={"enableVerboseAuditLogs": False}),
        "not-in-list",
        "enableVerboseAuditLogs",
        "wanted one of the list",
    ),
    "a switch that is neither on nor off": (
        hardening(workspace_conf={"enableWebTerminal": "maybe"}),
        "bad-value",
        "enableWebTerminal",
        "a valid boolean",
    ),
    "domains nobody asked for": (
        hardening(embedding_domains=["portal.example.com"]),
        "bad-value",
        "hardening:",
        "exactly where dashboard_embedding is ALLOW_APPROVED_DOMAINS",
    ),
    "any site at all": (hardening(dashboard_embedding="ALLOW_ALL_DOMAINS"), "not-in-list", "ALLOW_ALL", "did you mean"),
    "a hostile domain": (
        hardening(dashboard_embedding="ALLOW_APPROVED_DOMAINS", embedding_domains=["a.com/../`x`\n"]),
        "bad-value",
        "`x`",
        "wanted text like",
    ),
    "a window for nothing": (
        hardening(maintenance_window={"day": "SUNDAY", "hour": 2}),
        "bad-value",
        "hardening:",
        "only where automatic_cluster_update is true",
    ),
    "monitoring on Azure": (
        {**AZURE, **hardening(enhanced_security_monitoring=True)},
        "not-on-this-cloud",
        "enhanced_security_monitoring",
        "set on the workspace itself",
    ),
    "the whole internet": (perimeter("0.0.0.0/0"), "bad-value", "0.0.0.0/0", "no wider than /8"),
    "half the internet": (perimeter("128.0.0.0/1"), "bad-value", "128.0.0.0/1", "no wider than /8"),
    "a private range": (perimeter("10.20.0.0/16"), "bad-value", "10.20.0.0/16", "a private one is never"),
    "a range around a private one": (perimeter("172.0.0.0/8"), "bad-value", "172.0.0.0/8", "a private one is never"),
    "host bits": (perimeter("203.0.113.7/24"), "bad-value", "203.0.113.7/24", "without host bits"),
    "IPv6": (perimeter("2001:db8::/32"), "bad-value", "2001:db8::/32", "know no IPv6"),
    "a number for an address": (
        {PROD: {"ip_perimeter": {"deploys_from": [167772160]}}},
        "bad-value",
        "167",
        "string",
    ),
    "no runners": ({PROD: {"ip_perimeter": {"deploys_from": []}}}, "bad-value", "deploys_from", "at least 1 item"),
    "an empty allow list": (perimeter(), "bad-value", "offices", "at least 1 item"),
    "a block list that shuts out who deploys": (
        perimeter("203.0.113.0/24", block="198.51.100.0/24"),
        "locked-out",
        "198.51.100.0/24",
        "holds an address of deploys_from",
    ),
    "more addresses than the API takes": (
        perimeter(*(f"203.0.{i // 256}.{i % 256}" for i in range(1000))),
        "bad-value",
        "ip_perimeter:",
        "at most 1000 addresses over all lists of a workspace, not 1002",
    ),
    "a family that is none": (policy({}, family="jbo"), "unknown-family", "family: jbo", "did you mean 'job'?"),
    "a policy that says nothing": (
        {PROD: {"cluster_policies": {"batch": {"description": "Jobs"}}}},
        "bad-value",
        "batch:",
        "a family, a definition, or both",
    ),
    "an access mode without Unity Catalog": (
        policy({"data_security_mode": fixed("NONE")}),
        "unsafe-policy",
        "data_security_mode",
        "wanted it fixed to SINGLE_USER or USER_ISOLATION",
    ),
    "an access mode that its users choose": (
        policy({"data_security_mode": {"type": "unlimited"}}),
        "unsafe-policy",
        "data_security_mode",
        "is left open",
    ),
    "a runtime below the floor": (
        policy({"spark_version": {"type": "allowlist", "values": ["16.4.x-scala2.12", "15.4.x-scala2.12"]}}),
        "unsafe-policy",
        "spark_version",
        "wanted it limited to 16.4 and later",
    ),
    "a pattern without a floor": (
        policy({"spark_version": {"type": "regex", "pattern": ".*"}}),
        "unsafe-policy",
        "spark_version",
        "wanted it limited to 16.4 and later",
    ),
    "any number of workers": (
        policy({"num_workers": {"type": "range", "minValue": 1}}),
        "unsafe-policy",
        "num_workers",
        "a largest number",
    ),
    "clusters that never stop": (
        policy({"cluster_type": fixed("all-purpose"), "autotermination_minutes": fixed(0)}),
        "unsafe-policy",
        "autotermination_minutes",
        "wanted 1 to 60",
    ),
    "a range that begins with never": (
        policy({"cluster_type": fixed("all-purpose"), "autotermination_minutes": {"type": "range", "maxValue": 60}}),
        "unsafe-policy",
        "autotermination_minutes",
        "wanted 1 to 60",
    ),
    "disks in clear": (
        policy({"enable_local_disk_encryption": fixed(False)}),
        "unsafe-policy",
        "enable_local_disk_encryption",
        "wanted it fixed to true",
    ),
    "an init script that everybody can change": (
        policy({"init_scripts.0.dbfs.destination": fixed("dbfs:/init.sh")}),
        "unsafe-policy",
        "init_scripts.0",
        "one in a volume",
    ),
    "a policy without a family that leaves all open": (
        policy({"num_workers": fixed(1)}, family=None),
        "unsafe-policy",
        "batch:",
        "autotermination_minutes is left open",
    ),
    "a machine that the policy refuses": (
        policy({"node_type_id": {"type": "allowlist", "values": ["m6gd.2xlarge"]}}),
        "outside-policy",
        "node_type: m6gd.xlarge",
        "node_type_id would be 'm6gd.xlarge', and cluster_policies.batch of environments/prod.yaml wants one of m6",
    ),
    "fewer workers than the policy wants": (
        policy({"num_workers": {"type": "range", "minValue": 2, "maxValue": 8}}),
        "outside-policy",
        "workers: 1",
        "wants 2 to 8",
    ),
    "a runtime that the policy refuses": (
        policy({"spark_version": fixed("17.3.x-scala2.13")}),
        "outside-policy",
        "spark_version",
        "wants 17.3.x-scala2.13",
    ),
    "a policy for clusters of another kind": (
        policy({"autotermination_minutes": fixed(30), "cluster_type": fixed("all-purpose")}),
        "outside-policy",
        "policy: batch",
        "cluster_type would be 'job'",
    ),
    "a cost center that the policy does not know": (
        policy({"custom_tags.cost_center": {"type": "allowlist", "values": ["CC-1", "CC-2"]}}),
        "outside-policy",
        "cost_center",
        "wants one of CC-1, CC-2",
    ),
    "a tag of another environment": (
        policy({"custom_tags.environment": fixed("dev")}),
        "outside-policy",
        "policy: batch",
        "wants dev",
    ),
    "a size that is none": (warehouse(size="2x-small"), "not-in-list", "2x-small", "did you mean '2X-Small'?"),
    "a watcher by Unix cron": (
        watcher(schedule={"cron": "*/15 * * * *", "timezone": "Europe/Zurich"}),
        "bad-value",
        "cron",
        "a Quartz expression",
    ),
    "a watcher that tells nobody": (watcher(notify=[]), "bad-value", "notify: []", "at least 1"),
    "a watcher that tells no mailbox": (watcher(notify=["on call"]), "bad-value", "- on call", "on call"),
    "a watcher without a schedule": (watcher(schedule=None), "missing-key", "watcher:", "schedule"),
    "a warehouse that never stops": (warehouse(auto_stop_minutes=0), "bad-value", "auto_stop", "greater than or equal"),
    "an owner of a warehouse": (
        warehouse(permissions=[{"principal": "halyard-internal-audit", "permission": "IS_OWNER"}]),
        "not-in-list",
        "IS_OWNER",
        "wanted one of the list",
    ),
    "two levels for one group": (
        warehouse(
            permissions=[{"principal": "halyard-internal-audit", "permission": p} for p in ("CAN_USE", "CAN_VIEW")]
        ),
        "bad-value",
        "analysis:",
        "each principal once",
    ),
    "a warehouse for a group nobody declared": (
        warehouse(permissions=[{"principal": "halyard-nobody", "permission": "CAN_USE"}]),
        "unknown-group",
        "halyard-nobody",
        "is no group",
    ),
    "a webhook in clear": (
        notified(slack="https://hooks.slack.example.com/services/T0/B0/s3cr3t"),
        "bad-value",
        "slack:",
        "got a value that is not shown, wanted the name of a Terraform variable",
    ),
    "two kinds at once": (
        notified(slack="on_call_url", email=["a@halyard.example.com"]),
        "bad-value",
        "on-call:",
        "exactly one of email, microsoft_teams, pagerduty, slack, webhook",
    ),
    "no kind": (notified(), "bad-value", "on-call", "exactly one of"),
    "an address that is none": (notified(email=["a@b`c`.com"]), "bad-value", "a@b", "wanted text like"),
    "every catalog": (allowed(jars=["/Volumes/"]), "bad-value", "/Volumes/", "a folder of a volume"),
    "a prefix of other catalogs too": (
        allowed(jars=["/Volumes/claims_prod/triage/jars"]),
        "bad-value",
        "/Volumes/claims_prod",
        "with that last slash",
    ),
    "a way out of the volume": (
        allowed(init_scripts=["/Volumes/claims_prod/triage/x/../../y/"]),
        "bad-value",
        "/Volumes/claims_prod",
        "a folder of a volume",
    ),
    "a bucket": (allowed(jars=["s3://halyard-jars/"]), "bad-value", "s3://halyard-jars", "wanted"),
    "a catalog of no environment": (
        allowed(jars=["/Volumes/claims_prd/triage/jars/"]),
        "unknown-catalog",
        "claims_prd",
        "did you mean 'claims_prod'?",
    ),
    "an allow list twice": (
        {PROD: {"library_allowlist": {"jars": ["/Volumes/claims_prod/triage/jars/"]}}},
        "allowlist-twice",
        "library_allowlist:",
        "environment 'dev' has it already",
    ),
    "consuming and more": (
        {PROD: {"access": {"authors": {"entitlements": ["workspace_consume", "workspace_access"]}}}},
        "bad-value",
        "authors:",
        "workspace_consume alone",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_mistake_is_named_with_its_place(documents: Path, name: str) -> None:
    changes, code, text, says = CASES[name]
    found = [problem for problem in problems(documents, changes) if problem.code == code]
    assert found, "\n".join(map(str, problems(documents, changes)))
    assert says in found[0].message
    file = found[0].at.file
    assert abs(found[0].at.line - line_of(documents, file, text)) <= 1, found[0]


def test_a_document_can_say_each_setting_of_a_profile() -> None:
    for name in Settings.model_fields:
        assert name in Hardening.model_fields, f"no document can override {name}"
    assert all(settings.legacy_access is False for settings in PROFILES.values())


def test_what_a_document_says_wins_over_its_profile(documents: Path) -> None:
    spec = landing_zone(documents, hardening(profile="high", default_catalog="claims", automatic_cluster_update=False))
    assert not spec.hardening.automatic_cluster_update
    assert spec.hardening.enhanced_security_monitoring
    # The profile's demand stays: R34 finds what is less.
    assert "databricks_automatic_cluster_update_workspace_setting" in spec.hardening.demanded


def test_on_azure_a_profile_leaves_out_what_is_set_elsewhere(documents: Path) -> None:
    for name in ("dev", "prod"):
        storage = f"abfss://managed@halyard{name}.dfs.core.windows.net/claims"
        catalog = {
            "comment": "Claims",
            "storage_root": storage,
            "schemas": {name: {"comment": name} for name in ("triage", "reserve")},
        }
        written = yaml.safe_load((documents / "environments" / f"{name}.yaml").read_text())
        workspace = {key: written["workspace"][key] for key in ("url", "id", "region")}
        keys = {"catalogs": {"claims": catalog}, "storage": {}, "workspace": workspace}
        change(documents, {f"environments/{name}.yaml": keys})
    change(documents, hardening(profile="high", default_catalog="claims"))
    spec = landing_zone(documents, AZURE).hardening
    assert not spec.automatic_cluster_update
    assert not spec.enhanced_security_monitoring
    assert spec.demanded == ()
    assert spec.restrict_workspace_admins


def test_the_switch_is_only_declared_with_a_perimeter(documents: Path) -> None:
    # "false" would switch off what somebody switched on by hand.
    assert "enableIpAccessLists" not in landing_zone(documents, {}, "dev").hardening.workspace_conf


def test_secrets_carry_who_renews_them(documents: Path) -> None:
    (scope,) = landing_zone(documents, {}).secret_scopes
    assert [(one.key, one.rotate_days) for one in scope.rotation] == [("claims-desk-token", 90)]


def test_a_policy_has_what_its_family_has_and_says_the_rest(documents: Path) -> None:
    changes = policy({"num_workers": {"type": "range", "minValue": 1, "maxValue": 3}}, roles=["operators"])
    (spec,) = landing_zone(documents, changes).cluster_policies
    definition = json.loads(spec.definition)
    assert definition["num_workers"] == {"type": "range", "minValue": 1, "maxValue": 3}
    assert definition["custom_tags.environment"] == fixed("prod")
    assert definition["data_security_mode"] == fixed("SINGLE_USER")
    assert "halyard-claims-triage-operators" in {user.group for user in spec.users}


def test_an_accounts_family_stands_in_place_of_ours(documents: Path) -> None:
    families = yaml.safe_load((documents / ACCOUNT).read_text())["cluster_policy_families"]
    own = {**families, "job": json.loads(json.dumps(families["workbench"]))}
    changes = {ACCOUNT: {"cluster_policy_families": own}, **policy({})}
    found = problems(documents, changes)
    # The workbench's cluster is no job's, so the bundle does not fit it.
    assert {problem.code for problem in found} >= {"outside-policy"}


def test_a_role_has_one_level_on_a_warehouse_and_nobody_owns_it(documents: Path) -> None:
    (spec,) = landing_zone(documents, {}).sql_warehouses
    groups = [user.group for user in spec.users]
    assert len(groups) == len(set(groups))
    assert {user.level for user in spec.users} <= {"CAN_USE", "CAN_MONITOR"}


def test_no_message_repeats_a_secret_in_the_wrong_place(documents: Path) -> None:
    found = problems(documents, notified(pagerduty="R0tat3-me-n0w"))
    assert "R0tat3" not in "".join(str(problem) for problem in found)
