"""Access as it is in the sandbox: a landscape from the objects' files in .shipway/sandbox/workspaces.

    <workspaces>/<host>[@<account>]/<type>/<key>.json

Also grants that somebody added by hand are in it. A file that cannot be read is an error: an answer about access that
left one out would be wrong in silence.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from shipway.access.landscape import Held, Kind, Landscape, Principal, PrincipalKind, Securable
from shipway.access.vocabulary import ALL_NAMES, ALL_PRIVILEGES
from shipway.errors import ShipwayError
from shipway.models.deployment import AccountStack, Deployment, LandingZoneStack

__all__ = ["stored"]

_UNKNOWN = (
    "Which people are in a group: the identity provider knows. A line about a group is about everyone in it.",
    "Who created a job: its creator is its owner (IS_OWNER).",
    "Metastore and account admins: they are appointed in the account console.",
)
_EVERYBODY = "account users"
_UNITY = {"catalog": Kind.CATALOG, "schema": Kind.SCHEMA, "table": Kind.TABLE, "volume": Kind.VOLUME}
_UNITY |= {"model": Kind.MODEL, "function": Kind.MODEL}
_TYPES = {
    "databricks_catalog": Kind.CATALOG,
    "databricks_schema": Kind.SCHEMA,
    "databricks_sql_table": Kind.TABLE,
    "databricks_volume": Kind.VOLUME,
    "databricks_registered_model": Kind.MODEL,
    "databricks_job": Kind.JOB,
    "databricks_cluster_policy": Kind.CLUSTER_POLICY,
    "databricks_secret_scope": Kind.SECRET_SCOPE,
}
_PERMISSIONS = {"/jobs/": Kind.JOB, "/cluster-policies/": Kind.CLUSTER_POLICY}


@dataclass(frozen=True, slots=True)
class _Object:
    """One object's file."""

    workspace: str
    type: str
    file: Path
    attributes: dict[str, Any]

    def text(self, name: str) -> str:
        """An attribute as text; nothing where it is missing."""
        value = self.attributes.get(name)
        return "" if value is None else str(value)


def stored(workspaces: Path, deployment: Deployment) -> Landscape:
    """The landscape of all objects below `workspaces`; raises ShipwayError where there are none or one is broken."""
    objects = list(_objects(workspaces))
    if not objects:
        raise ShipwayError(
            "the sandbox is empty: nothing was deployed to it, so nobody can be said to have access",
            "deploy first (`shipway deploy --yes`), or ask the declarations (`--from declared`)",
        )
    reader = _Reader(deployment)
    for read in (reader.identity, reader.membership, reader.securable, reader.right):
        for one in objects:
            read(one)
    return reader.landscape()


def _objects(workspaces: Path) -> Iterator[_Object]:
    for path in sorted(workspaces.glob("*/*/*.json")):
        try:
            attributes = json.loads(path.read_bytes())["attributes"]
            if not isinstance(attributes, dict):
                raise TypeError("its attributes are no mapping")
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise ShipwayError(
                f"{path}: this is no object of the sandbox ({error})",
                "mend or delete the file; `shipway sandbox status` lists all that cannot be read",
            ) from error
        yield _Object(path.parent.parent.name, path.parent.name, path, attributes)


