"""How to undo a finding: a deploy where Terraform sees it, and else the very call that takes it back.

The commands are the Databricks CLI's (0.205 and later), from its reference pages; none was run against a workspace.
"""

from __future__ import annotations

import json
import shlex
from dataclasses import replace

from shipway.drift.meaning import has_data
from shipway.drift.model import Finding, Kind
from shipway.drift.rights import RIGHTS

__all__ = ["with_revert"]

_DROPS = "deleting it deletes what is in it; ask whoever made it first"
_GROUP_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:PatchOp"

# `databricks <group> update NAME --json`, by type; a job's takes the id inside.
_UPDATES = {
    "databricks_catalog": "catalogs",
    "databricks_schema": "schemas",
    "databricks_volume": "volumes",
    "databricks_registered_model": "registered-models",
    "databricks_external_location": "external-locations",
    "databricks_storage_credential": "storage-credentials",
}
# Lists of the provider have other names at the API.
_LISTS_OF_JOBS = frozenset({"task", "job_cluster", "environment", "parameter"})
_DELETES = {
    **_UPDATES,
    "databricks_job": "jobs",
    "databricks_cluster_policy": "cluster-policies",
    "databricks_secret_scope": "secrets",
    "databricks_sql_endpoint": "warehouses",
    "databricks_ip_access_list": "ip-access-lists",
    "databricks_notification_destination": "notification-destinations",
}


def with_revert(one: Finding, *, sandbox: bool, environment: str) -> Finding:
    """The finding with the commands that undo it, and what to know before."""
    if one.kind is Kind.NOT_DEPLOYED:
        return replace(one, revert=(_deploy(one, sandbox=sandbox),), caution="")
    if one.kind is Kind.STATE_ONLY:
        caution = f"the deploy destroys it: {_DROPS}" if has_data(one.type) else ""
        return replace(one, revert=(_deploy(one, sandbox=sandbox),), caution=caution)
    if not one.blind:
        caution = _DEAD if one.kind is Kind.MISSING and has_data(one.type) else ""
        return replace(one, revert=(_deploy(one, sandbox=sandbox),), caution=caution)
    if sandbox:
        return replace(one, revert=(_in_sandbox(one, environment),), caution=_caution(one))
    return replace(one, revert=_call(one), caution=_caution(one))


_DEAD = "the deploy makes it anew and empty: what was in it does not come back"


def _caution(one: Finding) -> str:
    if one.kind is Kind.UNMANAGED and has_data(one.type):
        return _DROPS
    if one.type == "databricks_permissions" and one.kind is Kind.EXTRA_RIGHT:
        return "`set` replaces the object's whole list"
    return ""


def _deploy(one: Finding, *, sandbox: bool) -> str:
    return f"shipway deploy {one.stack}" + ("" if sandbox else " --live")


def _in_sandbox(one: Finding, environment: str) -> str:
    if one.kind in (Kind.EXTRA, Kind.UNMANAGED, Kind.EXTRA_RIGHT):
        return _command("shipway", "sandbox", "remove", one.type, one.id, "--env", environment)
    value = "null" if one.recorded == "(not set)" else one.recorded
    name = one.attribute.partition("[")[0].partition(".")[0]
    if name != one.attribute:
        return f"put {one.attribute} back to {one.recorded}: shipway sandbox change --help"
    return _command("shipway", "sandbox", "change", one.type, one.id, f"{name}={value}", "--env", environment)


def _call(one: Finding) -> tuple[str, ...]:
    match one.kind:
        case Kind.EXTRA:
            return _extra(one)
        case Kind.EXTRA_RIGHT:
            return _right(one)
        case Kind.UNMANAGED:
            return _delete(one)
    return _attribute(one)


def _extra(one: Finding) -> tuple[str, ...]:
    parts = one.id.split("|")
    match one.type:
        case "databricks_workspace_binding" | "databricks_catalog_workspace_binding" if len(parts) == 3:
            gone = json.dumps({"remove": [{"workspace_id": _number(parts[0])}]})
            command = ("databricks", "workspace-bindings", "update-bindings", parts[1], parts[2])
            return (_command(*command, "--json", gone),)
        case "databricks_mws_permission_assignment" if len(parts) == 2:
            return (_command("databricks", "account", "workspace-assignment", "delete", *parts),)
        case "databricks_group_member" if len(parts) == 2:
            operation = {"op": "remove", "path": f'members[value eq "{parts[1]}"]'}
            body = {"schemas": [_GROUP_SCHEMA], "Operations": [operation]}
            return (_command("databricks", "account", "groups", "patch", parts[0], "--json", json.dumps(body)),)
        case "databricks_secret_acl":
            scope, _, principal = one.id.partition("|||")
            return (_command("databricks", "secrets", "delete-acl", scope, principal),)
    return ("take it away in the workspace's console",)


def _right(one: Finding) -> tuple[str, ...]:
    privilege, _, principal = one.attribute.partition(" to ")
    if one.type in RIGHTS and one.type != "databricks_permissions":
        kind, _, name = one.id.partition("/")
        body = {"changes": [{"principal": principal, "remove": [privilege]}]}
        if one.type == "databricks_grant":
            name = name.rpartition("/")[0]
        return (_command("databricks", "grants", "update", kind, name, "--json", json.dumps(body)),)
    kind, _, name = one.id.strip("/").rpartition("/")
    # https://docs.databricks.com/api/workspace/permissions/set: none specified deletes all direct permissions
    return (_command("databricks", "permissions", "set", kind, name, "--json", '{"access_control_list": []}'),)


def _delete(one: Finding) -> tuple[str, ...]:
    if one.type == "databricks_secret_scope":
        return (_command("databricks", "secrets", "delete-scope", one.id),)
    group = _DELETES.get(one.type)
    return (_command("databricks", group, "delete", one.id),) if group else ("delete it in the workspace's console",)


def _attribute(one: Finding) -> tuple[str, ...]:
    name = one.attribute.partition("[")[0].partition(".")[0]
    if name == one.attribute and one.type == "databricks_job" and name not in _LISTS_OF_JOBS:
        gone = one.recorded == "(not set)"
        change = {"fields_to_remove": [name]} if gone else {"new_settings": {name: _value(one.recorded)}}
        body = json.dumps({"job_id": _number(one.id), **change})
        return (_command("databricks", "jobs", "update", "--json", body),)
    if name == one.attribute and one.type in _UPDATES and one.recorded != "(not set)":
        new = json.dumps({name: _value(one.recorded)})
        return (_command("databricks", _UPDATES[one.type], "update", one.id, "--json", new),)
    return (f"set {one.attribute} back to {one.recorded} in the workspace: a deploy does not",)


def _value(text: str) -> object:
    """A recorded value as the API takes it: Terraform keeps a block as a list of one."""
    try:
        found: object = json.loads(text)
    except ValueError:
        return text
    return found[0] if isinstance(found, list) and len(found) == 1 and isinstance(found[0], dict) else found


def _number(text: str) -> int | str:
    return int(text) if text.isdecimal() else text


def _command(*words: str) -> str:
    return shlex.join(words)
