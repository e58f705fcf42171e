"""What an environment's landing zone is made of."""

from __future__ import annotations

from shipway.models.deployment.base import Permission, Resolved, StackBase
from shipway.models.deployment.data import CatalogSpec, StorageCredentialSpec, StorageLocationSpec
from shipway.models.hardening import MaintenanceWindow

__all__ = ["ClusterPolicySpec", "HardeningSpec", "LandingZoneStack", "SecretScopeSpec"]


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
    storage_credentials: tuple[StorageCredentialSpec, ...]
    storage_locations: tuple[StorageLocationSpec, ...]
    catalogs: tuple[CatalogSpec, ...]
    cluster_policies: tuple[ClusterPolicySpec, ...]
    secret_scopes: tuple[SecretScopeSpec, ...]
