"""What an environment's landing zone is made of."""

from __future__ import annotations

from shipway.models.deployment.base import StackBase
from shipway.models.deployment.data import (
    CatalogSpec,
    DataSetupSpec,
    StorageCredentialSpec,
    StorageLocationSpec,
    SystemSchemaSpec,
    WatcherSpec,
)
from shipway.models.deployment.workspace_contents import (
    AllowlistSpec,
    ClusterPolicySpec,
    DestinationSpec,
    EntitlementSpec,
    HardeningSpec,
    IpPerimeterSpec,
    SecretScopeSpec,
    WarehouseSpec,
)

__all__ = ["LandingZoneStack"]


class LandingZoneStack(StackBase):
    """An environment's landing zone."""

    environment: str
    owner: str
    """The group that owns catalogs and schemas."""
    hardening: HardeningSpec
    ip_perimeter: IpPerimeterSpec | None
    storage_credentials: tuple[StorageCredentialSpec, ...]
    storage_locations: tuple[StorageLocationSpec, ...]
    system_schemas: tuple[SystemSchemaSpec, ...]
    data_setup: DataSetupSpec | None
    watcher: WatcherSpec | None
    catalogs: tuple[CatalogSpec, ...]
    cluster_policies: tuple[ClusterPolicySpec, ...]
    sql_warehouses: tuple[WarehouseSpec, ...]
    notification_destinations: tuple[DestinationSpec, ...]
    library_allowlist: tuple[AllowlistSpec, ...]
    entitlements: tuple[EntitlementSpec, ...]
    secret_scopes: tuple[SecretScopeSpec, ...]
