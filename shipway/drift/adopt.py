"""How to keep a finding: what to write into which document, or why no document can say it.

Documents say less than Databricks can do, on purpose: rights of use cases come from the access matrix, machines are
members by their role. What they cannot say is said here instead of being guessed.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import get_args

from shipway.drift.model import Finding, Kind
from shipway.errors import Position
from shipway.models.load import Documents
from shipway.models.names import Names, Role
from shipway.models.origins import Origins
from shipway.models.privileges import CatalogPrivilege, SchemaPrivilege

__all__ = ["Adoption"]

_IMPORT = "shipway import --env {environment} writes it into the documents, where they can say it"
_NOT_SAYABLE = "no document can say this; if it must stay, talk to who owns the documents"


class Adoption:
    """Finds the document line of findings of one environment, and what to write there."""

    def __init__(self, documents: Documents, environment: str) -> None:
        self._documents = documents
        self._environment = environment
        self._origins = Origins(documents)
        self._document = documents.environments.get(environment)
        organisation = documents.account.model.organisation
        self._catalogs = {}
        if self._document:
            names = Names(organisation, environment)
            self._catalogs = {names.catalog(domain): domain for domain in self._document.model.catalogs}
            self._workspaces = {str(other.model.workspace.id): name for name, other in documents.environments.items()}
        self._roles = {
            Names(organisation, environment, use_case).group(role): role
            for where, use_case in documents.releases
            if where == environment
            for role in Role
        }

    def place(self, one: Finding, path: str) -> Finding:
        """The finding with its document line and the way to adopt it; `path` is its construct's, where it has one."""
        match one.kind:
            case Kind.EXTRA_RIGHT:
                at, text = self._right(one, path)
            case Kind.EXTRA:
                at, text = self._extra(one)
            case Kind.UNMANAGED:
                at, text = self._unmanaged(one)
            case Kind.STATE_ONLY:
                at, text = None, "put its document back as it was"
            case Kind.NOT_DEPLOYED:
                at, text = self._origin(path), ""
            case Kind.MISSING | Kind.LOST_RIGHT:
                at = self._origin(path)
                text = f"take it out of {at.file}, line {at.line}" if at else "take it out of its document"
            case _:
                at, text = self._attribute(one, path)
        return replace(one, at=at, adopt=text)

    def _origin(self, path: str) -> Position | None:
        return self._origins.find(path) if path else None

    def _attribute(self, one: Finding, path: str) -> tuple[Position | None, str]:
        at = self._origin(path)
        parent = path.rpartition("/")[0]
        exact = self._origin(f"{parent}/{one.attribute}") if parent else None
        if exact and at and exact != self._origin(parent) and one.observed not in ("(sensitive)", "(not set)"):
            return exact, _yaml(exact, f"{one.attribute}: {one.observed}")
        return at, "change the field that decides it; where none does, no document can say it"

    def _right(self, one: Finding, path: str) -> tuple[Position | None, str]:
        privilege, _, principal = one.attribute.partition(" to ")
        kind, _, name = one.object.partition(" ")
        keys = self._place_of(kind, name)
        at = self._at(*keys) if keys else self._origin(path)
        if principal in self._roles:
            role = self._roles[principal]
            field = {"jobs": "job", "cluster-policies": "cluster_policies"}.get(kind, kind)
            at = self._at("access", role)
            text = f"access: {{{role}: {{{field}: … add {privilege}}}}}"
            return at, _yaml(at, text, "for the role of every use case here")
        allowed = {"catalog": CatalogPrivilege, "schema": SchemaPrivilege}.get(kind)
        if not keys or allowed is None or privilege not in get_args(allowed):
            return at, _NOT_SAYABLE
        text = f"grants:\n  - principal: {json.dumps(principal)}\n    privileges: [{privilege}]"
        note = "" if principal in self._groups() else "declare the group in environments/account.yaml first"
        return at, _yaml(at, text, note)

    def _extra(self, one: Finding) -> tuple[Position | None, str]:
        if one.type.endswith("workspace_binding"):
            workspace, _, rest = one.id.partition("|")
            kind, _, name = rest.partition("|")
            other, keys = self._workspaces.get(workspace), self._place_of(kind, name)
            if not other or not keys:
                return self._at(*keys), f"workspace {workspace} is no environment of these documents; {_NOT_SAYABLE}"
            at = self._at(*keys, "shared_with")
            return at, _yaml(at, f"shared_with:\n  {other}: {self._mode(one)}")
        return None, _NOT_SAYABLE

    def _mode(self, one: Finding) -> str:
        return "BINDING_TYPE_READ_ONLY" if "read only" in one.attribute else "BINDING_TYPE_READ_WRITE"

    def _unmanaged(self, one: Finding) -> tuple[Position | None, str]:
        catalog, _, schema = one.object.partition(".")
        if one.type == "databricks_schema" and catalog in self._catalogs:
            at = self._at("catalogs", self._catalogs[catalog], "schemas")
            text = f"schemas:\n  {schema}:\n    comment: …"
            return at, _yaml(at, text, "then import it, or the next deploy says that it exists: shipway import")
        return None, _IMPORT.format(environment=self._environment)

    def _groups(self) -> set[str]:
        account = self._documents.account.model
        return {*account.groups, account.platform.administrators, account.platform.deployers}

    def _place_of(self, kind: str, name: str) -> tuple[str, ...]:
        """Where a catalog or schema stands in the environment's document."""
        catalog, _, schema = name.partition(".")
        if kind not in ("catalog", "schema") or catalog not in self._catalogs:
            return ()
        base = ("catalogs", self._catalogs[catalog])
        return (*base, "schemas", schema) if kind == "schema" else base

    def _at(self, *keys: str) -> Position | None:
        return self._document.at(*keys) if self._document and keys else None


def _yaml(at: Position | None, text: str, note: str = "") -> str:
    where = f"in {at.file}, line {at.line}" if at else "in its document"
    return f"write {where}{f' ({note})' if note else ''}:\n{text}"
