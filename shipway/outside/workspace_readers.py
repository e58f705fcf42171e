"""What is asked of a workspace, kind by kind: the API's answer in, the provider's attributes out.

One function per kind; `READERS` is the order. The paths are those that provider 1.99.0 reads itself, so that what was
observed here and what Terraform refreshes come from one place. No live workspace was at hand: the shapes are those of
the API's reference and of the provider's schema.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from shipway.observed import Observed
from shipway.outside.workspace import Answer, Reading, items, part
from shipway.outside.workspace_shapes import (
    CONF_KEYS,
    PERMISSION_PATHS,
    SECURABLES,
    SETTINGS,
    blocks,
    job_attributes,
    picked,
)

__all__ = ["READERS", "READ_TYPES"]

_UC = "/api/2.1/unity-catalog"
# Only with it are Unity Catalog's listings given in pages; without, a long one is cut without a word.
_PAGED = {"max_results": 0}
_BROWSED = {**_PAGED, "include_browse": "true"}


def storage(reading: Reading) -> None:
    """Storage credentials and external locations."""
    for type_, key in (("storage_credential", "storage_credentials"), ("external_location", "external_locations")):
        path = f"{_UC}/{key.replace('_', '-')}"
        for one in reading.ask(f"databricks_{type_}", "", _pages(reading, path, key, _PAGED)):
            attributes = blocks(picked(f"databricks_{type_}", one))
            reading.add(f"databricks_{type_}", one["name"], one["name"], attributes)


def catalogs(reading: Reading) -> None:
    """Catalogs, and what is in those that are this metastore's own."""
    reading.tell("catalogs")
    found = reading.ask("databricks_catalog", "", _pages(reading, f"{_UC}/catalogs", "catalogs", _BROWSED))
    for one in found:
        reading.add("databricks_catalog", one["name"], one["name"], picked("databricks_catalog", one))
    own = [str(one["name"]) for one in found if one.get("catalog_type", "MANAGED_CATALOG") == "MANAGED_CATALOG"]
    reading.tell(f"what is in {len(own)} catalogs")
    schemas = [one for listed in reading.for_each(own, lambda name: _schemas(reading, name)) for one in listed]
    for one in schemas:
        reading.add(
            "databricks_schema", f"{one['catalog_name']}.{one['name']}", one["name"], picked("databricks_schema", one)
        )
    inside = reading.for_each(
        [one for one in schemas if one["name"] != "information_schema"], lambda one: _inside(reading, one)
    )
    for type_, one in (pair for listed in inside for pair in listed):
        full = f"{one['catalog_name']}.{one['schema_name']}.{one['name']}"
        reading.add(type_, full, one["name"], picked(type_, one))


def _schemas(reading: Reading, catalog: str) -> list[Answer]:
    query = {**_BROWSED, "catalog_name": catalog}
    return reading.ask("databricks_schema", catalog, _pages(reading, f"{_UC}/schemas", "schemas", query))


def _inside(reading: Reading, schema: Answer) -> list[tuple[str, Answer]]:
    query = {**_BROWSED, "catalog_name": schema["catalog_name"], "schema_name": schema["name"]}
    where = f"{schema['catalog_name']}.{schema['name']}"
    volumes = reading.ask("databricks_volume", where, _pages(reading, f"{_UC}/volumes", "volumes", query))
    models = reading.ask(
        "databricks_registered_model", where, _pages(reading, f"{_UC}/models", "registered_models", query)
    )
    return [("databricks_volume", one) for one in volumes] + [("databricks_registered_model", one) for one in models]


def grants(reading: Reading) -> None:
    """What was granted on each securable itself; what it inherits stands where it was given."""
    securables = [one for one in reading.objects if one.type in SECURABLES]
    reading.tell(f"grants on {len(securables)} securables")
    for one, granted in zip(securables, reading.for_each(securables, lambda one: _granted(reading, one)), strict=True):
        word = SECURABLES[one.type][0]
        if granted:
            reading.add("databricks_grants", f"{word}/{one.id}", one.id, {word: one.id, "grant": granted})


def _granted(reading: Reading, one: Observed) -> list[dict[str, Any]]:
    path = f"{_UC}/permissions/{SECURABLES[one.type][1]}/{part(one.id)}"
    found = reading.ask(
        "databricks_grants",
        f"{SECURABLES[one.type][0]} {one.id}",
        _pages(reading, path, "privilege_assignments", _PAGED),
    )
    return [
        {
            "principal": str(entry["principal"]),
            "privileges": sorted(str(word).replace(" ", "_") for word in entry["privileges"]),
        }
        for entry in found
        if entry.get("privileges")
    ]


