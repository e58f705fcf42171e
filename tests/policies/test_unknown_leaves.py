"""One value of a best practice at a time becomes unknown: unless the rule does not care for it, it no longer passes."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from shipway.scan.rules import RuleDocument, read_rules
from shipway.scan.scanner import RawResult, Status

POLICIES = Path(__file__).parents[2] / "policies"

# What a workspace has; its rules look at one or two of these each.
_WORKSPACE = {
    "account_id",
    "aws_region",
    "managed_services_customer_managed_key_id",
    "network_id",
    "pricing_tier",
    "private_access_settings_id",
    "storage_customer_managed_key_id",
    "workspace_name",
}
_FEDERATION = {"oidc_policy.issuer", "oidc_policy.subject", "service_principal_id"}
_PATH = "//.metadata.path"
_SETTINGS = (
    "enableDbfsFileBrowser",
    "enableDeprecatedClusterNamedInitScripts",
    "enableDeprecatedGlobalInitScripts",
    "enableExportNotebook",
    "enableFileStoreEndpoint",
    "enableNotebookTableClipboard",
    "enableResultsDownloading",
    "enableTokensConfig",
    "enableVerboseAuditLogs",
    "storeInteractiveNotebookResultsInCustomerAccount",
)
_TABLE = ("", *(f".0.{name}" for name in ("catalog_name", "enabled", "schema_name", "table_name_prefix")))
_ENTITY = ("", *(f".0.{name}" for name in ("entity_name", "entity_version", "name")))
# What a rule may leave unknown, since whatever it becomes breaks nothing. A new rule says so here or is red.
HARMLESS = {
    # That it is there is enough; what it says is R01's business.
    "R01B": {"disable_legacy_features", "disable_legacy_features.value", "metastore_id", "workspace_id"},
    "R02": {"account_id", "config_name", "credentials_id", "storage_configuration_id"},
    # Where audit logs go is known, so the region does not matter.
    "R02B": {
        "account_id",
        "config_name",
        "credentials_id",
        "name",
        "output_format",
        "owner",
        "region",
        "storage_configuration_id",
    },
    "R03": {"name"},
    "R04": {"name", "owner"},
    # Any scope will do where the lifetime is short.
    "R05": {"delta_sharing_scope", "name", "owner"},
    "R06": {"name", "isolation_mode", "storage_root"},
    "R07": _WORKSPACE,
    "R08": _WORKSPACE - {"managed_services_customer_managed_key_id", "storage_customer_managed_key_id"},
    "R09": _WORKSPACE - {"network_id"},
    "R10": _WORKSPACE - {"private_access_settings_id"} | {"private_access_settings_name", "region"},
    "R11": _WORKSPACE - {"pricing_tier"},
    "R12": {"account_id", "network_policy_id"},
    # What a policy says is R12's business; this one's is whether it is attached.
    "R12B": {
        "egress",
        "egress.network_access",
        "egress.network_access.policy_enforcement",
        "egress.network_access.policy_enforcement.enforcement_mode",
        "egress.network_access.restriction_mode",
        *_WORKSPACE,
    },
    "R13": {"workspace_id"},
    # What it waits for says enough.
    "R14": {"metastore_id", "permissions", "permissions.0", "principal_id", "workspace_id"},
    "R15": {
        "egress.network_access.allowed_internet_destinations.0.internet_destination_type",
        "egress.network_access.restriction_mode",
    },
    "R16": {"display_name", "external_id"},
    "R17": {"display_name"},
    "R18": {"service_principal_id"},
    # A service principal is known by its address; a group's name is not harmless.
    "R19": {"display_name"},
    "R20": _FEDERATION | {"oidc_policy", "oidc_policy.audiences", "oidc_policy.audiences.0"},
    "R21": {"service_principal_id", "oidc_policy.audiences", "oidc_policy.audiences.0"},
    "R22": _FEDERATION,
    # A principal that nobody knows is taken for one that deploys.
    "R23": {"display_name", "grant_rules.0.role"},
    "R24": {
        "alert_configurations.0.action_configurations.0.action_type",
        "alert_configurations.0.quantity_type",
        "alert_configurations.0.time_period",
        "alert_configurations.0.trigger_type",
        "display_name",
    },
    # Whom it tells is R24's business; IN is the only operator.
    "R24B": {
        "alert_configurations",
        "alert_configurations.0.action_configurations",
        "alert_configurations.0.action_configurations.0.action_type",
        "alert_configurations.0.action_configurations.0.target",
        "alert_configurations.0.quantity_threshold",
        "display_name",
        "filter.tags.0.value.operator",
        "filter.tags.1.value.operator",
        "name",
        "run_as",
        "run_as.service_principal_name",
    },
    "R25": {"policy_name"},
    "R26": {"description", "tag_key"},
    # Another value than the one in use.
    "R26B": {"entity_name", "entity_type", "values.0.name"},
    # It counts them, whatever they hold.
    "R27": {"custom_config", *(f"custom_config.{name}" for name in _SETTINGS)},
    # Either of the two suffices: off, or a short life.
    "R28": {
        "custom_config.enableTokensConfig",
        "custom_config.maxTokenLifetimeDays",
        "custom_config.enableVerboseAuditLogs",
    },
    "R29": {"custom_config.enableTokensConfig"},
    # A path that nobody knows is judged as production.
    "R30": {_PATH, "custom_config.enableTokensConfig", "custom_config.enableVerboseAuditLogs"},
    "R31": {"custom_config.enableTokensConfig", "custom_config.enableVerboseAuditLogs"},
    "R34": {"custom_config", *(f"custom_config.{name}" for name in _SETTINGS)},
    "R35": {"label"},
    # Which addresses is R35's business.
    "R35B": {"ip_addresses", "ip_addresses.0", "label", *(f"custom_config.{name}" for name in _SETTINGS)},
    "R36": {"name"},
    "R37": {"aws_iam_role", "aws_iam_role.role_arn", "isolation_mode", "name"},
    "R38": {"credential_name", "isolation_mode", "name", "url"},
    "R39": {"name"},
    # A path that nobody knows is judged as production.
    "R41": {_PATH, "catalog_name", "name"},
    "R39B": {"credential_name", "isolation_mode", "name"},
    "R42": {_PATH, "securable_name", "workspace_id"},
    # The path and the name are a schema's here, which has its catalog's name by reference.
    "R43": {_PATH, "isolation_mode", "name", "storage_root"},
    "R44": {"schema", "grant.0.principal"},
    # A group that administers may hold anything; one that does not hold MANAGE may be anyone.
    "R45": {
        "schema",
        "grant.0.privileges",
        "grant.0.privileges.0",
        "grant.1.privileges",
        "grant.1.privileges.0",
        "grant.2.principal",
    },
    "R46": {"catalog", "grant.1.privileges", "grant.1.privileges.0"},
    # Whoever holds nothing that changes anything may be an author, and runners may hold anything.
    "R48": {
        _PATH,
        "grant.0.principal",
        "grant.1.privileges",
        "grant.1.privileges.0",
        "grant.1.privileges.1",
        "grant.1.privileges.2",
        "schema",
    },
    # Who gets what is the other rules' business; this one's is on what.
    "R47": {
        "grant",
        *(f"grant.{number}.{name}" for number in (0, 1) for name in ("principal", "privileges", "privileges.0")),
        *(f"grant.{number}.privileges.1" for number in (0, 1)),
    },
    "R49": {"schema", "grant.0.principal"},
    "R50": {"column_mask.on_column", "match_columns.0.alias", "match_columns.0.condition", "name"},
    # For whom a mask is and how it hides is R50's business.
    "R51": {
        "column_mask",
        "column_mask.function_name",
        "column_mask.on_column",
        "except_principals",
        "except_principals.0",
        "for_securable_type",
        "match_columns.0.alias",
        "name",
        "on_securable_type",
        "to_principals",
        "to_principals.0",
    },
    "R52": {_PATH, "catalog_name", "grant.0.privileges", "grant.0.privileges.0", "model", "name", "schema_name"},
    "R53": {"name", "run_as", "run_as.service_principal_name", "job_cluster.0.job_cluster_key"},
    "R54": {"name", "scope"},
    "R55": {"name"},
    "R56": {"name"},
    # Everyone may look, so it may be everyone who does.
    "R57": {"job_id", "access_control.0.group_name"},
    "R58": {
        "name",
        "task.0.task_key",
        "task.0.job_cluster_key",
        "task.0.python_wheel_task",
        "task.0.python_wheel_task.package_name",
        "task.0.python_wheel_task.entry_point",
    },
    "R59": {"cluster_size", "name"},
    "R60": {"config.email", "config.email.addresses", "config.email.addresses.0", "display_name"},
    "R61": {"destinations.0.destination_id", "destinations.0.destination_type", "isolation_mode", "storage_root"},
    # Auditors may read anything.
    "R62": {"privileges", "privileges.0", "privileges.1", "schema"},
    "R64": _FEDERATION | {"oidc_policy", "oidc_policy.audiences", "oidc_policy.audiences.0"},
    "R65": {"name"},
    "R66": {"host"},
    "R67": {"binding_type", "securable_name", "securable_type", "workspace_id"},
    # Levels are judged by R57.
    "R68": {_PATH, "access_control.0.permission_level", "job_id"},
    # Which size a version has and when it sleeps, and where it is recorded, which is R70's business.
    "R69": {
        "name",
        *(f"ai_gateway.0.inference_table_config{leaf}" for leaf in _TABLE),
        *(f"config.served_entities.{n}.{leaf}" for n in (0, 1) for leaf in ("scale_to_zero_enabled", "workload_size")),
    },
    "R70": {"name", "config", *(f"config.served_entities{leaf}" for leaf in _ENTITY)},
}
# What a block of an example has for one rule only: whoever copies the example copies it too.
_READ_BY_ONE = {"lifecycle": {"R41"}, "rotation": {"R55"}}
# resource, type, label, and provider, kind, index stand before what a rule reads.
_HEAD = 3


def _places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every value, and every list or map that an expression could stand for; not one block of several."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in children:
        # What cdktf writes about a block has one value that rules read.
        if step == "//" and "path" in inner.get("metadata", {}):
            yield (*path, step, "metadata", "path")
            continue
        yield from _places(inner, (*path, step))
    if len(path) > _HEAD and path[-1] != "//" and not (isinstance(value, dict) and isinstance(path[-1], int)):
        yield path


def _with_unknown(stack: dict[str, Any], path: tuple[str | int, ...]) -> dict[str, Any]:
    changed = copy.deepcopy(stack)
    inner: Any = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = "${var.later}"
    return changed


def test_only_what_is_harmless_may_be_unknown(
    judge_stacks: Callable[[dict[str, tuple[RuleDocument, dict[str, Any]]]], dict[str, list[RawResult]]],
) -> None:
    cases = {}
    for rule in read_rules(POLICIES).rules:
        stacks = rule.stacks(rule.best_practice)
        for name, stack in stacks.items():
            for path in _places(stack):
                if any(step in path and rule.id not in readers for step, readers in _READ_BY_ONE.items()):
                    continue
                case = f"{rule.id} {'.'.join(map(str, path[_HEAD:]))} {name} {path[1]} {path[2]}"
                cases[case] = rule, {**stacks, name: _with_unknown(stack, path)}
    harmless: dict[str, set[str]] = {}
    for case, results in judge_stacks(cases).items():
        rule_id, attribute, *_ = case.split()
        if all(result.status is Status.PASSED for result in results):
            harmless.setdefault(rule_id, set()).add(attribute)
    assert harmless == HARMLESS
