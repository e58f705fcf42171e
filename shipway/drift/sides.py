"""An object on its three sides: declared in a stack, recorded in its state, observed in the workspace.

References in a declared value are replaced by what the state has for them; one that the state does not have is
Unknown, and then the state's own value stands for it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shipway.errors import ShipwayError
from shipway.plan.masks import merge
from shipway.plan.provider import secrets_of
from shipway.plan.values import Record, Unknown, Value

__all__ = ["Item", "StackSides", "declared", "key_of", "name_of", "observed_item", "read_stack", "recorded"]

_META = frozenset({"//", "depends_on", "lifecycle", "provider", "count", "for_each", "provisioner", "connection"})
_REFERENCE = re.compile(r"\$\{((?:data\.)?[A-Za-z_][\w-]*\.[\w-]+)\.([\w.-]+)\}")

# Types without an attribute `id`: what tells two of them apart.
_KEYS: Mapping[str, tuple[str, ...]] = {
    "databricks_account_federation_policy": ("policy_id",),
    "databricks_account_network_policy": ("network_policy_id",),
    "databricks_account_setting_v2": ("name",),
    "databricks_app": ("name",),
    "databricks_budget_policy": ("policy_id",),
    "databricks_data_quality_monitor": ("object_type", "object_id"),
    "databricks_database_database_catalog": ("name",),
    "databricks_database_instance": ("name",),
    "databricks_database_synced_database_table": ("name",),
    "databricks_entity_tag_assignment": ("entity_type", "entity_name", "tag_key"),
    "databricks_external_metadata": ("name",),
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
_NAMES = ("full_name", "display_name", "user_name", "name", "scope", "tag_key", "policy_id", "label")
_SINGLE = re.compile(r"databricks_(workspace_conf|.*_setting)")


@dataclass(frozen=True, slots=True)
class Item:
    """One object on one side."""

    type: str
    id: str
    attributes: Record
    stack: str = ""
    address: str = ""
    path: str = ""
    """The construct's path."""
    host: str = ""
    """Where its provider goes, if its stack says so."""


@dataclass(frozen=True, slots=True)
class StackSides:
    """A stack as declared and as recorded, by address."""

    stack: str
    declared: Mapping[str, Item]
    recorded: Mapping[str, Item]


def read_stack(stack: str, synthesized: bytes, state: bytes) -> StackSides:
    """Both sides of a stack, of its cdk.tf.json and of `terraform show -json`; raises ShipwayError."""
    try:
        document, shown = json.loads(synthesized), json.loads(state)
        resources = list(_resources(shown))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ShipwayError(f"{stack}: its state or its synthesized form cannot be read: {error}") from error
    return StackSides(stack, declared(stack, document, resources), recorded(stack, document, resources))


def _resources(state: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    pending = [state.get("values", {}).get("root_module", {})]
    for module in pending:
        yield from module.get("resources", ())
        pending += module.get("child_modules", ())


def declared(stack: str, document: Mapping[str, Any], resources: Sequence[Mapping[str, Any]]) -> dict[str, Item]:
    """What the stack declares, by address, with references replaced by what the state has."""
    values = {one["address"]: one["values"] for one in resources}
    hosts = _hosts(document)
    found = {}
    for kind, blocks in document.get("resource", {}).items():
        for name, block in blocks.items():
            own = {key: value for key, value in block.items() if key not in _META}
            attributes = _resolved(merge(own, None, None, secrets_of(kind)), values)
            address = f"{kind}.{name}"
            record = attributes if isinstance(attributes, Record) else Record({})
            found[address] = Item(kind, "", record, stack, address, _path(block), _host(block, hosts))
    return found


def recorded(stack: str, document: Mapping[str, Any], resources: Sequence[Mapping[str, Any]]) -> dict[str, Item]:
    """What the state has, by address."""
    hosts = _hosts(document)
    found = {}
    for one in resources:
        if one.get("mode") != "managed":
            continue
        kind, address = str(one["type"]), str(one["address"])
        value = merge(one["values"], None, one.get("sensitive_values"), secrets_of(kind))
        attributes = value if isinstance(value, Record) else Record({})
        block = document.get("resource", {}).get(kind, {}).get(one.get("name"), {})
        host = _host(block, hosts)
        found[address] = Item(kind, key_of(kind, attributes), attributes, stack, address, _path(block), host)
    return found


def observed_item(kind: str, id_: str, attributes: Mapping[str, Any]) -> Item:
    """An object as the workspace answers."""
    value = merge(dict(attributes), None, None, secrets_of(kind))
    record = value if isinstance(value, Record) else Record({})
    return Item(kind, key_of(kind, record) or id_, record)


def key_of(kind: str, attributes: Record) -> str:
    """What finds the same object again on another side; nothing where its attributes do not say."""
    if _SINGLE.fullmatch(kind):
        return "the workspace's only one"
    parts = [_text(_inside(attributes, name)) for name in _KEYS.get(kind, ("id",))]
    return ",".join(parts) if all(parts) else ""


def name_of(item: Item) -> str:
    """The object's name for people."""
    own = item.attributes
    if item.type in ("databricks_schema", "databricks_volume", "databricks_registered_model", "databricks_function"):
        parts = [_text(own.get(name)) for name in ("catalog_name", "schema_name", "name")]
        return ".".join(part for part in parts if part)
    if _SINGLE.fullmatch(item.type):
        return item.type.removeprefix("databricks_").replace("_", " ")
    return next((text for name in _NAMES if (text := _text(own.get(name)))), item.id or item.address)


def _inside(attributes: Record, path: str) -> Value:
    found: Value = attributes
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Record) else None
    return found


def _text(value: Value) -> str:
    return str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""


def _path(block: Mapping[str, Any]) -> str:
    return str(block.get("//", {}).get("metadata", {}).get("path", ""))


def _hosts(document: Mapping[str, Any]) -> dict[str, str]:
    """The host of each provider block, by what a resource calls it."""
    blocks = document.get("provider", {}).get("databricks", ())
    return {".".join(filter(None, ("databricks", one.get("alias")))): str(one.get("host", "")) for one in blocks}


def _host(block: Mapping[str, Any], hosts: Mapping[str, str]) -> str:
    return hosts.get(str(block.get("provider", "databricks")), "")


def _resolved(value: Value, values: Mapping[str, Mapping[str, Any]]) -> Value:
    match value:
        case str() if "${" in value:
            return _reference(value, values)
        case tuple():
            return tuple(_resolved(item, values) for item in value)
        case Record():
            return Record({name: _resolved(inner, values) for name, inner in value.items()})
    return value


def _reference(text: str, values: Mapping[str, Mapping[str, Any]]) -> Value:
    unknown = False

    def look(found: re.Match[str]) -> str:
        nonlocal unknown
        target: Any = values.get(found[1])
        for step in found[2].split("."):
            target = target.get(step) if isinstance(target, Mapping) else None
        if not isinstance(target, (str, int, float)):
            unknown = True
        return str(target)

    resolved = _REFERENCE.sub(look, text)
    return Unknown((text,)) if unknown or "${" in resolved else resolved
