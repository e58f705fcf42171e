"""How each resource type that holds access says who may do what: one reader per type, from attributes to facts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TypeAlias

from shipway.plan.objects import Objects, first
from shipway.plan.values import Record, Secret, Unknown, Value

__all__ = ["ENTITLEMENTS", "PRINCIPALS", "READERS", "Access", "Reader", "blocks", "entitled", "fact", "target_of"]


@dataclass(frozen=True, slots=True, order=True)
class Access:
    """One fact: this principal holds this privilege on this object. `known` is False where the plan cannot say who."""

    principal: str
    privilege: str
    on: str
    known: bool = True


Reader: TypeAlias = Callable[[Record, Objects], Iterator[Access]]


def blocks(value: Value) -> tuple[Record, ...]:
    """The blocks of an attribute: a list of them, or the one that stands there alone."""
    items = value if isinstance(value, tuple) else (value,)
    return tuple(item for item in items if isinstance(item, Record))


def _words(value: Value) -> tuple[Value, ...]:
    return value if isinstance(value, tuple) else () if value is None else (value,)


def _known(*values: Value) -> bool:
    return not any(isinstance(value, Secret) or (isinstance(value, Unknown) and not value.refs) for value in values)


def fact(objects: Objects, principal: Value, privilege: Value, on: str, principal_type: str = "") -> Access:
    """A fact with names in place of ids; `principal_type` is the resource type that the principal's id belongs to."""
    who, what = objects.text(principal, principal_type), objects.text(privilege)
    return Access(who, what, on, _known(principal, privilege))


# What an object's attribute is called, where that is not its resource type.
_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "model": "databricks_registered_model",
        "table": "databricks_sql_table",
        "foreign_connection": "databricks_connection",
        "experiment": "databricks_mlflow_experiment",
        "serving_endpoint": "databricks_model_serving",
        "registered_model": "databricks_mlflow_model",
    }
)
_SECURABLES = (
    "catalog",
    "schema",
    "table",
    "volume",
    "function",
    "model",
    "external_location",
    "storage_credential",
    "credential",
    "foreign_connection",
    "share",
    "recipient",
    "pipeline",
    "metastore",
)


def _securable_attribute(own: Record) -> str:
    if own.keys().isdisjoint(_SECURABLES):
        return ""
    return next((name for name in _SECURABLES if own.get(name) not in (None, "")), "")


def _securable(own: Record, objects: Objects) -> str:
    name = _securable_attribute(own)
    return f"{name.replace('_', ' ')} {objects.text(own[name], _type_of(name))}" if name else "an object"


def _type_of(attribute: str) -> str:
    return _TYPES.get(attribute, f"databricks_{attribute}")


def _grants(own: Record, objects: Objects) -> Iterator[Access]:
    on = _securable(own, objects)
    if isinstance(own.get("grant"), (Unknown, Secret)):
        yield fact(objects, own["grant"], "GRANTS", on)
    for grant in blocks(own.get("grant")):
        for privilege in _words(grant.get("privileges")):
            yield fact(objects, grant.get("principal"), privilege, on)


def _grant(own: Record, objects: Objects) -> Iterator[Access]:
    for privilege in _words(own.get("privileges")):
        yield fact(objects, own.get("principal"), privilege, _securable(own, objects))


_OBJECT_ID = re.compile(r"(.+?)_(?:id|path|name)")
_NO_OBJECT = frozenset({"id", "object_type", "access_control", "authorization", "provider", "depends_on", "lifecycle"})
PRINCIPALS = ("group_name", "user_name", "service_principal_name")


def _acl_attribute(own: Record) -> str:
    return next((name for name, value in own.items() if _names_an_object(name) and value not in (None, "")), "")


@lru_cache
def _names_an_object(attribute: str) -> bool:
    return attribute not in _NO_OBJECT and bool(_OBJECT_ID.fullmatch(attribute))


def _acl_object(own: Record, objects: Objects) -> str:
    name = _acl_attribute(own)
    if not name:
        return f"all {objects.text(own.get('authorization'))}"
    kind = name.rpartition("_")[0]
    return f"{kind.replace('_', ' ')} {objects.text(own[name], _type_of(kind))}"


def target_of(own: Record) -> tuple[str, Value]:
    """The resource type and the id, name or reference of what an authoritative list of access is about."""
    name = _securable_attribute(own)
    if name:
        return _type_of(name), own[name]
    name = _acl_attribute(own)
    return (_type_of(name.rpartition("_")[0]), own[name]) if name else ("", None)


def _permissions(own: Record, objects: Objects) -> Iterator[Access]:
    on = _acl_object(own, objects)
    if isinstance(own.get("access_control"), (Unknown, Secret)):
        yield fact(objects, own["access_control"], "PERMISSIONS", on)
    for entry in blocks(own.get("access_control")):
        for name in PRINCIPALS:
            if entry.get(name) not in (None, ""):
                kind = f"databricks_{name.removesuffix('_name')}"
                yield fact(objects, entry[name], entry.get("permission_level"), on, kind)


def _secret_acl(own: Record, objects: Objects) -> Iterator[Access]:
    yield fact(objects, own.get("principal"), own.get("permission"), f"secret scope {objects.text(own.get('scope'))}")


def _member(own: Record, objects: Objects) -> Iterator[Access]:
    member = own.get("member_id")
    kinds = ("databricks_service_principal", "databricks_group", "databricks_user")
    kind = next((kind for kind in kinds if objects.knows(kind, member)), "")
    on = f"group {objects.text(own.get('group_id'), 'databricks_group')}"
    yield fact(objects, member, "MEMBER", on, kind)


