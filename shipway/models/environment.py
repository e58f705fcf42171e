"""`environments/<name>.yaml`: one environment's landing zone: its workspace, data, access, compute.

The file's name is the environment's name. What differs between environments is a field here, never an `if` in code.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from shipway.models.approvals import Approval, ApprovedClass
from shipway.models.budgets import Budgets
from shipway.models.catalogs import Catalog
from shipway.models.compute import ClusterPolicy, PolicyName
from shipway.models.document import Document, Flag, Text
from shipway.models.hardening import Hardening
from shipway.models.names import DataName, Role
from shipway.models.perimeter import IpPerimeter
from shipway.models.privileges import (
    CatalogPrivilege,
    CredentialPrivilege,
    EndpointPermission,
    Entitlement,
    JobPermission,
    LocationPrivilege,
    ModelPrivilege,
    SchemaPrivilege,
    SecretPermission,
    VolumePrivilege,
    WarehousePermission,
)
from shipway.models.releases import Releases
from shipway.models.replica import Replica
from shipway.models.state import State
from shipway.models.storage import Storage
from shipway.models.system_schemas import SystemSchema, SystemSchemaName
from shipway.models.waivers import Waiver
from shipway.models.watcher import Watcher
from shipway.models.workspace import Workspace
from shipway.models.workspace_objects import LibraryAllowlist, NotificationDestination, SqlWarehouse

__all__ = ["Environment", "RoleAccess"]


class RoleAccess(Document):
    """What one role of every use case may do here: a row of the role by environment matrix."""

    catalog: tuple[CatalogPrivilege, ...] = ()
    schema_: Annotated[tuple[SchemaPrivilege, ...], Field(alias="schema")] = ()
    volume: tuple[VolumePrivilege, ...] = ()
    model: tuple[ModelPrivilege, ...] = ()
    location: tuple[LocationPrivilege, ...] = ()
    """On the external location that the use case's catalog lies in."""

    storage_credential: tuple[CredentialPrivilege, ...] = ()
    """On that location's storage credential."""

    job: JobPermission | None = None
    endpoint: EndpointPermission | None = None
    """On the endpoint of a use case that serves a model."""

    secrets: SecretPermission | None = None
    cluster_policies: Flag = False
    """Whether the role may start clusters under this environment's policies."""

    sql_warehouses: WarehousePermission | None = None
    """On every SQL warehouse of this environment."""

    entitlements: tuple[Entitlement, ...] = ()
    """What the role's group may do in the workspace at all: being let in gives none of it."""

    @model_validator(mode="after")
    def _entitlements_go_together(self) -> RoleAccess:
        # The provider refuses it too, at validate, without a line of a document.
        if "workspace_consume" in self.entitlements and len(set(self.entitlements)) > 1:
            raise ValueError("workspace_consume alone: the others include it")
        return self


class Environment(Document):
    """One environment."""

    description: Text
    workspace: Workspace
    state: State
    """Where Terraform keeps the state of this environment's stacks."""

    protected: Flag = True
    """What is destroyed here is gone for others too: data and hardening are kept from it (`prevent_destroy`, R40)."""

    replica: Replica | None = None
    """Which environment this one is declared to be like, and where it is not; without it, nothing is compared."""

    handles_personal_data: Flag = False
    """Whether real people's data may be read here. Where not, every column with personal data is masked for all."""

    hardening: Hardening = Hardening()
    ip_perimeter: IpPerimeter | None = None
    """Without one the workspace is reachable from anywhere, or as somebody set it by hand."""

    storage: Storage = Storage()
    catalogs: dict[DataName, Catalog] = {}
    system_schemas: dict[SystemSchemaName, SystemSchema] = {}
    """Shared by all workspaces of a region's metastore: one environment of the region declares them."""

    access: dict[Role, RoleAccess] = {}
    cluster_policies: dict[PolicyName, ClusterPolicy] = {}
    sql_warehouses: dict[PolicyName, SqlWarehouse] = {}
    judge_warehouse: PolicyName | None = None
    """The SQL warehouse on which the judge reads what releases measured; without one nothing passes it live."""

    watcher: Watcher | None = None
    """The job that watches releases; without one it is `shipway watch` alone, started from outside."""

    notification_destinations: dict[PolicyName, NotificationDestination] = {}
    library_allowlist: LibraryAllowlist | None = None
    approvals: dict[ApprovedClass, Approval] = {}
    """Who approves changes of a class. Where nothing is said, administrators: of R2 to R5 if protected, else of R5."""

    releases: Releases = Releases()
    adopting: Flag = False
    """The workspace is left as it is: no landing zone yet, only what adopted/<environment>.yaml has. docs/import.md"""
    budgets: Budgets | None = None
    """What use cases may cost here."""

    waivers: tuple[Waiver, ...] = ()

    @model_validator(mode="after")
    def _declares_nothing_while_adopting(self) -> Environment:
        said = {"description", "workspace", "state", "protected", "adopting", "waivers"}
        more = [name for name in type(self).model_fields if name not in said and getattr(self, name) != _default(name)]
        if self.adopting and more:
            raise ValueError(f"no {more[0]} while adopting is true; the landing zone begins where that line is deleted")
        return self


def _default(name: str) -> object:
    return Environment.model_fields[name].get_default(call_default_factory=True)
