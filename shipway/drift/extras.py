"""What nobody declared in places that are ours. Terraform's plan asks only for what it made, so it sees none of it.

A binding of our catalog to one more workspace, a member put into our group, a schema made by hand in our catalog, a job
in our workspace: each is an object of its own at the API, and no state has it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from shipway.drift.meaning import weight
from shipway.drift.model import Finding, Kind
from shipway.drift.rights import RIGHTS, Target, rights_of, target_of
from shipway.drift.sides import Item, name_of
from shipway.plan.values import Value

__all__ = ["Managed", "extras"]

_UNITY = {
    "catalog": "databricks_catalog",
    "schema": "databricks_schema",
    "volume": "databricks_volume",
    "model": "databricks_registered_model",
    "function": "databricks_registered_model",
    "external_location": "databricks_external_location",
    "storage_credential": "databricks_storage_credential",
    "credential": "databricks_credential",
}
_BY_ID = {
    "jobs": "databricks_job",
    "cluster-policies": "databricks_cluster_policy",
    "sql/warehouses": "databricks_sql_endpoint",
}

# Made by Databricks itself, or by everybody's work.
_SYSTEM_CATALOGS = frozenset({"system", "samples", "hive_metastore", "__databricks_internal", "__databricks_tutorial"})
_SYSTEM_SCHEMAS = frozenset({"information_schema", "default"})
_BUILT_IN = frozenset(
    {
        *("Personal Compute", "Power User Compute", "Shared Compute", "Job Compute", "Legacy Shared Compute"),
        *("Serverless Starter Warehouse", "Starter Warehouse"),
    }
)
_LEFT_OUT = {
    "databricks_group": "groups that no document declares: the identity provider brings them",
    "databricks_user": "users: the identity provider brings them",
    "databricks_service_principal": "service principals that no document declares: they stand for other systems",
    "databricks_sql_table": "tables and views: jobs make them",
    "databricks_table": "tables and views: jobs make them",
    "databricks_secret": "secrets: their values are set by hand or by rotation",
    "databricks_user_role": "roles of users: the identity provider brings them",
}
_MEMBERS = "people in groups whose members no document declares: the identity provider puts them there"


@dataclass(frozen=True)
class Managed:
    """What is ours: every object of every environment's state, and this environment's workspace."""

    keys: frozenset[tuple[str, str]]
    """Type and id of each."""
    names: frozenset[tuple[str, str]]
    """Type and name of each."""
    with_members: frozenset[str]
    """Ids of groups of which a document declares at least one member."""
    workspace_ids: frozenset[str]
    """Of this environment's workspace; none where it is the account that is looked at."""
    principals: Mapping[str, str]
    """Names of groups and service principals by their ids."""


def extras(observed: Iterable[Item], managed: Managed) -> tuple[list[Finding], tuple[str, ...]]:
    """Every observed object that is not ours in a place that is; and what was left out, with counts."""
    findings: list[Finding] = []
    left: Counter[str] = Counter()
    for item in observed:
        if (item.type, item.id) in managed.keys:
            continue
        found = _Extra(item, managed)
        reason = found.left_out()
        if reason:
            left[reason] += 1
        else:
            findings += found.findings()
    return findings, tuple(f"{count} {reason}" for reason, count in sorted(left.items()))


