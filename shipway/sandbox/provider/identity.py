"""What an object is called: the id that a workspace would give it, and the key under which the store finds it.

Most ids follow from the object's own attributes (`catalog.schema`), and then two of the same id are one object that two
stacks claim. Others are numbers or UUIDs that the workspace draws; here they follow from the object's content, so that
the same deploy gives the same ids on every machine.
"""

from __future__ import annotations

import hashlib
import json
import re

from shipway.sandbox.provider.values import UNKNOWN, Object, Value

__all__ = ["digest", "id_attribute", "key_of", "new_id", "same_object", "uuid"]

# Ids made of attributes; {a/b}: the first of them that is set.
_TEMPLATES = {
    "databricks_access_control_rule_set": "{name}",
    "databricks_artifact_allowlist": "{metastore_id}|{artifact_type}",
    "databricks_catalog": "{name}",
    "databricks_catalog_workspace_binding": "{workspace_id}|{securable_type}|{securable_name/catalog_name}",
    "databricks_connection": "{metastore_id}|{name}",
    "databricks_credential": "{name}",
    "databricks_dbfs_file": "{path}",
    "databricks_directory": "{path}",
    "databricks_external_location": "{name}",
    "databricks_file": "{path}",
    "databricks_group_instance_profile": "{group_id}|{instance_profile_id}",
    "databricks_group_member": "{group_id}|{member_id}",
    "databricks_group_role": "{group_id}|{role}",
    "databricks_instance_profile": "{instance_profile_arn}",
    "databricks_lakehouse_monitor": "{table_name}",
    "databricks_metastore_assignment": "{workspace_id}|{metastore_id}",
    "databricks_metastore_data_access": "{metastore_id}|{name}",
    "databricks_mlflow_model": "{name}",
    "databricks_model_serving": "{name}",
    "databricks_model_serving_provisioned_throughput": "{name}",
    "databricks_mount": "{name}",
    "databricks_mws_permission_assignment": "{workspace_id}|{principal_id}",
    "databricks_notebook": "{path}",
    "databricks_online_table": "{name}",
    "databricks_permission_assignment": "{principal_id}",
    "databricks_provider": "{name}",
    "databricks_quality_monitor": "{table_name}",
    "databricks_recipient": "{name}",
    "databricks_registered_model": "{catalog_name}.{schema_name}.{name}",
    "databricks_schema": "{catalog_name}.{name}",
    "databricks_secret": "{scope}|||{key}",
    "databricks_secret_acl": "{scope}|||{principal}",
    "databricks_secret_scope": "{name}",
    "databricks_service_principal_role": "{service_principal_id}|{role}",
    "databricks_share": "{name}",
    "databricks_sql_table": "{catalog_name}.{schema_name}.{name}",
    "databricks_storage_credential": "{name}",
    "databricks_system_schema": "{metastore_id}|{schema}",
    "databricks_table": "{catalog_name}.{schema_name}.{name}",
    "databricks_user_instance_profile": "{user_id}|{instance_profile_id}",
    "databricks_user_role": "{user_id}|{role}",
    "databricks_vector_search_endpoint": "{name}",
    "databricks_vector_search_index": "{name}",
    "databricks_volume": "{catalog_name}.{schema_name}.{name}",
    "databricks_workspace_binding": "{workspace_id}|{securable_type}|{securable_name/catalog_name}",
    "databricks_workspace_conf": "_",
    "databricks_workspace_file": "{path}",
}

# What a grant or a permission is on: the attribute that is set, and how its id starts.
_SECURABLES = (
    "catalog", "credential", "external_location", "foreign_connection", "function", "metastore", "model", "pipeline",
    "recipient", "schema", "share", "storage_credential", "table", "volume",
)  # fmt: skip
_PERMISSION_OBJECTS = {
    "alert_v2_id": "alertsv2", "app_name": "apps", "authorization": "authorization", "cluster_id": "clusters",
    "cluster_policy_id": "cluster-policies", "dashboard_id": "dashboards",
    "database_instance_name": "database-instances", "directory_id": "directories", "directory_path": "directories",
    "experiment_id": "experiments", "instance_pool_id": "instance-pools", "job_id": "jobs",
    "notebook_id": "notebooks", "notebook_path": "notebooks", "pipeline_id": "pipelines",
    "registered_model_id": "registered-models", "repo_id": "repos", "repo_path": "repos",
    "serving_endpoint_id": "serving-endpoints", "sql_alert_id": "sql/alerts", "sql_dashboard_id": "sql/dashboards",
    "sql_endpoint_id": "sql/warehouses", "sql_query_id": "sql/queries",
    "vector_search_endpoint_id": "vector-search-endpoints", "workspace_file_id": "files",
    "workspace_file_path": "files",
}  # fmt: skip

