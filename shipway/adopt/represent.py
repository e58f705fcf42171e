"""One observed object as an entry of the document.

An entry is validated by the document's own model, and an attribute that nobody here knows is a reason to leave the
object out: what Terraform is not told it sets to its default, and that would be the first change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from shipway.errors import HIDDEN
from shipway.models.adopted import (
    AdoptedCatalog,
    AdoptedClusterPolicy,
    AdoptedCredential,
    AdoptedIpAccessList,
    AdoptedLocation,
    AdoptedModel,
    AdoptedNotification,
    AdoptedObject,
    AdoptedSchema,
    AdoptedScope,
    AdoptedVolume,
    AdoptedWarehouse,
)
from shipway.models.document import spelled

__all__ = ["KINDS", "Kind", "Unfit", "represent", "unwritable"]

Attributes = Mapping[str, Any]


class Unfit(ValueError):
    """The object cannot be declared as it is; the text says why."""


@dataclass(frozen=True)
class Kind:
    """How objects of one type become entries of one section of the document."""

    section: str
    model: type[AdoptedObject]
    fields: tuple[str, ...]
    """Attributes that are taken as they are."""
    special: Callable[[Attributes], dict[str, Any]] = field(default=lambda _: {})
    """Fields that are made of others; raises Unfit."""
    handled: frozenset[str] = frozenset()
    """Attributes that `special` looks at."""


# The workspace sets these itself, or keeps them for itself: not declaring them changes nothing.
_COMPUTED = frozenset(
    {
        *("id", "metastore_id", "created_at", "created_by", "updated_at", "updated_by", "full_name", "etag"),
        *("catalog_type", "securable_type", "schema_id", "volume_path", "credential_id", "storage_credential_id"),
        *("effective_predictive_optimization_flag", "enable_predictive_optimization", "provisioning_info"),
        *("browse_only", "force_destroy", "force_update", "skip_validation", "policy_id", "is_default"),
        *("creator_name", "data_source_id", "health", "jdbc_url", "odbc_params", "num_clusters", "state"),
        *("num_active_sessions", "no_wait", "backend_type", "destination_type", "provider_config"),
    }
)


def represent(type_: str, attributes: Attributes, more: Attributes) -> AdoptedObject:
    """The entry of an object with `attributes`; `more` are fields from elsewhere (grants, bindings). Raises Unfit."""
    kind = KINDS[type_]
    known = {*kind.fields, *kind.handled, *_COMPUTED}
    unknown = [name for name, value in attributes.items() if name not in known and value not in _UNSET]
    if unknown:
        raise Unfit(f"its {' and '.join(sorted(unknown))} cannot be declared here")
    entry = {name: attributes[name] for name in kind.fields if attributes.get(name) not in (None, "", {}, [])}
    entry |= kind.special(attributes) | {name: value for name, value in more.items() if value}
    for place, text in _texts(entry, ""):
        if said := unwritable(text):
            raise Unfit(f"{place or 'it'} {said}")
    try:
        return kind.model.model_validate(entry)
    except ValidationError as error:
        first = error.errors()[0]
        place = spelled(first["loc"]) or "it"
        raise Unfit(f"{place}: {first['msg'].removeprefix('Value error, ')}") from error


_UNSET: tuple[Any, ...] = (None, "", False, 0, [], {})


def unwritable(text: str) -> str:
    """Why a document may not hold this text; nothing where it may."""
    if "${" in text or "%{" in text:
        return "has '${' or '%{' in it, which Terraform would evaluate"
    if found := HIDDEN.search(text):
        return f"has the hidden character U+{ord(found[0]):04X} in it"
    if any(0xD800 <= ord(character) <= 0xDFFF for character in text):
        return "has half a character in it"
    return ""


def _texts(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield f"a key of {place}", str(key)
            yield from _texts(item, f"{place}.{key}" if place else str(key))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item, place)


def _block(attributes: Attributes, name: str) -> Attributes:
    """The one block of that name, or nothing."""
    found = attributes.get(name)
    if not found:
        return {}
    if not isinstance(found, list) or len(found) != 1 or not isinstance(found[0], Mapping):
        raise Unfit(f"its {name} is no single block")
    return found[0]


def _catalog(attributes: Attributes) -> dict[str, Any]:
    for name in ("connection_name", "provider_name", "share_name"):
        if attributes.get(name):
            raise Unfit("it shows another system's data (a foreign or shared catalog)")
    kind = attributes.get("catalog_type") or "MANAGED_CATALOG"
    if kind != "MANAGED_CATALOG":
        raise Unfit(f"it is a {kind}")
    if attributes.get("browse_only"):
        raise Unfit("the identity that asked may only browse it: its owner and grants were not told")
    return {}


def _volume(attributes: Attributes) -> dict[str, Any]:
    # Where a managed volume lies is Databricks' to say; declared, it would be asked for.
    place = attributes.get("storage_location")
    return {"storage_location": place} if attributes.get("volume_type") == "EXTERNAL" and place else {}


def _credential(attributes: Attributes) -> dict[str, Any]:
    for name in ("azure_service_principal", "cloudflare_api_token", "gcp_service_account_key"):
        if attributes.get(name):
            raise Unfit("it holds a secret, which no document may")
    azure = _block(attributes, "azure_managed_identity")
    wanted = ("access_connector_id", "managed_identity_id")
    found: dict[str, Any] = {
        "role_arn": _block(attributes, "aws_iam_role").get("role_arn"),
        "azure_managed_identity": {name: azure[name] for name in wanted if azure.get(name)},
        "gcp_service_account": bool(attributes.get("databricks_gcp_service_account")),
    }
    return {name: value for name, value in found.items() if value}


def _policy(attributes: Attributes) -> dict[str, Any]:
    if attributes.get("policy_family_id"):
        names: tuple[str, ...] = ("policy_family_id", "policy_family_definition_overrides")
    else:
        names = ("definition",)
    return {"id": attributes["id"], **{name: attributes[name] for name in names if attributes.get(name)}}


def _warehouse(attributes: Attributes) -> dict[str, Any]:
    channel = _block(attributes, "channel")
    if channel.get("dbsql_version"):
        raise Unfit("its channel names a version")
    tags = _block(attributes, "tags").get("custom_tags") or []
    pairs = {str(tag["key"]): str(tag["value"]) for tag in tags}
    if len(pairs) != len(tags):
        raise Unfit("it has two tags of one key")
    # The API leaves a false one out.
    flags = {name: bool(attributes.get(name)) for name in ("enable_photon", "enable_serverless_compute")}
    named = {"channel": channel["name"]} if channel.get("name") else {}
    return {"id": attributes["id"], **flags, **named, **({"tags": pairs} if pairs else {})}


def _scope(attributes: Attributes) -> dict[str, Any]:
    vault = _block(attributes, "keyvault_metadata")
    if (attributes.get("backend_type") or "DATABRICKS") != "DATABRICKS" and not vault:
        raise Unfit(f"it shows a {attributes['backend_type']} of which nothing was told")
    return {"keyvault": {name: vault.get(name, "") for name in ("resource_id", "dns_name")}} if vault else {}


def _numbered(attributes: Attributes) -> dict[str, Any]:
    return {"id": attributes["id"], **({"enabled": False} if attributes.get("enabled") is False else {})}


def _notification(attributes: Attributes) -> dict[str, Any]:
    emails = _block(_block(attributes, "config"), "email").get("addresses")
    if not emails:
        raise Unfit("the API does not tell a webhook's address, and it would be a secret")
    return {"id": attributes["id"], "emails": emails}


_TYPES = ("catalog_name", "name", "owner", "comment")
KINDS: dict[str, Kind] = {
    "databricks_storage_credential": Kind(
        "storage_credentials",
        AdoptedCredential,
        ("name", "owner", "comment", "isolation_mode", "read_only"),
        _credential,
        frozenset(
            {
                *("aws_iam_role", "azure_managed_identity", "databricks_gcp_service_account"),
                *("azure_service_principal", "cloudflare_api_token", "gcp_service_account_key"),
            }
        ),
    ),
    "databricks_external_location": Kind(
        "external_locations",
        AdoptedLocation,
        ("name", "url", "credential_name", "owner", "comment", "isolation_mode", "read_only", "fallback"),
    ),
    "databricks_catalog": Kind(
        "catalogs",
        AdoptedCatalog,
        ("name", "owner", "comment", "isolation_mode", "storage_root", "properties"),
        _catalog,
        frozenset({"connection_name", "provider_name", "share_name", "storage_location"}),
    ),
    "databricks_schema": Kind("schemas", AdoptedSchema, (*_TYPES, "storage_root", "properties")),
    "databricks_volume": Kind(
        "volumes", AdoptedVolume, (*_TYPES, "schema_name", "volume_type"), _volume, frozenset({"storage_location"})
    ),
    "databricks_registered_model": Kind(
        "registered_models", AdoptedModel, (*_TYPES, "schema_name"), handled=frozenset({"storage_location"})
    ),
    "databricks_cluster_policy": Kind(
        "cluster_policies",
        AdoptedClusterPolicy,
        ("name", "description", "max_clusters_per_user"),
        _policy,
        frozenset({"definition", "policy_family_id", "policy_family_definition_overrides"}),
    ),
    "databricks_sql_endpoint": Kind(
        "sql_warehouses",
        AdoptedWarehouse,
        (
            *("name", "cluster_size", "auto_stop_mins", "min_num_clusters", "max_num_clusters"),
            *("warehouse_type", "spot_instance_policy"),
        ),
        _warehouse,
        frozenset({"enable_photon", "enable_serverless_compute", "channel", "tags"}),
    ),
    "databricks_secret_scope": Kind("secret_scopes", AdoptedScope, ("name",), _scope, frozenset({"keyvault_metadata"})),
    "databricks_ip_access_list": Kind(
        "ip_access_lists",
        AdoptedIpAccessList,
        ("label", "list_type", "ip_addresses"),
        _numbered,
        frozenset({"enabled"}),
    ),
    "databricks_notification_destination": Kind(
        "notification_destinations", AdoptedNotification, ("display_name",), _notification, frozenset({"config"})
    ),
}
"""Every type that can be adopted; what hangs on these (grants, bindings, permissions, ACLs) comes with them."""
