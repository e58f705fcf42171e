"""The landing zone of one environment: what use cases find there, and what they may do with it."""

from __future__ import annotations

from binding import Construct
from landing_zone import (
    DataCatalog,
    DataSetup,
    GroupEntitlements,
    IpPerimeter,
    LibraryAllowlist,
    NotificationDestination,
    PolicyForClusters,
    StorageAccess,
    StorageLocation,
    SystemSchemas,
    UseCaseSecrets,
    Warehouse,
    Watcher,
    WorkspaceHardening,
)
from shipway.models.deployment import LandingZoneStack
from stacks.base import ShipwayStack

__all__ = ["LandingZone"]


class LandingZone(ShipwayStack):
    """The stack `<environment>-landing-zone`."""

    def __init__(self, scope: Construct, spec: LandingZoneStack) -> None:
        super().__init__(scope, spec)
        locations = self._storage(spec)
        catalog_scope = Construct(self, "catalogs")
        catalogs = {
            catalog.key: DataCatalog(
                catalog_scope, catalog.key, spec=catalog, location=locations.get(catalog.location or "")
            ).catalog
            for catalog in spec.catalogs
        }
        if spec.system_schemas:
            SystemSchemas(self, "system_schemas", specs=spec.system_schemas)
        if spec.data_setup is not None:
            DataSetup(self, "data_setup", spec=spec.data_setup)
        if spec.watcher is not None:
            Watcher(self, "watcher", spec=spec.watcher)
        default_catalog = catalogs.get(spec.hardening.default_catalog)
        perimeter = IpPerimeter(self, "ip_perimeter", spec=spec.ip_perimeter) if spec.ip_perimeter else None
        WorkspaceHardening(self, "hardening", spec=spec.hardening, default_catalog=default_catalog, perimeter=perimeter)
        policies = Construct(self, "cluster_policies")
        for policy in spec.cluster_policies:
            PolicyForClusters(policies, policy.key, spec=policy)
        self._offers(spec)
        bundles = Construct(self, "bundles")
        for scope_spec in spec.secret_scopes:
            use_case = Construct(bundles, scope_spec.use_case)
            UseCaseSecrets(use_case, "secrets", spec=scope_spec)

    def _offers(self, spec: LandingZoneStack) -> None:
        warehouses = Construct(self, "sql_warehouses")
        for warehouse in spec.sql_warehouses:
            Warehouse(warehouses, warehouse.key, spec=warehouse)
        destinations = Construct(self, "notification_destinations")
        for destination in spec.notification_destinations:
            NotificationDestination(destinations, destination.key, spec=destination)
        allowlist = Construct(self, "library_allowlist")
        for artifacts in spec.library_allowlist:
            LibraryAllowlist(allowlist, artifacts.key, spec=artifacts)
        entitlements = Construct(self, "entitlements")
        for given in spec.entitlements:
            GroupEntitlements(entitlements, given.group, spec=given)

    def _storage(self, spec: LandingZoneStack) -> dict[str, StorageLocation]:
        storage = Construct(self, "storage")
        credential_scope, location_scope = Construct(storage, "credentials"), Construct(storage, "locations")
        credentials = {one.key: StorageAccess(credential_scope, one.key, spec=one) for one in spec.storage_credentials}
        return {
            one.key: StorageLocation(location_scope, one.key, spec=one, access=credentials[one.credential])
            for one in spec.storage_locations
        }
