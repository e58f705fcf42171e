"""All observed objects: each is taken into the document, with what hangs on it, or left out for a reason."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter, ValidationError

from shipway.adopt.model import Adoption, LeftOut, Reason
from shipway.adopt.represent import KINDS, Unfit, represent
from shipway.models.adopted import Adopted, AdoptedKey, AdoptedObject
from shipway.observed import Observed, ObservedWorkspace

__all__ = ["Claim", "adopt"]

Claim = tuple[str, str]
"""A type and an import id."""

# Catalogs that every metastore has; `information_schema` is in every catalog.
_OWN_CATALOGS = frozenset({"__databricks_internal", "hive_metastore", "samples", "system"})
_OWN_TYPES = frozenset({"SYSTEM_CATALOG", "INTERNAL_CATALOG"})
_OWN_GROUPS = frozenset({"account users", "admins", "users"})

_ELSEWHERE: dict[str, tuple[Reason, str]] = {
    "databricks_group": (Reason.ACCOUNT, "groups and service principals are the account's, declared once for all"),
    "databricks_group_member": (Reason.ACCOUNT, "who is in a group is its identity provider's, or the account's"),
    "databricks_job": (Reason.BUNDLE, "a job is a use case's: `shipway new`, then declare it in its bundle"),
    "databricks_permission_assignment": (Reason.ACCOUNT, "who may enter a workspace is the account's"),
    "databricks_service_principal": (Reason.ACCOUNT, "groups and service principals are the account's"),
    "databricks_workspace_conf": (Reason.HARDENING, "provider 1.99 cannot import it without a change"),
}
_CHILDREN = ("databricks_grants", "databricks_workspace_binding", "databricks_permissions", "databricks_secret_acl")
_PRINCIPALS = {"user_name": "users", "group_name": "groups", "service_principal_name": "service_principals"}
_LIST_OF = {"cluster_policy_id": "databricks_cluster_policy", "sql_endpoint_id": "databricks_sql_endpoint"}
_KEY: TypeAdapter[str] = TypeAdapter(AdoptedKey)


def adopt(environment: str, observed: ObservedWorkspace, declared: Collection[Claim] = ()) -> Adoption:
    """What to declare so that the environment's workspace is managed as it is.

    `declared` are the claims of other stacks and documents: a type, and an import id or (where the workspace draws the
    id) a name.
    """
    work = _Work(observed, {(type_, id_.lower()) for type_, id_ in declared})
    for one in observed.objects:
        if one.type in KINDS:
            work.consider(one)
    work.leave_the_rest()
    document = Adopted.model_validate(work.sections)
    return Adoption(
        environment, observed, document, tuple(work.taken), tuple(work.left_out), tuple(sorted(set(work.assumed)))
    )


@dataclass
class _Work:
    observed: ObservedWorkspace
    declared: set[Claim]
    sections: dict[str, dict[str, AdoptedObject]] = field(default_factory=dict)
    taken: list[Observed] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)
    _seen: set[Claim] = field(default_factory=set)
    _done: set[int] = field(default_factory=set)
    _children: dict[Claim, list[Observed]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for child in self.observed.of(*_CHILDREN):
            self._children.setdefault(_parent(child), []).append(child)

    def leave(self, one: Observed, reason: Reason, why: str) -> None:
        self._done.add(id(one))
        self.left_out.append(LeftOut(one, reason, why))

    def consider(self, one: Observed) -> None:
        children = self._children.pop(one.key, [])
        refusal = self._refusal(one)
        if refusal is None:
            try:
                self._take(one, children)
                return
            except Unfit as error:
                refusal = Reason.NOT_REPRESENTABLE, str(error)
        self.leave(one, *refusal)
        for child in children:
            self.leave(child, refusal[0], f"what it is on ({one.type} {one.name}) {refusal[0]}")

    def _refusal(self, one: Observed) -> tuple[Reason, str] | None:
        if why := _of_databricks(one):
            return Reason.DATABRICKS, why
        claim = (one.type, one.id.lower())
        if claim in self.declared or (one.type, one.name.lower()) in self.declared:
            return Reason.DECLARED, "another document of this project declares it"
        if claim in self._seen:
            return Reason.NOT_REPRESENTABLE, "another object has this name in other letters' case"
        self._seen.add(claim)
        return None

    def _take(self, one: Observed, children: list[Observed]) -> None:
        attributes = {"id": one.id, **one.attributes}
        entry = represent(one.type, attributes, {})
        if entry.import_id != one.id:
            raise Unfit(f"its name and its id do not belong together: {entry.import_id!r}")
        more: dict[str, Any] = {}
        for child in children:
            try:
                found = self._child(child)
                if found is not None:
                    joined = _joined(more, found)
                    # Each is tried: one that does not fit is left out, and what it is on stays.
                    entry = represent(one.type, attributes, joined)
                    more = joined
                    self._took(child)
            except Unfit as error:
                self.leave(child, Reason.NOT_REPRESENTABLE, str(error))
        section = self.sections.setdefault(KINDS[one.type].section, {})
        section[_key(one, section)] = entry
        self._took(one)

    def _took(self, one: Observed) -> None:
        self._done.add(id(one))
        self.taken.append(one)

    def _child(self, child: Observed) -> dict[str, Any] | None:
        """The fields that a grant, binding, permission or ACL is; None where it is left out."""
        match child.type:
            case "databricks_grants":
                return {"grants": _granted(child)}
            case "databricks_workspace_binding":
                return self._binding(child)
            case "databricks_permissions":
                return self._permissions(child)
            case _:
                attributes = child.attributes
                return {"acls": {str(attributes["principal"]): str(attributes["permission"])}}

    def _binding(self, child: Observed) -> dict[str, Any] | None:
        workspace = str(child.attributes.get("workspace_id", ""))
        if workspace == self.observed.workspace_id:
            # Declared, it breaks the destroy (provider issue 5300).
            self.leave(child, Reason.DATABRICKS, "the home workspace is bound by Databricks itself")
            return None
        if "|" in child.id.partition("|")[2].partition("|")[2]:
            raise Unfit("its import id is parted by '|', and the name has one")
        mode = child.attributes.get("binding_type") or "BINDING_TYPE_READ_WRITE"
        return {"bindings": {workspace: mode}}

    def _permissions(self, child: Observed) -> dict[str, Any] | None:
        found: dict[str, dict[str, str]] = {}
        for entry in _blocks(child, "access_control"):
            level = str(entry.get("permission_level", ""))
            for name, section in _PRINCIPALS.items():
                principal = entry.get(name)
                if not principal:
                    continue
                if found.setdefault(section, {}).setdefault(str(principal), level) != level:
                    raise Unfit(f"{principal} has two permission levels on it")
                if level == "IS_OWNER":
                    self.assumed.append(
                        "A warehouse's IS_OWNER is declared as found. Where the deploy identity itself is the owner, "
                        "provider 1.99 may not read it back (its issue 3730): then delete that line."
                    )
        if found.get("groups", {}).pop("admins", None):
            self.assumed.append("Permissions of the group `admins` are not declared: the provider leaves them alone.")
        found = {section: levels for section, levels in found.items() if levels}
        if not found:
            self.leave(child, Reason.DATABRICKS, "only workspace admins are named in it")
            return None
        return {"permissions": found}

    def leave_the_rest(self) -> None:
        """What is no object of its own, or of a type that is not adopted."""
        for one in self.observed.objects:
            if id(one) in self._done:
                continue
            if one.type in ("databricks_group", "databricks_group_member") and _is_own_group(one):
                self.leave(one, Reason.DATABRICKS, "a group that Databricks keeps")
            elif {(one.type, one.id.lower()), (one.type, one.name.lower())} & self.declared:
                self.leave(one, Reason.DECLARED, "another document of this project declares it")
            elif one.type in _ELSEWHERE:
                self.leave(one, *_ELSEWHERE[one.type])
            elif one.type.endswith("_setting"):
                self.leave(one, Reason.HARDENING, "settings are declared by their meaning, not as found")
            elif one.type in _CHILDREN:
                parent = _parent(one)
                reason = _ELSEWHERE.get(parent[0], (Reason.NOT_REPRESENTABLE, ""))[0]
                self.leave(one, reason, f"what it is on ({parent[0]} {parent[1]}) is not declared here")
            else:
                self.leave(one, Reason.NOT_REPRESENTABLE, f"{one.type} cannot be adopted")


def _parent(child: Observed) -> Claim:
    """What a grant, a binding, a permission or an ACL is on."""
    attributes = child.attributes
    match child.type:
        case "databricks_grants":
            kind, _, name = child.id.partition("/")
            return f"databricks_{'registered_model' if kind == 'model' else kind}", name
        case "databricks_workspace_binding":
            name = attributes.get("securable_name") or attributes.get("catalog_name") or ""
            return f"databricks_{attributes.get('securable_type') or 'catalog'}", str(name)
        case "databricks_permissions":
            for attribute, type_ in (*_LIST_OF.items(), ("job_id", "databricks_job")):
                if attributes.get(attribute):
                    return type_, str(attributes[attribute])
            return "", child.id
        case _:
            return "databricks_secret_scope", str(attributes.get("scope", ""))


def _of_databricks(one: Observed) -> str:
    attributes = one.attributes
    if one.type == "databricks_catalog" and (
        one.name in _OWN_CATALOGS or str(attributes.get("catalog_type")) in _OWN_TYPES
    ):
        return "a catalog that every metastore has"
    if str(attributes.get("catalog_name")) in _OWN_CATALOGS:
        return "in a catalog that every metastore has"
    if one.type == "databricks_schema" and attributes.get("name") == "information_schema":
        return "every catalog has one"
    if one.type == "databricks_cluster_policy" and attributes.get("is_default"):
        return "a policy that Databricks keeps"
    return ""


def _is_own_group(one: Observed) -> bool:
    return str(one.attributes.get("display_name", one.name.partition(":")[0])) in _OWN_GROUPS


def _granted(child: Observed) -> dict[str, list[str]]:
    found: dict[str, set[str]] = {}
    for entry in _blocks(child, "grant"):
        found.setdefault(str(entry.get("principal", "")), set()).update(map(str, entry.get("privileges") or ()))
    return {principal: sorted(found[principal]) for principal in sorted(found)}


def _blocks(one: Observed, name: str) -> Iterator[Mapping[str, Any]]:
    value = one.attributes.get(name)
    yield from (entry for entry in value if isinstance(entry, Mapping)) if isinstance(value, list | tuple) else ()


def _joined(fields: dict[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Both, with mappings of one name put together: each binding and each ACL is an object of its own."""
    return {**fields, **{name: {**fields.get(name, {}), **value} for name, value in more.items()}}


def _key(one: Observed, taken: Collection[str]) -> str:
    """A key from the object's name that nobody has yet, on file systems that do not tell cases apart too."""
    name = one.id if one.type in _FULL_NAMES else one.name
    used = {key.lower() for key in taken}
    try:
        key = _KEY.validate_python(name)
    except ValidationError:
        key = ""
    if key and key.lower() not in used:
        return key
    word = re.sub(r"[^A-Za-z0-9_]+", "-", name).strip("-")[:60] or "object"
    digest = hashlib.sha256(f"{one.type}\0{one.id}".encode("utf-8", "surrogatepass")).hexdigest()
    return f"{word}-{digest[:8]}"


_FULL_NAMES = frozenset({"databricks_schema", "databricks_volume", "databricks_registered_model"})