# Types that have no `id`, or another attribute beside it by which they are found.
_KEYS: dict[str, tuple[str, ...]] = {
    "databricks_account_federation_policy": ("policy_id",),
    "databricks_account_network_policy": ("network_policy_id",),
    "databricks_account_setting_v2": ("name",),
    "databricks_app": ("name",),
    "databricks_apps_settings_custom_template": ("name",),
    "databricks_budget_policy": ("policy_id",),
    "databricks_data_quality_monitor": ("object_type", "object_id"),
    "databricks_data_quality_refresh": ("object_type", "object_id", "refresh_id"),
    "databricks_database_database_catalog": ("name",),
    "databricks_database_instance": ("name",),
    "databricks_database_synced_database_table": ("name",),
    "databricks_entity_tag_assignment": ("entity_type", "entity_name", "tag_key"),
    "databricks_external_metadata": ("name",),
    "databricks_feature_engineering_feature": ("full_name",),
    "databricks_feature_engineering_kafka_config": ("name",),
    "databricks_feature_engineering_materialized_feature": ("materialized_feature_id",),
    "databricks_materialized_features_feature_tag": ("key",),
    "databricks_online_store": ("name",),
    "databricks_policy_info": ("on_securable_type", "on_securable_fullname", "name"),
    "databricks_quality_monitor_v2": ("object_type", "object_id"),
    "databricks_rfa_access_request_destinations": ("securable.type", "securable.full_name"),
    "databricks_service_principal_federation_policy": ("service_principal_id", "policy_id"),
    "databricks_tag_policy": ("tag_key",),
    "databricks_workspace_entity_tag_assignment": ("entity_type", "entity_id", "tag_key"),
    "databricks_workspace_network_option": ("workspace_id",),
    "databricks_workspace_setting_v2": ("name",),
}

# Drawn ids, but no two objects may have the same of these.
_UNIQUE: dict[str, tuple[str, ...]] = {
    "databricks_cluster_policy": ("name",),
    "databricks_group": ("display_name",),
    "databricks_metastore": ("name",),
    "databricks_mlflow_experiment": ("name",),
    "databricks_repo": ("path",),
    "databricks_sql_endpoint": ("name",),
    "databricks_user": ("user_name",),
}

_ID_ATTRIBUTES = {"databricks_cluster": "cluster_id", "databricks_cluster_policy": "policy_id"}
_UPPER_HEX = {"databricks_cluster_policy"}
_HEX = {"databricks_alert", "databricks_instance_pool", "databricks_query", "databricks_sql_endpoint"}
_UUIDS = {"databricks_dashboard", "databricks_metastore", "databricks_pipeline"}


def id_attribute(resource: str) -> str:
    """The attribute that repeats the id, or `id` itself."""
    return _ID_ATTRIBUTES.get(resource, "id")


def key_of(resource: str, attributes: Object) -> str:
    """The key of an object in the store, from its attributes; empty where one of them is missing."""
    names = _KEYS.get(resource, ("id",))
    values = [_lookup(attributes, name) for name in names]
    return ",".join(map(str, values)) if all(value not in (None, "", UNKNOWN) for value in values) else ""


def _lookup(attributes: Object, path: str) -> Value:
    value: Value = attributes
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def same_object(resource: str, one: Object, other: Object) -> bool:
    """Whether two objects with the same key are one to a workspace; False: their drawn ids met by chance."""
    if resource in _UNIQUE:
        return all(one.get(name) == other.get(name) for name in _UNIQUE[resource])
    return resource in _KEYS or _named_id(resource, one) is not None


def digest(resource: str, planned: Object, attempt: int) -> str:
    """64 hexadecimal digits from what is known of an object; `attempt` counts ids that were taken."""
    unique = _UNIQUE.get(resource)
    content: Object = {name: planned.get(name) for name in unique} if unique else planned
    text = json.dumps([resource, _known(content), attempt], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _known(value: Value) -> Value:
    if value is UNKNOWN:
        return "?"
    if isinstance(value, dict):
        return {key: _known(item) for key, item in value.items() if item is not None}
    return [_known(item) for item in value] if isinstance(value, list) else value


def uuid(hexadecimal: str) -> str:
    """The first 32 of the digits in the form of a UUID."""
    return "-".join(hexadecimal[start:end] for start, end in ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32)))


def new_id(resource: str, planned: Object, hexadecimal: str) -> str:
    """The id of an object that is being created; `hexadecimal` is its digest."""
    named = _named_id(resource, planned)
    if named is not None:
        return named
    if resource == "databricks_cluster":
        return f"0101-000000-{hexadecimal[:8]}"
    if resource in _UPPER_HEX:
        return hexadecimal[:16].upper()
    if resource in _HEX:
        return hexadecimal[:16]
    if resource in _UUIDS:
        return uuid(hexadecimal)
    return str(int(hexadecimal[:13], 16) % 10**15)


def _named_id(resource: str, attributes: Object) -> str | None:
    if resource in ("databricks_grants", "databricks_grant"):
        return _grant_id(resource, attributes)
    if resource == "databricks_permissions":
        return _permissions_id(attributes)
    if resource.endswith(("_setting", "_global_config")):
        return "global"  # one per workspace or account
    template = _TEMPLATES.get(resource)
    return _formatted(template, attributes) if template else None


def _formatted(template: str, attributes: Object) -> str | None:
    missing = False

    def value(match: re.Match[str]) -> str:
        nonlocal missing
        found = [attributes.get(name) for name in match[1].split("/")]
        known = [item for item in found if item not in (None, "", UNKNOWN)]
        missing = missing or not known
        return str(known[0]) if known else ""

    text = re.sub(r"\{([^}]+)\}", value, template)
    return None if missing else text


def _grant_id(resource: str, attributes: Object) -> str | None:
    for name in _SECURABLES:
        if attributes.get(name) not in (None, "", UNKNOWN):
            principal = f"/{attributes.get('principal')}" if resource == "databricks_grant" else ""
            return f"{name}/{attributes[name]}{principal}"
    return None


def _permissions_id(attributes: Object) -> str | None:
    for name, start in _PERMISSION_OBJECTS.items():
        if attributes.get(name) not in (None, "", UNKNOWN):
            return f"/{start}/{str(attributes[name]).lstrip('/')}"
    return None
