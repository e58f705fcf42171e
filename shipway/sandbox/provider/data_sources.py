"""Data sources: looked up among the objects of the store.

A few know more than a workspace's objects (node types, Spark versions, who one is); those have an answer each. Every
other one is found by matching what its configuration sets. Users, groups and service principals are looked for in the
account too: a workspace sees the account's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from shipway.sandbox.provider.filling import WHO
from shipway.sandbox.provider.identity import key_of
from shipway.sandbox.provider.schema import Attribute, Block, Resource
from shipway.sandbox.provider.shaping import ShapeError, conform
from shipway.sandbox.provider.store import Store
from shipway.sandbox.provider.values import UNKNOWN, Object, Value

__all__ = ["NotFound", "read_data"]


class NotFound(Exception):
    """Nothing of that kind, or more than one; `str()` of it is for Terraform's user."""


_FROM_ACCOUNT = {"databricks_group", "databricks_service_principal", "databricks_user"}

# The resource type that a data source of another name shows.
_SHOWS = {
    "databricks_cluster_pluginframework": "databricks_cluster",
    "databricks_sql_warehouse": "databricks_sql_endpoint",
    "databricks_table": "databricks_sql_table",
}

# Where a data source calls something else than the resource does; `name` of these is the full name.
_ALIASES: dict[str, dict[str, str]] = {
    "databricks_cluster": {"cluster_id": "id"},
    "databricks_job": {"job_id": "id", "job_name": "name"},
    "databricks_metastore": {"metastore_id": "id"},
    "databricks_mlflow_experiment": {"experiment_id": "id"},
    "databricks_registered_model": {"full_name": "id"},
    "databricks_schema": {"name": "id"},
    "databricks_service_principal": {"scim_id": "id", "sp_id": "id"},
    "databricks_sql_table": {"name": "id"},
    "databricks_tag_policy": {},
    "databricks_user": {"user_id": "id"},
    "databricks_volume": {"name": "id"},
}

# Lists: what they list, in which attribute, and by which attribute of the object.
_LISTS = {
    "databricks_catalogs": ("databricks_catalog", "ids", "id"),
    "databricks_clusters": ("databricks_cluster", "ids", "id"),
    "databricks_external_locations": ("databricks_external_location", "names", "name"),
    "databricks_mlflow_models": ("databricks_mlflow_model", "names", "name"),
    "databricks_pipelines": ("databricks_pipeline", "ids", "id"),
    "databricks_schemas": ("databricks_schema", "ids", "id"),
    "databricks_service_principals": ("databricks_service_principal", "application_ids", "application_id"),
    "databricks_shares": ("databricks_share", "shares", "name"),
    "databricks_sql_warehouses": ("databricks_sql_endpoint", "ids", "id"),
    "databricks_storage_credentials": ("databricks_storage_credential", "names", "name"),
    "databricks_tables": ("databricks_sql_table", "ids", "id"),
    "databricks_views": ("databricks_sql_table", "ids", "id"),
    "databricks_volumes": ("databricks_volume", "ids", "id"),
}
_FILTERS = ("catalog_name", "schema_name")
_NAMED_IDS = {
    "databricks_jobs": ("databricks_job", "name", "id"),
    "databricks_metastores": ("databricks_metastore", "name", "id"),
    "databricks_mws_workspaces": ("databricks_mws_workspaces", "workspace_name", "workspace_id"),
}


def read_data(
    source: Resource, config: Object, store: Store, workspace: str, resource: Callable[[str], Resource | None]
) -> Object:
    """What the data source shows; raises NotFound. `resource` gives a resource type by name."""
    block = source.block
    if source.name in _ANSWERS:
        return conform(block, {**config, **_ANSWERS[source.name](config, workspace)})
    if source.name in _LISTS:
        return conform(block, {**config, **_listed(source.name, config, store, workspace)})
    if source.name in _NAMED_IDS:
        kind, name, value = _NAMED_IDS[source.name]
        found = {str(item.get(name)): item.get(value) for item in _objects(store, workspace, kind)}
        return conform(block, {**config, "id": workspace, "ids": dict(sorted(found.items()))})
    shown = resource(_SHOWS.get(source.name, source.name))
    if shown is None:
        raise NotFound(f"the sandbox has no answer for data source {source.name}")
    return _one(source, shown, config, store, workspace)


def _objects(store: Store, workspace: str, kind: str) -> Iterator[Object]:
    accounts = [name for name in store.accounts() if name != workspace] if kind in _FROM_ACCOUNT else []
    for place in (workspace, *accounts):
        for found in store.objects(place, kind):
            yield found.attributes


def _listed(name: str, config: Object, store: Store, workspace: str) -> Object:
    kind, into, value = _LISTS[name]
    wanted = {key: config[key] for key in _FILTERS if config.get(key)}
    views = name == "databricks_views"
    found = [
        str(item.get(value))
        for item in _objects(store, workspace, kind)
        if all(item.get(key) == expected for key, expected in wanted.items())
        and (kind != "databricks_sql_table" or (item.get("table_type") == "VIEW") == views)
    ]
    listed: list[Value] = [*sorted(found)]
    return {"id": workspace, into: listed}