@dataclass
class _Reader:
    """Collects principals, then memberships, then securables, then rights: each refers to those before it."""

    deployment: Deployment
    principals: dict[str, Principal] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    """A principal's name by its id and by its application id."""
    securables: dict[str, Securable] = field(default_factory=dict)
    by_key: dict[tuple[str, Kind, str], str] = field(default_factory=dict)
    """A securable's id by workspace, kind and the object's own id."""
    held: set[Held] = field(default_factory=set)
    unknown: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.hosts = {
            stack.host.removeprefix("https://"): stack.environment
            for stack in self.deployment.stacks
            if isinstance(stack, LandingZoneStack)
        }
        self.workspace_ids = {
            str(workspace.id): workspace.environment
            for stack in self.deployment.stacks
            if isinstance(stack, AccountStack)
            for workspace in stack.workspaces
        }
        self.made_here = {
            workspace.create.name: workspace.environment
            for stack in self.deployment.stacks
            if isinstance(stack, AccountStack)
            for workspace in stack.workspaces
            if workspace.create is not None
        }
        for environment in self.hosts.values():
            self._add(Securable(Kind.WORKSPACE, environment, environment))

    def identity(self, one: _Object) -> None:
        """A group, a service principal or a user."""
        kinds = {
            "databricks_group": (PrincipalKind.GROUP, "display_name"),
            "databricks_service_principal": (PrincipalKind.SERVICE_PRINCIPAL, "display_name"),
            "databricks_user": (PrincipalKind.USER, "user_name"),
        }
        if one.type in kinds:
            kind, attribute = kinds[one.type]
            name = one.text(attribute) or one.text("id")
            self.principals[name] = Principal(name, kind)
            self.names |= {key: name for key in (one.text("id"), one.text("application_id")) if key}

    def membership(self, one: _Object) -> None:
        """Somebody's place in a group."""
        if one.type == "databricks_group_member":
            group, member = (self._principal(one.text(name)) for name in ("group_id", "member_id"))
            known = self.principals[member]
            self.principals[member] = replace(known, groups=tuple(sorted({*known.groups, group})))

    def securable(self, one: _Object) -> None:
        """A catalog, schema, table, volume, model, job, cluster policy or secret scope."""
        if one.type == "databricks_mws_workspaces" and one.text("workspace_name") in self.made_here:
            # The sandbox draws its own number for it, whatever the document says.
            self.workspace_ids[one.text("workspace_id")] = self.made_here[one.text("workspace_name")]
        kind = _TYPES.get(one.type)
        if kind is None:
            return
        in_place = kind.in_unity_catalog and kind is not Kind.CATALOG
        place = [one.text("catalog_name"), *([one.text("schema_name")] if kind is not Kind.SCHEMA else [])]
        parent = ".".join(place) if in_place else ""
        name = f"{parent}.{one.text('name')}" if in_place else one.text("name")
        parent_kind = Kind.CATALOG if kind is Kind.SCHEMA else Kind.SCHEMA
        environment = self.hosts.get(one.workspace, one.workspace)
        parent_id = f"{parent_kind}:{parent}" if in_place else ""
        if not kind.in_unity_catalog:
            parent_id = f"{Kind.WORKSPACE}:{environment}"
            if f"{kind}:{name}" in self.securables:
                # Nothing stops two jobs of one name.
                name = f"{name}#{one.text('id')}"
        owner = self._principal(one.text("owner")) if one.text("owner") else ""
        self._add(Securable(kind, name, environment, parent_id, owner))
        self.by_key[one.workspace, kind, one.text("id")] = f"{kind}:{name}"

    def right(self, one: _Object) -> None:
        """Grants, permissions, access lists of secret scopes, assignments to workspaces."""
        match one.type:
            case "databricks_grants":
                for grant in _blocks(one, "grant"):
                    self._grant(one, str(grant.get("principal", "")), grant.get("privileges"))
            case "databricks_grant":
                self._grant(one, one.text("principal"), one.attributes.get("privileges"))
            case "databricks_permissions":
                self._permissions(one)
            case "databricks_secret_acl":
                self._hold(
                    one, one.text("principal"), one.text("permission"), f"{Kind.SECRET_SCOPE}:{one.text('scope')}"
                )
            case "databricks_mws_permission_assignment":
                environment = self.workspace_ids.get(one.text("workspace_id"), one.text("workspace_id"))
                for level in one.attributes.get("permissions") or ():
                    self._hold(one, one.text("principal_id"), str(level), f"{Kind.WORKSPACE}:{environment}")

    def _grant(self, one: _Object, principal: str, privileges: Any) -> None:
        kind, _, name = one.text("id").partition("/")
        if kind in _UNITY:
            if one.type == "databricks_grant":
                name = name.rpartition("/")[0]
            for privilege in privileges or ():
                self._hold(one, principal, str(privilege), f"{_UNITY[kind]}:{name}")

    def _permissions(self, one: _Object) -> None:
        for prefix, kind in _PERMISSIONS.items():
            target = self.by_key.get((one.workspace, kind, one.text("id").removeprefix(prefix)))
            if one.text("id").startswith(prefix) and target:
                for entry in _blocks(one, "access_control"):
                    names = (entry.get(f"{who}_name") for who in ("group", "service_principal", "user"))
                    principal = next((str(name) for name in names if name), "")
                    self._hold(one, principal, str(entry.get("permission_level", "")), target)

    def _hold(self, one: _Object, principal: str, privilege: str, securable: str) -> None:
        privilege = privilege.upper().replace(" ", "_")
        if securable not in self.securables:
            self.unknown.append(f"A right on {securable}, which is not in the sandbox: {one.file.name}")
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
        unknown = (*_UNKNOWN, *sorted(set(self.unknown)))
        return Landscape("sandbox", principals, self.securables, tuple(sorted(self.held)), unknown)


def _blocks(one: _Object, name: str) -> list[dict[str, Any]]:
    blocks = one.attributes.get(name)
    return [block for block in blocks if isinstance(block, dict)] if isinstance(blocks, list) else []