def bindings(reading: Reading) -> None:
    """The workspaces that see what is not open to all."""
    bound = reading.of("databricks_catalog", "databricks_external_location", "databricks_storage_credential")
    isolated = [one for one in bound if "ISOLATED" in str(one.attributes.get("isolation_mode", ""))]
    for one, found in zip(isolated, reading.for_each(isolated, lambda one: _bindings(reading, one)), strict=True):
        word = one.type.removeprefix("databricks_")
        for binding in found:
            attributes = {
                "securable_type": word,
                "securable_name": one.id,
                **picked("databricks_workspace_binding", binding),
            }
            id_ = f"{binding['workspace_id']}|{word}|{one.id}"
            reading.add("databricks_workspace_binding", id_, f"{one.id} in {binding['workspace_id']}", attributes)


def _bindings(reading: Reading, one: Observed) -> list[Answer]:
    path = f"{_UC}/bindings/{one.type.removeprefix('databricks_')}/{part(one.id)}"
    return reading.ask("databricks_workspace_binding", one.id, _pages(reading, path, "bindings", _PAGED))


def compute(reading: Reading) -> None:
    """Cluster policies and SQL warehouses."""
    reading.tell("cluster policies, SQL warehouses")
    for one in reading.ask(
        "databricks_cluster_policy", "", _list(reading, "/api/2.0/policies/clusters/list", "policies")
    ):
        attributes = {**picked("databricks_cluster_policy", one), "id": one["policy_id"]}
        reading.add("databricks_cluster_policy", one["policy_id"], one.get("name", ""), attributes)
    for one in reading.ask("databricks_sql_endpoint", "", _pages(reading, "/api/2.0/sql/warehouses", "warehouses")):
        reading.add(
            "databricks_sql_endpoint", one["id"], one.get("name", ""), blocks(picked("databricks_sql_endpoint", one))
        )


def jobs(reading: Reading) -> None:
    """Jobs with their settings; a job too large for one answer says so."""
    reading.tell("jobs")
    query = {"expand_tasks": "true", "limit": 100}
    for one in reading.ask("databricks_job", "", _pages(reading, "/api/2.2/jobs/list", "jobs", query)):
        settings = one.get("settings", {})
        reading.add("databricks_job", one["job_id"], settings.get("name", one["job_id"]), job_attributes(one))
        if one.get("has_more"):
            reading.miss(
                "databricks_job", str(one["job_id"]), "it has more tasks than one answer holds; the first 100 were read"
            )


def permissions(reading: Reading) -> None:
    """The access lists of cluster policies, warehouses and jobs, without what is inherited."""
    held = reading.of(*PERMISSION_PATHS)
    reading.tell(f"permissions of {len(held)} policies, warehouses and jobs")
    for one, found in zip(held, reading.for_each(held, lambda one: _permissions(reading, one)), strict=True):
        if found:
            attribute, path = PERMISSION_PATHS[one.type]
            attributes = {attribute: one.id, "access_control": found}
            reading.add("databricks_permissions", f"/{path}/{one.id}", one.name, attributes)


def _permissions(reading: Reading, one: Observed) -> list[dict[str, str]]:
    path = f"/api/2.0/permissions/{PERMISSION_PATHS[one.type][1]}/{part(one.id)}"
    listed = reading.ask("databricks_permissions", f"{one.type} {one.id}", _list(reading, path, "access_control_list"))
    return [
        {who: str(entry[who]), "permission_level": str(level["permission_level"])}
        for entry in listed
        for level in entry.get("all_permissions", ())
        for who in ("user_name", "group_name", "service_principal_name")
        if entry.get(who) and not level.get("inherited")
    ]


def secrets(reading: Reading) -> None:
    """Secret scopes and who may do what with them; no value, nor which keys there are."""
    scopes = reading.ask("databricks_secret_scope", "", _list(reading, "/api/2.0/secrets/scopes/list", "scopes"))
    for one in scopes:
        reading.add("databricks_secret_scope", one["name"], one["name"], blocks(picked("databricks_secret_scope", one)))
    for one, listed in zip(scopes, reading.for_each(scopes, lambda one: _acls(reading, str(one["name"]))), strict=True):
        for acl in listed:
            attributes = {"scope": one["name"], "principal": acl["principal"], "permission": acl["permission"]}
            reading.add("databricks_secret_acl", f"{one['name']}|||{acl['principal']}", acl["principal"], attributes)


def _acls(reading: Reading, scope: str) -> list[Answer]:
    ask = _list(reading, "/api/2.0/secrets/acls/list", "items", {"scope": scope})
    return reading.ask("databricks_secret_acl", scope, ask)


