"""How the API's answers differ from the provider's attributes: which fields it keeps, and which it calls blocks.

Field names from the API's reference and from the schema of provider 1.99.0; where an API spells a field as the provider
does, the field is only listed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = [
    "CONF_KEYS",
    "NEEDED",
    "PERMISSION_PATHS",
    "SECURABLES",
    "SETTINGS",
    "blocks",
    "job_attributes",
    "picked",
]

SECURABLES = {
    "databricks_storage_credential": ("storage_credential", "storage_credential"),
    "databricks_external_location": ("external_location", "external_location"),
    "databricks_catalog": ("catalog", "catalog"),
    "databricks_schema": ("schema", "schema"),
    "databricks_volume": ("volume", "volume"),
    # Unity Catalog keeps a registered model's grants where it keeps those of functions.
    "databricks_registered_model": ("model", "function"),
}
"""What has grants: the attribute of databricks_grants that names it, and the API's word."""

PERMISSION_PATHS = {
    "databricks_cluster_policy": ("cluster_policy_id", "cluster-policies"),
    "databricks_sql_endpoint": ("sql_endpoint_id", "sql/warehouses"),
    "databricks_job": ("job_id", "jobs"),
}
"""What has an access list: the attribute of databricks_permissions that names it, and the API's path."""

SETTINGS = {
    "databricks_aibi_dashboard_embedding_access_policy_setting": "aibi_dash_embed_ws_acc_policy/names/default",
    "databricks_automatic_cluster_update_workspace_setting": "automatic_cluster_update/names/default",
    "databricks_compliance_security_profile_workspace_setting": "shield_csp_enablement_ws_db/names/default",
    "databricks_default_namespace_setting": "default_namespace_ws/names/default",
    "databricks_disable_legacy_access_setting": "disable_legacy_access/names/default",
    "databricks_disable_legacy_dbfs_setting": "disable_legacy_dbfs/names/default",
    "databricks_enhanced_security_monitoring_workspace_setting": "shield_esm_enablement_ws_db/names/default",
    "databricks_restrict_workspace_admins_setting": "restrict_workspace_admins/names/default",
}

# One question each: the API refuses a whole question for one key that a workspace does not know.
CONF_KEYS = (
    "enableDbfsFileBrowser",
    "enableDeprecatedClusterNamedInitScripts",
    "enableDeprecatedGlobalInitScripts",
    "enableExportNotebook",
    "enableFileStoreEndpoint",
    "enableIpAccessLists",
    "enableNotebookTableClipboard",
    "enableResultsDownloading",
    "enableTokensConfig",
    "enableVerboseAuditLogs",
    "enableWebTerminal",
    "maxTokenLifetimeDays",
    "storeInteractiveNotebookResultsInCustomerAccount",
)

_FIELDS = {
    "databricks_storage_credential": (
        *("name", "owner", "comment", "read_only", "isolation_mode", "metastore_id"),
        *("aws_iam_role", "azure_managed_identity", "azure_service_principal", "cloudflare_api_token"),
        "databricks_gcp_service_account",
    ),
    "databricks_external_location": (
        *("name", "url", "credential_name", "owner", "comment", "read_only", "fallback", "isolation_mode"),
        *("metastore_id", "enable_file_events", "encryption_details", "file_event_queue"),
    ),
    "databricks_catalog": (
        *("name", "owner", "comment", "storage_root", "isolation_mode", "properties", "options", "metastore_id"),
        *("catalog_type", "connection_name", "provider_name", "share_name", "browse_only"),
        "enable_predictive_optimization",
    ),
    "databricks_schema": (
        *("catalog_name", "name", "owner", "comment", "storage_root", "properties", "metastore_id"),
        "enable_predictive_optimization",
    ),
    "databricks_volume": ("catalog_name", "schema_name", "name", "owner", "comment", "volume_type", "storage_location"),
    "databricks_registered_model": ("catalog_name", "schema_name", "name", "owner", "comment", "storage_location"),
    "databricks_workspace_binding": ("workspace_id", "binding_type"),
    "databricks_cluster_policy": (
        *("name", "description", "definition", "max_clusters_per_user", "policy_family_id", "policy_id"),
        *("policy_family_definition_overrides", "libraries", "is_default"),
    ),
    "databricks_sql_endpoint": (
        *("name", "cluster_size", "auto_stop_mins", "min_num_clusters", "max_num_clusters", "warehouse_type"),
        *("enable_photon", "enable_serverless_compute", "spot_instance_policy", "channel", "tags"),
        *("instance_profile_arn", "creator_name"),
    ),
    "databricks_secret_scope": ("name", "backend_type", "keyvault_metadata"),
    "databricks_ip_access_list": ("label", "list_type", "ip_addresses", "enabled"),
    "databricks_notification_destination": ("display_name", "destination_type", "config"),
    "databricks_permission_assignment": ("group_name", "user_name", "service_principal_name", "display_name"),
}

NEEDED = {
    "databricks_storage_credential": ("name",),
    "databricks_external_location": ("name",),
    "databricks_catalog": ("name",),
    "databricks_schema": ("name", "catalog_name"),
    "databricks_volume": ("name", "catalog_name", "schema_name"),
    "databricks_registered_model": ("name", "catalog_name", "schema_name"),
    "databricks_grants": ("principal",),
    "databricks_workspace_binding": ("workspace_id",),
    "databricks_cluster_policy": ("policy_id",),
    "databricks_sql_endpoint": ("id",),
    "databricks_job": ("job_id",),
    "databricks_secret_scope": ("name",),
    "databricks_secret_acl": ("principal", "permission"),
    "databricks_ip_access_list": ("list_id",),
    "databricks_notification_destination": ("id",),
    "databricks_group": ("id",),
    "databricks_service_principal": ("id",),
    "databricks_permission_assignment": ("principal",),
}
"""Fields without which an item of a listing is nothing that could be found again."""


def picked(type_: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of `answer` that the provider keeps for that type."""
    return {name: answer[name] for name in _FIELDS[type_] if answer.get(name) is not None}


def blocks(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """`attributes` with every object in a list of one, as the provider has its blocks; maps of text stay maps."""
    shaped: dict[str, Any] = {}
    for name, value in attributes.items():
        if isinstance(value, dict) and name not in _MAPS:
            shaped[name] = [blocks(value)]
        elif isinstance(value, list):
            shaped[name] = [blocks(item) if isinstance(item, dict) else item for item in value]
        else:
            shaped[name] = value
    return shaped


_MAPS = frozenset(
    {
        *("custom_tags", "spark_conf", "spark_env_vars", "base_parameters", "named_parameters"),
        *("job_parameters", "properties", "options", "custom_config", "parameters"),
    }
)
_JOB_NAMES = {"tasks": "task", "job_clusters": "job_cluster", "parameters": "parameter", "environments": "environment"}
_TASK_NAMES = {"libraries": "library"}


def job_attributes(answer: Mapping[str, Any]) -> dict[str, Any]:
    """A job as the provider has it: settings on top, lists called by one of theirs."""
    settings = {_JOB_NAMES.get(name, name): value for name, value in answer.get("settings", {}).items()}
    tags = settings.pop("tags", None)
    tasks = [{_TASK_NAMES.get(name, name): value for name, value in task.items()} for task in settings.pop("task", ())]
    shaped = blocks({**settings, "task": tasks})
    owner = {"run_as_user_name": answer.get("run_as_user_name"), "creator_user_name": answer.get("creator_user_name")}
    return {"id": str(answer["job_id"]), **shaped, **({"tags": tags} if tags else {}), **owner}
