"""An environment's landing zone: its own declarations joined with what the access matrix gives each use case in it."""

from __future__ import annotations

from shipway.models.deployment import LandingZoneStack, SystemSchemaSpec
from shipway.models.load import Documents
from shipway.models.names import Names
from shipway.models.protection import lifted_paths
from shipway.models.resolve_access import Here
from shipway.models.resolve_account import bundle_waivers, state_settings
from shipway.models.resolve_catalogs import catalog_specs
from shipway.models.resolve_data_setup import data_setup_spec
from shipway.models.resolve_hardening import hardening_spec, perimeter_spec
from shipway.models.resolve_storage import storage_credential_specs, storage_location_specs
from shipway.models.resolve_watcher import watcher_spec
from shipway.models.resolve_workspace import cluster_policy_specs, secret_scope_specs
from shipway.models.resolve_workspace_objects import (
    allowlist_specs,
    destination_specs,
    entitlement_specs,
    warehouse_specs,
)

__all__ = ["landing_zone_stack"]


def landing_zone_stack(documents: Documents, names: Names) -> LandingZoneStack:
    """The landing zone of `names.environment`; raises BadName."""
    here = Here(documents, names)
    environment, stack = here.environment, names.landing_zone_stack
    return LandingZoneStack(
        name=names.landing_zone_stack,
        host=environment.workspace.place[0],
        state_backend=environment.state.backend,
        state=state_settings(environment.state, names.landing_zone_stack),
        protected=environment.protected,
        lifted=lifted_paths(
            [(stack, environment.waivers), *bundle_waivers(stack, documents, here.use_cases)],
        ),
        environment=names.environment,
        owner=documents.account.model.platform.administrators,
        hardening=hardening_spec(here),
        ip_perimeter=perimeter_spec(here),
        storage_credentials=storage_credential_specs(here),
        storage_locations=storage_location_specs(here),
        system_schemas=tuple(
            SystemSchemaSpec(name=name, enable=one.enable, readers=tuple(sorted(set(one.readers))))
            for name, one in sorted(environment.system_schemas.items())
        ),
        data_setup=data_setup_spec(here),
        watcher=watcher_spec(here),
        catalogs=catalog_specs(here),
        cluster_policies=cluster_policy_specs(here),
        sql_warehouses=warehouse_specs(here),
        notification_destinations=destination_specs(here),
        library_allowlist=allowlist_specs(here),
        entitlements=entitlement_specs(here),
        secret_scopes=secret_scope_specs(here),
    )