def settings(reading: Reading) -> None:
    """The workspace's configuration keys, its settings, and who may connect from where."""
    reading.tell("settings")
    values: dict[str, str] = {}
    for keys in CONF_KEYS:
        for answer in reading.ask(
            "databricks_workspace_conf", keys, _one(reading, "/api/2.0/workspace-conf", {"keys": keys})
        ):
            values |= {key: str(value) for key, value in answer.items() if value is not None}
    if values:
        reading.add("databricks_workspace_conf", "_", "workspace configuration", {"custom_config": values})
    for type_, path in SETTINGS.items():
        for found in reading.ask(type_, "", partial(reading.api.if_set, f"/api/2.0/settings/types/{path}")):
            reading.add(type_, "global", type_.removeprefix("databricks_"), blocks(found))
    for one in reading.ask(
        "databricks_ip_access_list", "", _list(reading, "/api/2.0/ip-access-lists", "ip_access_lists")
    ):
        reading.add(
            "databricks_ip_access_list", one["list_id"], one.get("label", ""), picked("databricks_ip_access_list", one)
        )


def notifications(reading: Reading) -> None:
    """Notification destinations; the API never tells a webhook's address."""
    path = "/api/2.0/notification-destinations"
    listed = reading.ask("databricks_notification_destination", "", _pages(reading, path, "results"))
    for one in listed:
        for found in reading.ask(
            "databricks_notification_destination", str(one["id"]), _one(reading, f"{path}/{part(one['id'])}")
        ):
            attributes = blocks(picked("databricks_notification_destination", found))
            reading.add("databricks_notification_destination", one["id"], found.get("display_name", ""), attributes)


def identities(reading: Reading) -> None:
    """Groups with their members, service principals, and who is assigned to this workspace."""
    reading.tell("identities")
    scim = "/api/2.0/preview/scim/v2"
    named = "id,displayName,externalId,members,entitlements"
    for one in reading.ask("databricks_group", "", lambda: reading.api.scim(f"{scim}/Groups", named)):
        attributes = {"id": one["id"], "display_name": one.get("displayName"), "external_id": one.get("externalId")}
        reading.add("databricks_group", one["id"], one.get("displayName", ""), {**attributes, **_entitlements(one)})
        for member in items(one, "members", "members"):
            name = f"{one.get('displayName')}: {member.get('display', member['value'])}"
            pair = {"group_id": one["id"], "member_id": member["value"]}
            reading.add("databricks_group_member", f"{one['id']}|{member['value']}", name, pair)
    asked = "id,displayName,applicationId,externalId,active,entitlements"
    for one in reading.ask(
        "databricks_service_principal", "", lambda: reading.api.scim(f"{scim}/ServicePrincipals", asked)
    ):
        attributes = {
            "id": one["id"],
            "display_name": one.get("displayName"),
            "application_id": one.get("applicationId"),
        }
        more = {"external_id": one.get("externalId"), "active": one.get("active"), **_entitlements(one)}
        reading.add("databricks_service_principal", one["id"], one.get("displayName", ""), {**attributes, **more})
    _assignments(reading)


def _assignments(reading: Reading) -> None:
    path, type_ = "/api/2.0/preview/permissionassignments", "databricks_permission_assignment"
    for one in reading.ask(type_, "", _list(reading, path, "permission_assignments")):
        principal = one.get("principal", {})
        named = ("group_name", "user_name", "service_principal_name", "display_name")
        attributes = {
            **picked(type_, principal),
            "principal_id": principal["principal_id"],
            "permissions": one.get("permissions", []),
        }
        name = next((principal[name] for name in named if principal.get(name)), principal["principal_id"])
        reading.add(type_, principal["principal_id"], name, attributes)


def _entitlements(one: Mapping[str, Any]) -> dict[str, bool]:
    said = {str(entry.get("value", "")).replace("-", "_") for entry in one.get("entitlements", ())}
    known = ("allow_cluster_create", "allow_instance_pool_create", "databricks_sql_access", "workspace_access")
    return {name: True for name in known if name in said}


def _pages(
    reading: Reading, path: str, key: str, query: Mapping[str, Any] | None = None
) -> Callable[[], Iterator[Answer]]:
    return lambda: reading.api.pages(path, key, query)


def _list(
    reading: Reading, path: str, key: str, query: Mapping[str, Any] | None = None
) -> Callable[[], Iterable[Answer]]:
    return lambda: items(reading.api.get(path, query), key, path)


def _one(reading: Reading, path: str, query: Mapping[str, Any] | None = None) -> Callable[[], Iterable[Answer]]:
    return lambda: [reading.api.get(path, query)]


READERS: tuple[Callable[[Reading], None], ...] = (
    storage,
    catalogs,
    grants,
    bindings,
    compute,
    jobs,
    permissions,
    secrets,
    settings,
    notifications,
    identities,
)

READ_TYPES = frozenset(
    {
        *(*SECURABLES, *PERMISSION_PATHS, *SETTINGS),
        *("databricks_grants", "databricks_workspace_binding", "databricks_permissions", "databricks_workspace_conf"),
        *("databricks_secret_scope", "databricks_secret_acl", "databricks_ip_access_list", "databricks_group"),
        *("databricks_group_member", "databricks_service_principal", "databricks_permission_assignment"),
        "databricks_notification_destination",
    }
)
"""Every resource type that the readers look for."""
