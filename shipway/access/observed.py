"""Access as it is: a landscape from what was observed in workspaces, be it the sandbox, a recording or a live one.

Also grants that somebody added by hand are in it. What could not be read stands in the landscape's gaps: an answer
about access that left it out would be wrong in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from shipway.access.landscape import Held, Kind, Landscape, Principal, PrincipalKind, Securable
from shipway.access.vocabulary import ALL_NAMES, ALL_PRIVILEGES, ENTITLEMENTS
from shipway.errors import ShipwayError
from shipway.observed import Observed, ObservedWorkspace

__all__ = ["observed"]

_UNKNOWN = (
    "Which people are in a group: the identity provider knows. A line about a group is about everyone in it.",
    "Metastore and account admins: they are appointed in the account console.",
    "What the group `users` may do, in which everybody is who is let into a workspace.",
)
_EVERYBODY = "account users"

_UNITY = {
    "catalog": Kind.CATALOG,
    "schema": Kind.SCHEMA,
    "table": Kind.TABLE,
    "volume": Kind.VOLUME,
    "model": Kind.MODEL,
    "function": Kind.FUNCTION,
    "external_location": Kind.EXTERNAL_LOCATION,
    "storage_credential": Kind.STORAGE_CREDENTIAL,
}
_TYPES = {
    **{f"databricks_{name}": kind for name, kind in _UNITY.items() if name not in ("model", "table", "function")},
    "databricks_registered_model": Kind.MODEL,
    "databricks_sql_table": Kind.TABLE,
    "databricks_job": Kind.JOB,
    "databricks_model_serving": Kind.ENDPOINT,
    "databricks_cluster_policy": Kind.CLUSTER_POLICY,
    "databricks_secret_scope": Kind.SECRET_SCOPE,
    "databricks_sql_endpoint": Kind.WAREHOUSE,
}
_PERMISSIONS = {
    "/jobs/": Kind.JOB,
    "/cluster-policies/": Kind.CLUSTER_POLICY,
    "/serving-endpoints/": Kind.ENDPOINT,
    "/sql/warehouses/": Kind.WAREHOUSE,
}
_IDENTITIES = {
    "databricks_group": (PrincipalKind.GROUP, "display_name"),
    "databricks_service_principal": (PrincipalKind.SERVICE_PRINCIPAL, "display_name"),
    "databricks_user": (PrincipalKind.USER, "user_name"),
}
_DECIDES = {
    *(*_TYPES, *_IDENTITIES, "databricks_group_member", "databricks_grants", "databricks_grant"),
    *("databricks_permissions", "databricks_secret_acl", "databricks_mws_permission_assignment"),
    *("databricks_permission_assignment", "databricks_entitlements", "databricks_access_control_rule_set"),
}
"""Types that access is decided by: an unreadable setting leaves no answer unfinished."""

_RULE_SET = re.compile(r"accounts/[^/]+/servicePrincipals/([^/]+)/ruleSets/default")
_ROLES = {
    "roles/servicePrincipal.user": "SERVICE_PRINCIPAL_USER",
    "roles/servicePrincipal.manager": "SERVICE_PRINCIPAL_MANAGER",
}
_IN_METASTORE = frozenset({Kind.EXTERNAL_LOCATION, Kind.STORAGE_CREDENTIAL, Kind.CATALOG})


def observed(workspaces: Mapping[str, ObservedWorkspace], ids: Mapping[str, str] | None = None) -> Landscape:
    """The landscape of what was observed, by environment; `ids` are environments by workspace ids of the documents.

    Raises ShipwayError where there is nothing at all.
    """
    if not any(one.objects for one in workspaces.values()):
        raise ShipwayError(
            "nothing was deployed to what was asked, so nobody can be said to have access",
            "deploy first (`shipway deploy --yes`), or ask the declarations (`--from declared`)",
        )
    reader = _Reader(dict(workspaces), dict(ids or {}))
    for read in (reader.identity, reader.membership, reader.securable, reader.right):
        for environment, workspace in workspaces.items():
            for one in workspace.objects:
                read(_Object(environment, one))
    return reader.landscape()


@dataclass(frozen=True, slots=True)
class _Object:
    """One object, in the workspace where it was seen; one of the account is seen in all of them."""

    environment: str
    observed: Observed

    @property
    def type(self) -> str:
        return self.observed.type

    @property
    def id(self) -> str:
        return self.text("id") or self.observed.id

    def text(self, name: str) -> str:
        """An attribute as text; nothing where it is missing."""
        value = self.observed.attributes.get(name)
        return "" if value is None else str(value)

    def blocks(self, name: str) -> list[Mapping[str, Any]]:
        """An attribute that is a list of blocks."""
        found = self.observed.attributes.get(name)
        return [block for block in found if isinstance(block, Mapping)] if isinstance(found, Sequence) else []


@dataclass
class _Reader:
    """Collects principals, then memberships, then securables, then rights: each refers to those before it."""

    workspaces: Mapping[str, ObservedWorkspace]
    ids: dict[str, str]
    """Environments by workspace ids."""
    principals: dict[str, Principal] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    """A principal's name by its id and by its application id."""
    securables: dict[str, Securable] = field(default_factory=dict)
    by_key: dict[tuple[str, Kind, str], str] = field(default_factory=dict)
    """A securable's id by environment, kind and the object's own id."""
    held: set[Held] = field(default_factory=set)
    unknown: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ids |= {one.workspace_id: name for name, one in self.workspaces.items() if one.workspace_id}
        for environment in self.workspaces:
            self._add(Securable(Kind.WORKSPACE, environment, environment))

    def identity(self, one: _Object) -> None:
        """A group, a service principal or a user."""
        if one.type not in _IDENTITIES:
            return
        kind, attribute = _IDENTITIES[one.type]
        name = one.text(attribute) or one.id
        self.principals.setdefault(name, Principal(name, kind))
        self.names |= {key: name for key in (one.id, one.text("application_id")) if key}
        if kind is PrincipalKind.SERVICE_PRINCIPAL:
            # It is the account's; a machine identity's name ends with the environment that it is for.
            environment = next((known for known in self.workspaces if name.endswith(f"-{known}")), one.environment)
            machine = Securable(Kind.SERVICE_PRINCIPAL, name, environment)
            self.securables.setdefault(machine.id, machine)

    def membership(self, one: _Object) -> None:
        """Somebody's place in a group."""
        if one.type == "databricks_group_member":
            group, member = (self._principal(one.text(name)) for name in ("group_id", "member_id"))
            known = self.principals[member]
            self.principals[member] = replace(known, groups=tuple(sorted({*known.groups, group})))

    def securable(self, one: _Object) -> None:
        """Whatever rights can be on, beside workspaces and service principals."""
        kind = _TYPES.get(one.type)
        if kind is None:
            return
        in_place = kind.in_unity_catalog and kind not in _IN_METASTORE
        place = [one.text("catalog_name"), *([one.text("schema_name")] if kind is not Kind.SCHEMA else [])]
        parent = ".".join(place) if in_place else ""
        name = f"{parent}.{one.text('name')}" if in_place else one.text("name")
        parent_id = f"{Kind.CATALOG if kind is Kind.SCHEMA else Kind.SCHEMA}:{parent}" if in_place else ""
        if not kind.in_unity_catalog:
            parent_id = f"{Kind.WORKSPACE}:{one.environment}"
            if f"{kind}:{name}" in self.securables:
                # Nothing stops two jobs of one name.
                name = f"{name}#{one.id}"
        owner = self._principal(one.text("owner")) if one.text("owner") else ""
        if f"{kind}:{name}" not in self.securables:
            # A catalog that is shared is seen from two workspaces; it is the one's that is asked for first.
            self._add(Securable(kind, name, one.environment, parent_id, owner))
        # An endpoint is found by its name; what is said of it is said of another id.
        self.by_key[one.environment, kind, one.text("serving_endpoint_id") or one.id] = f"{kind}:{name}"

    def right(self, one: _Object) -> None:
        """Grants, access lists, assignments to workspaces, entitlements, roles on service principals."""
        match one.type:
            case "databricks_grants":
                for grant in one.blocks("grant"):
                    self._grant(one, str(grant.get("principal", "")), grant.get("privileges"))
            case "databricks_grant":
                self._grant(one, one.text("principal"), one.observed.attributes.get("privileges"))
            case "databricks_permissions":
                self._permissions(one)
            case "databricks_secret_acl":
                target = f"{Kind.SECRET_SCOPE}:{one.text('scope')}"
                self._hold(one, one.text("principal"), one.text("permission"), target)
            case "databricks_mws_permission_assignment" | "databricks_permission_assignment":
                here = one.text("workspace_id")
                self._assigned(one, self.ids.get(here, here) if here else one.environment)
            case "databricks_entitlements":
                self._entitled(one, next(filter(None, map(one.text, _HOLDERS)), ""))
            case "databricks_access_control_rule_set":
                self._roles(one)

    def _grant(self, one: _Object, principal: str, privileges: Any) -> None:
        word, _, name = one.id.partition("/")
        kind = _UNITY.get(word)
        if kind is Kind.FUNCTION and f"{Kind.MODEL}:{name}" in self.securables:
            # The API keeps a registered model's grants among those of functions.
            kind = Kind.MODEL
        if kind is not None:
            if one.type == "databricks_grant":
                name = name.rpartition("/")[0]
            self._seen(kind, name, one.environment)
            for privilege in privileges or ():
                self._hold(one, principal, str(privilege), f"{kind}:{name}")

    def _seen(self, kind: Kind, name: str, environment: str) -> None:
        """A table or function is known by its grants alone: no source lists them."""
        parent = f"{Kind.SCHEMA}:{name.rpartition('.')[0]}"
        one = Securable(kind, name, environment, parent)
        if kind in (Kind.TABLE, Kind.FUNCTION) and parent in self.securables:
            self.securables.setdefault(one.id, one)

    def _permissions(self, one: _Object) -> None:
        for prefix, kind in _PERMISSIONS.items():
            target = self.by_key.get((one.environment, kind, one.id.removeprefix(prefix)))
            if one.id.startswith(prefix) and target:
                for entry in one.blocks("access_control"):
                    names = (entry.get(f"{who}_name") for who in ("group", "service_principal", "user"))
                    principal = next((str(name) for name in names if name), "")
                    self._hold(one, principal, str(entry.get("permission_level", "")), target)

    def _assigned(self, one: _Object, environment: str) -> None:
        if environment in self.workspaces:
            for level in one.observed.attributes.get("permissions") or ():
                self._hold(one, one.text("principal_id"), str(level), f"{Kind.WORKSPACE}:{environment}")

    def _entitled(self, one: _Object, principal: str) -> None:
        for name in ENTITLEMENTS:
            if one.observed.attributes.get(name.lower()) is True:
                self._hold(one, principal, name, f"{Kind.WORKSPACE}:{one.environment}")

    def _roles(self, one: _Object) -> None:
        found = _RULE_SET.fullmatch(one.text("name"))
        if not found:
            return
        target = f"{Kind.SERVICE_PRINCIPAL}:{self.names.get(found[1], found[1])}"
        for rule in one.blocks("grant_rules"):
            for principal in rule.get("principals") or ():
                role = str(rule.get("role", ""))
                self._hold(one, str(principal).partition("/")[2], _ROLES.get(role, role), target)

    def _hold(self, one: _Object, principal: str, privilege: str, securable: str) -> None:
        privilege = privilege.upper().replace(" ", "_")
        if securable not in self.securables:
            self.unknown.append(f"A right on {securable}, which was not found: {one.id}")
        elif privilege not in ALL_NAMES and privilege != ALL_PRIVILEGES:
            self.unknown.append(f"What {privilege} allows {principal} on {securable}: Databricks has no such privilege")
        else:
            self.held.add(Held(self._principal(principal), privilege, securable))

    def _principal(self, name: str) -> str:
        name = self.names.get(name, name)
        if name not in self.principals:
            purpose = "Everybody in the account" if name == _EVERYBODY else ""
            self.principals[name] = Principal(name, PrincipalKind.UNDECLARED, purpose=purpose)
        return name

    def _add(self, securable: Securable) -> None:
        self.securables[securable.id] = securable

    def landscape(self) -> Landscape:
        """What was read, with everybody in the group of everybody."""
        principals = self.principals
        if _EVERYBODY in principals:
            principals = {
                name: one if name == _EVERYBODY else replace(one, groups=(*one.groups, _EVERYBODY))
                for name, one in principals.items()
            }
        sources = dict.fromkeys(one.source for one in self.workspaces.values())
        return Landscape(
            source=" and ".join(sources).removeprefix("the "),
            principals=principals,
            securables=self.securables,
            held=tuple(sorted(self.held)),
            unknown=(*_UNKNOWN, *_not_asked(self.workspaces.values()), *sorted(set(self.unknown))),
            gaps=tuple(
                sorted({str(gap) for one in self.workspaces.values() for gap in one.unreadable if gap.type in _DECIDES})
            ),
        )


_HOLDERS = ("group_id", "service_principal_id", "user_id")


def _not_asked(workspaces: Iterable[ObservedWorkspace]) -> list[str]:
    return [f"Not asked for: {text}" for text in dict.fromkeys(text for one in workspaces for text in one.not_asked)]