def _one(source: Resource, shown: Resource, config: Object, store: Store, workspace: str) -> Object:
    aliases = _ALIASES.get(shown.name, {})
    known = shown.block.attributes
    wanted: Object = {
        key: value
        for key, value in config.items()
        if value not in (None, "", [], UNKNOWN) and isinstance(value, str | int) and aliases.get(key, key) in known
    }
    if not wanted:
        raise NotFound(f"{source.name} sets nothing by which it could be found")
    found = [
        item
        for item in _objects(store, workspace, shown.name)
        if all(item.get(aliases.get(key, key)) == value for key, value in wanted.items())
    ]
    if len(found) != 1:
        raise NotFound(_missing(shown.name, wanted, workspace, len(found)))
    return _shown(source.block, config, found[0], shown.name)


def _missing(kind: str, wanted: Object, workspace: str, count: int) -> str:
    what = " and ".join(f"{key} = {value!r}" for key, value in wanted.items())
    if count:
        return f"{count} objects of {kind} with {what} in {workspace}: the sandbox cannot tell which one is meant"
    places = f"{workspace} or in the account" if kind in _FROM_ACCOUNT else workspace
    makers = "the stack `account`" if kind in _FROM_ACCOUNT else "the environment's landing zone, or whichever makes it"
    return f"no {kind} with {what} in {places}. Deploy the stack that declares it first: {makers}."


def _shown(block: Block, config: Object, found: Object, kind: str) -> Object:
    """The data source's attributes, from the configuration where it sets them, else from the object."""
    aliases = _ALIASES.get(kind, {})
    whole = {**found, **{ours: found[theirs] for ours, theirs in aliases.items() if theirs in found}}
    shown = _overlaid(block, whole)
    for name, value in config.items():
        if value not in (None, []):
            shown[name] = value
    if "id" in block.attributes and shown.get("id") is None:
        shown["id"] = key_of(kind, found)
    return conform(block, shown)


def _overlaid(block: Block, found: Object) -> Object:
    shown: Object = {}
    for name, attribute in block.attributes.items():
        if attribute.nested is not None and _repeats(name):
            inner = _overlaid(attribute.nested, found)
            shown[name] = inner if attribute.nesting == "single" else [inner]
        else:
            shown[name] = _fitting(attribute, name, found.get(name))
    for name, nested in block.blocks.items():
        shown[name] = [_overlaid(nested.block, found)] if _repeats(name) and nested.nesting != "single" else None
    return shown


def _repeats(name: str) -> bool:
    """Whether a nested value of a data source is the object itself once more."""
    return name.endswith("_info") or name in ("app", "job_settings", "settings")


def _fitting(attribute: Attribute, name: str, value: Value) -> Value:
    """The object's value where the data source has the same type under that name."""
    try:
        return conform(Block({name: attribute}, {}), {name: value})[name]
    except ShapeError:
        return None


def _current_user(config: Object, workspace: str) -> Object:
    del config
    who = {"user_name": WHO, "home": f"/Users/{WHO}", "repos": f"/Repos/{WHO}", "acl_principal_id": f"users/{WHO}"}
    return {"id": "1", "alphanumeric": "sandbox", "external_id": "", "workspace_url": f"https://{workspace}", **who}


def _spark_version(config: Object, workspace: str) -> Object:
    del workspace
    version = "16.4.x" if config.get("long_term_support") else "17.3.x"
    flavour = ("gpu-ml-" if config.get("gpu") else "cpu-ml-") if config.get("ml") else ""
    return {"id": f"{version}-{flavour}scala{config.get('scala') or ('2.12' if version == '16.4.x' else '2.13')}"}


def _node_type(config: Object, workspace: str) -> Object:
    del workspace
    return {"id": "r5d.xlarge" if config.get("gb_per_core") else "i3.xlarge"}


def _zones(config: Object, workspace: str) -> Object:
    del config, workspace
    return {"id": "us-east-1a", "default_zone": "us-east-1a", "zones": ["us-east-1a", "us-east-1b"]}


def _current_metastore(config: Object, workspace: str) -> Object:
    del config, workspace
    return {"id": "metastore-sandbox"}


def _current_config(config: Object, workspace: str) -> Object:
    del config
    account = workspace.startswith("accounts.")
    kind: Object = {"is_account": account, "cloud_type": "aws", "auth_type": "pat"}
    return {"id": workspace, "host": f"https://{workspace.split('@')[0]}", "account_id": "", **kind}


_ANSWERS: dict[str, Callable[[Object, str], Object]] = {
    "databricks_current_config": _current_config,
    "databricks_current_metastore": _current_metastore,
    "databricks_current_user": _current_user,
    "databricks_node_type": _node_type,
    "databricks_spark_version": _spark_version,
    "databricks_zones": _zones,
}
