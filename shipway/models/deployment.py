"""What resolve makes of the documents: one object per stack, every name computed, nothing left to decide.

Stacks and constructs read these and nothing else, so a stack's synthesized form is a function of its object here: that
is what makes it cacheable. The fields of a stack are plain values, so its JSON is its identity.
"""

from __future__ import annotations

import hashlib
from typing import Any

from pydantic import BaseModel, ConfigDict

from shipway.models.names import Slot

__all__ = [
    "AccountStack",
    "CatalogSpec",
    "ClusterPolicySpec",
    "Deployment",
    "FederationSpec",
    "Grant",
    "GroupSpec",
    "JobSpec",
    "LandingZoneStack",
    "LineStack",
    "ModelSpec",
    "Permission",
    "PrincipalSpec",
    "Resolved",
    "SchemaSpec",
    "SecretScopeSpec",
    "SlotSpec",
    "Stack",
    "TaskSpec",
    "UseCaseIdentities",
    "VolumeSpec",
    "WorkspaceSpec",
]


class Resolved(BaseModel):
    """Base of what resolve computes: frozen, nothing optional but what Databricks itself leaves optional."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Grant(Resolved):
    """Privileges of one group on one securable."""

    principal: str
    privileges: tuple[str, ...]


class Permission(Resolved):
    """A permission level of one group on one workspace object."""

    group: str
    level: str


class GroupSpec(Resolved):
    """A group of the account; `key` is its construct id."""

    key: str
    name: str


class PrincipalSpec(Resolved):
    """A service principal and the group it is a member of."""

    key: str
    name: str
    group: str
    """The key of its group in the same use case."""


class FederationSpec(Resolved):
    """Whose tokens a service principal accepts: exactly one repository's one environment."""

    principal: str
    """The key of the service principal."""
    issuer: str
    subject: str
    audience: str


class UseCaseIdentities(Resolved):
    """The groups and service principals of one use case over all environments."""

    use_case: str
    groups: tuple[GroupSpec, ...]
    principals: tuple[PrincipalSpec, ...]
    federations: tuple[FederationSpec, ...]


class WorkspaceSpec(Resolved):
    """A workspace and who may sign in to it: keys of groups by use case, and platform groups by name."""

    environment: str
    id: int


class StackBase(Resolved):
    """What every kind of stack has."""

    name: str
    host: str
    """Of the workspace, or of the account console."""
    state_backend: str
    state: dict[str, str]
    """The backend's settings, the key of this stack's state among them."""

    @property
    def digest(self) -> str:
        """SHA-256 over the stack's canonical JSON: two equal digests synthesize to equal bytes."""
        return hashlib.sha256(f"{type(self).__name__}{self.model_dump_json()}".encode()).hexdigest()


class AccountStack(StackBase):
    """Identities and what is declared once in an account."""

    account_id: str
    metastore_id: str
    administrators: str
    """The key of the platform group that administers every workspace."""
    platform_groups: tuple[GroupSpec, ...]
    use_cases: tuple[UseCaseIdentities, ...]
    workspaces: tuple[WorkspaceSpec, ...]


class VolumeSpec(Resolved):
    """A managed volume with its grants."""

    key: str
    name: str
    comment: str
    grants: tuple[Grant, ...]


class SchemaSpec(Resolved):
    """A schema with all grants on it, those of the access matrix included."""

    key: str
    name: str
    comment: str
    grants: tuple[Grant, ...]
    volumes: tuple[VolumeSpec, ...]


class CatalogSpec(Resolved):
    """A catalog with all grants on it and the foreign workspaces that see it."""

    key: str
    name: str
    comment: str
    storage_root: str
    isolation_mode: str
    bindings: tuple[tuple[str, int, str], ...]
    """Environment, workspace id, binding type."""
    grants: tuple[Grant, ...]
    schemas: tuple[SchemaSpec, ...]


class ClusterPolicySpec(Resolved):
    """A cluster policy; `definition` is the JSON text that Databricks stores."""

    key: str
    name: str
    description: str
    definition: str
    users: tuple[Permission, ...]


class SecretScopeSpec(Resolved):
    """A use case's secret scope."""

    use_case: str
    name: str
    acls: tuple[Permission, ...]


class LandingZoneStack(StackBase):
    """An environment's landing zone."""

    environment: str
    owner: str
    """The group that owns catalogs and schemas."""
    workspace_conf: dict[str, str]
    legacy_access: bool
    restrict_workspace_admins: bool
    catalogs: tuple[CatalogSpec, ...]
    cluster_policies: tuple[ClusterPolicySpec, ...]
    secret_scopes: tuple[SecretScopeSpec, ...]


class ModelSpec(Resolved):
    """A registered model."""

    catalog: str
    schema_name: str
    name: str
    owner: str
    comment: str
    grants: tuple[Grant, ...]


class TaskSpec(Resolved):
    """One task of a slot's job."""

    key: str
    entry_point: str
    after: tuple[str, ...]


class SlotSpec(Resolved):
    """One slot's job: its name and what the release in it sets."""

    slot: Slot
    job_name: str
    release: str
    version: str
    model_version: int
    wheel: str
    """Path of the wheel in the releases volume, by digest."""


class JobSpec(Resolved):
    """What both slots' jobs have in common."""

    description: str
    package: str
    cluster_policy: str
    spark_version: str
    node_type: str
    workers: int
    timeout_seconds: int
    max_retries: int
    tasks: tuple[TaskSpec, ...]
    tags: dict[str, str]
    permissions: tuple[Permission, ...]


class LineStack(StackBase):
    """One use case in one environment."""

    environment: str
    use_case: str
    run_principal: str
    model: ModelSpec
    job: JobSpec
    slots: tuple[SlotSpec, ...]
    router_name: str
    active: Slot
    cron: str
    timezone: str


Stack = AccountStack | LandingZoneStack | LineStack


class Deployment(Resolved):
    """Everything that is to be: the stacks in the order in which they can be deployed."""

    stacks: tuple[Stack, ...]

    def as_json(self) -> Any:
        """For people who want to see what was resolved."""
        return self.model_dump(mode="json")
