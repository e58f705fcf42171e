"""What an environment's landing zone is made of."""

from __future__ import annotations

from shipway.models.deployment.base import Grant, Permission, Resolved, StackBase
from shipway.models.hardening import MaintenanceWindow

__all__ = [
    "CatalogSpec",
    "ClusterPolicySpec",
    "HardeningSpec",
    "LandingZoneStack",
    "SchemaSpec",
    "SecretScopeSpec",
    "VolumeSpec",
]


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


class HardeningSpec(Resolved):
    """A workspace's settings. What is false or empty here is not declared at all."""

    workspace_conf: dict[str, str]
    """The one map of keys: two of them in a workspace revert each other."""
    legacy_access: bool
    restrict_workspace_admins: bool
    default_catalog: str
    """The key of its catalog in this stack, or nothing."""
    dashboard_embedding: str
    embedding_domains: tuple[str, ...]
    automatic_cluster_update: bool
    maintenance_window: MaintenanceWindow | None
    enhanced_security_monitoring: bool
    compliance_standards: tuple[str, ...]
    demanded: tuple[str, ...]
    """Resource types that the profile demands here, whatever the document says otherwise."""


class LandingZoneStack(StackBase):
    """An environment's landing zone."""

    environment: str
    owner: str
    """The group that owns catalogs and schemas."""
    hardening: HardeningSpec
    catalogs: tuple[CatalogSpec, ...]
    cluster_policies: tuple[ClusterPolicySpec, ...]
    secret_scopes: tuple[SecretScopeSpec, ...]