@dataclass(frozen=True)
class _Extra:
    """One object that no state has."""

    item: Item
    managed: Managed

    def left_out(self) -> str:
        """Why it is no drift by definition; nothing where it may be."""
        if self.item.type == "databricks_group_member" and not self._member_of_ours():
            return _MEMBERS if self._text("group_id") in self._our_groups() else "members of groups that are not ours"
        return _LEFT_OUT.get(self.item.type, "")

    def _our_groups(self) -> set[str]:
        return {id_ for type_, id_ in self.managed.keys if type_ == "databricks_group"}

    def _member_of_ours(self) -> bool:
        group, member = self._text("group_id"), self._text("member_id")
        # People come and go in the groups of people; a machine there, or anybody in a group of machines, does not.
        return group in self._our_groups() and (group in self.managed.with_members or member in self.managed.principals)

    def findings(self) -> Iterator[Finding]:
        """What of it is drift."""
        own = self.item
        match own.type:
            case "databricks_workspace_binding" | "databricks_catalog_workspace_binding":
                yield from self._binding()
            case "databricks_mws_permission_assignment" | "databricks_permission_assignment":
                who, where = self._principal("principal_id"), self._text("workspace_id")
                level = ", ".join(map(str, self._list("permissions")))
                if not self.managed.workspace_ids or where in ("", *self.managed.workspace_ids):
                    yield self._finding(Kind.EXTRA, f"workspace {where}".strip(), f"{level} to {who}")
            case "databricks_group_member":
                group = self.managed.principals.get(self._text("group_id"), self._text("group_id"))
                yield self._finding(Kind.EXTRA, f"group {group}", f"member {self._principal('member_id')}")
            case "databricks_secret_acl":
                if self._ours("databricks_secret_scope", self._text("scope")):
                    right = f"{self._text('permission')} to {self._text('principal')}"
                    yield self._finding(Kind.EXTRA, f"secret scope {self._text('scope')}", right)
            case _ if own.type in RIGHTS:
                yield from self._rights()
            case _:
                yield from self._object()

    def _binding(self) -> Iterator[Finding]:
        kind = self._text("securable_type") or "catalog"
        name = self._text("securable_name") or self._text("catalog_name")
        # Databricks binds a securable to the workspace that it was made in.
        if self._ours(_UNITY.get(kind, ""), name) and self._text("workspace_id") not in self.managed.workspace_ids:
            mode = self._text("binding_type").removeprefix("BINDING_TYPE_").lower().replace("_", " ")
            text = f"bound to workspace {self._text('workspace_id')}"
            yield self._finding(Kind.EXTRA, f"{kind} {name}", f"{text} ({mode})" if mode else text)

    def _rights(self) -> Iterator[Finding]:
        target = target_of(self.item)
        if self._has(target):
            for right in sorted(rights_of(self.item)):
                yield self._finding(Kind.EXTRA_RIGHT, str(target), str(right))

    def _has(self, target: Target) -> bool:
        """Whether that object is ours, or lies in a catalog of ours."""
        if target.kind in _BY_ID:
            return (_BY_ID[target.kind], target.name) in self.managed.keys
        if target.kind in (*_UNITY, "table"):
            inside = self._ours("databricks_catalog", target.name.partition(".")[0])
            return self._ours(_UNITY.get(target.kind, ""), target.name) or ("." in target.name and inside)
        return False

    def _object(self) -> Iterator[Finding]:
        own, name = self.item, name_of(self.item)
        if own.type == "databricks_catalog":
            made = name in _SYSTEM_CATALOGS or self._ours(own.type, name)
        elif own.type == "databricks_schema":
            made = self._text("name") in _SYSTEM_SCHEMAS or not self._in_our_catalog()
        elif own.type in ("databricks_volume", "databricks_registered_model", "databricks_function"):
            made = not self._in_our_catalog()
        else:
            # Metastore-wide objects are seen from every workspace: another environment's are known by name.
            made = name in _BUILT_IN or self._ours(own.type, name)
        if not made:
            yield self._finding(Kind.UNMANAGED, name, "")

    def _in_our_catalog(self) -> bool:
        return self._ours("databricks_catalog", self._text("catalog_name"))

    def _ours(self, type_: str, name: str) -> bool:
        return (type_, name) in self.managed.names

    def _finding(self, kind: Kind, object_: str, attribute: str) -> Finding:
        type_ = self.item.type
        return Finding(
            kind=kind,
            weight=weight(kind, type_),
            stack="",
            type=type_,
            object=object_,
            id=self.item.id,
            attribute=attribute,
            observed="is there",
            blind=True,
        )

    def _principal(self, name: str) -> str:
        return self.managed.principals.get(self._text(name), self._text(name))

    def _text(self, name: str) -> str:
        value: Value = self.item.attributes.get(name)
        return str(value) if isinstance(value, (str, int)) else ""

    def _list(self, name: str) -> tuple[Value, ...]:
        value = self.item.attributes.get(name)
        return value if isinstance(value, tuple) else ()