def _rule_set(own: Record, objects: Objects) -> Iterator[Access]:
    on = f"rule set {objects.text(own.get('name'))}"
    if isinstance(own.get("grant_rules"), (Unknown, Secret)):
        yield fact(objects, own["grant_rules"], "ROLES", on)
    for rule in blocks(own.get("grant_rules")):
        for principal in _words(rule.get("principals")):
            yield fact(objects, principal, rule.get("role"), on)


def _assignment(own: Record, objects: Objects) -> Iterator[Access]:
    principal = first(own, "principal_id", *PRINCIPALS)
    kinds = ("databricks_group", "databricks_service_principal", "databricks_user")
    kind = next((kind for kind in kinds if objects.knows(kind, principal)), "")
    workspace = own.get("workspace_id")
    on = (
        f"workspace {objects.text(workspace, 'databricks_mws_workspaces')}"
        if workspace is not None
        else "the workspace"
    )
    for permission in _words(own.get("permissions")):
        yield fact(objects, principal, permission, on, kind)


def _role(owner: str) -> Reader:
    def read(own: Record, objects: Objects) -> Iterator[Access]:
        who = own.get(f"{owner}_id")
        yield fact(objects, who, own.get("role"), "the account or workspace", f"databricks_{owner}")

    return read


ENTITLEMENTS = (
    "allow_cluster_create",
    "allow_instance_pool_create",
    "databricks_sql_access",
    "workspace_access",
    "workspace_consume",
)


def entitled(principal: str, own: Record) -> Iterator[Access]:
    """The entitlements that a principal's attributes switch on."""
    for name in ENTITLEMENTS:
        if own.get(name) is True:
            yield Access(principal, name.upper(), "the workspace")


def _entitlements(own: Record, objects: Objects) -> Iterator[Access]:
    for owner in ("group", "service_principal", "user"):
        value = first(own, f"{owner}_id")
        if value is not None:
            who = objects.text(value, f"databricks_{owner}")
            # Where no plan says what it is called: a number alone says not even what it is the number of.
            yield from entitled(f"{owner.replace('_', ' ')} {who}" if who == value else who, own)


def _binding(own: Record, objects: Objects) -> Iterator[Access]:
    kind = objects.text(_or(first(own, "securable_type"), "catalog"))
    on = f"{kind} {objects.text(first(own, 'securable_name', 'catalog_name'), 'databricks_catalog')}"
    # The API's default, and the wider of the two.
    binding = objects.text(_or(first(own, "binding_type"), "BINDING_TYPE_READ_WRITE"))
    yield Access(_workspace(own.get("workspace_id"), objects), binding, on)


def _or(value: Value, default: str) -> Value:
    return default if value is None else value


def _workspace(number: Value, objects: Objects) -> str:
    return f"workspace {objects.text(number, 'databricks_mws_workspaces')}"


def _federation(own: Record, objects: Objects) -> Iterator[Access]:
    policy = next(iter(blocks(own.get("oidc_policy"))), Record({}))
    outside = f"{objects.text(policy.get('subject'))} of {objects.text(policy.get('issuer'))}{_claims(policy, objects)}"
    inside = own.get("service_principal_id")
    target = (
        objects.text(inside, "databricks_service_principal") if inside is not None else "any identity of the account"
    )
    yield Access(outside, "LOGS IN AS", target, _known(policy.get("subject"), policy.get("issuer")))


def _claims(policy: Record, objects: Objects) -> str:
    """What else decides whom the policy lets in: as telling as the subject, and approved with it."""
    audiences = ", ".join(sorted(objects.text(name) for name in _words(policy.get("audiences"))))
    keys = objects.text(policy["jwks_json"]) if policy.get("jwks_json") else ""
    said = (
        (" for ", audiences),
        (" by ", objects.text(policy["subject_claim"]) if policy.get("subject_claim") else ""),
        (" with keys from ", objects.text(policy["jwks_uri"]) if policy.get("jwks_uri") else ""),
        (" with keys of digest ", hashlib.sha256(keys.encode()).hexdigest()[:12] if keys else ""),
    )
    return "".join(lead + text for lead, text in said if text)


def _credential(own: Record, objects: Objects) -> Iterator[Access]:
    who = first(own, "service_principal_id", "application_id")
    on, lasts = "the account or workspace", first(own, "lifetime", "lifetime_seconds")
    if lasts is not None and not isinstance(lasts, Unknown):
        on += f" for {objects.text(lasts).removesuffix('s')} seconds"
    yield Access(objects.text(who, "databricks_service_principal"), "HOLDS A CREDENTIAL", on)


READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "databricks_access_control_rule_set": _rule_set,
        "databricks_account_federation_policy": _federation,
        "databricks_catalog_workspace_binding": _binding,
        "databricks_entitlements": _entitlements,
        "databricks_grant": _grant,
        "databricks_grants": _grants,
        "databricks_group_member": _member,
        "databricks_group_role": _role("group"),
        "databricks_mws_permission_assignment": _assignment,
        "databricks_obo_token": _credential,
        "databricks_permission_assignment": _assignment,
        "databricks_permissions": _permissions,
        "databricks_secret_acl": _secret_acl,
        "databricks_service_principal_federation_policy": _federation,
        "databricks_service_principal_role": _role("service_principal"),
        "databricks_service_principal_secret": _credential,
        "databricks_user_role": _role("user"),
        "databricks_workspace_binding": _binding,
    }
)
