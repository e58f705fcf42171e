"""What a workspace is made of: its settings, who may reach it, compute, secrets."""

from __future__ import annotations

from shipway.models.deployment.base import Permission, Resolved
from shipway.models.hardening import MaintenanceWindow

__all__ = [
    "AllowlistSpec",
    "ClusterPolicySpec",
    "DestinationSpec",
    "EntitlementSpec",
    "HardeningSpec",
    "IpListSpec",
    "IpPerimeterSpec",
    "RotationSpec",
    "SecretScopeSpec",
    "WarehouseSpec",
]


class ClusterPolicySpec(Resolved):
    """A cluster policy; `definition` is the JSON text that Databricks stores."""

    key: str
    name: str
    description: str
    definition: str
    users: tuple[Permission, ...]


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


class IpListSpec(Resolved):
    """One IP access list."""

    key: str
    addresses: tuple[str, ...]


class IpPerimeterSpec(Resolved):
    """Every IP access list of a workspace."""

    deploys_from: tuple[str, ...]
    allow: tuple[IpListSpec, ...]
    block: tuple[IpListSpec, ...]


class RotationSpec(Resolved):
    """Who renews a secret, and how often."""

    key: str
    owner: str
    rotate_days: int


class SecretScopeSpec(Resolved):
    """A use case's secret scope."""

    use_case: str
    name: str
    acls: tuple[Permission, ...]
    rotation: tuple[RotationSpec, ...]
    """One for each secret in it."""


class WarehouseSpec(Resolved):
    """A SQL warehouse."""

    key: str
    name: str
    size: str
    max_clusters: int
    auto_stop_minutes: int
    tags: tuple[tuple[str, str], ...]
    users: tuple[Permission, ...]


class DestinationSpec(Resolved):
    """A notification destination: e-mail addresses, or a kind and the variable that holds its secret."""

    key: str
    name: str
    email: tuple[str, ...]
    kind: str
    variable: str


class AllowlistSpec(Resolved):
    """The allow list of one type of artifact."""

    key: str
    artifact_type: str
    artifacts: tuple[str, ...]


class EntitlementSpec(Resolved):
    """What a group may do in a workspace at all, beyond being let in."""

    group: str
    entitlements: tuple[str, ...]
