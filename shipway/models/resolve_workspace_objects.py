"""What an environment offers in its workspace, joined with what the access matrix gives each use case's roles."""

from __future__ import annotations

from collections.abc import Iterable

from shipway.errors import Problem
from shipway.models.deployment import AllowlistSpec, DestinationSpec, EntitlementSpec, Permission, WarehouseSpec
from shipway.models.document import suggestion
from shipway.models.load import Documents
from shipway.models.names import Names
from shipway.models.resolve_access import Here
from shipway.models.workspace_objects import NotificationDestination, SqlWarehouse

__all__ = ["allowlist_specs", "bad_allowlists", "destination_specs", "entitlement_specs", "warehouse_specs"]

_TYPES = {"init_scripts": "INIT_SCRIPT", "jars": "LIBRARY_JAR", "maven": "LIBRARY_MAVEN"}


def bad_allowlists(documents: Documents) -> Iterable[Problem]:
    """Allow lists that replace each other, and folders of catalogs that are nowhere."""
    known = {
        Names(documents.account.model.organisation, environment).catalog(domain)
        for environment, loaded in documents.environments.items()
        for domain in loaded.model.catalogs
    }
    first = ""
    for environment, loaded in documents.environments.items():
        allowlist = loaded.model.library_allowlist
        if allowlist is None:
            continue
        if first:
            message = f"library_allowlist: environment {first!r} has it already, and there is one for the metastore"
            hint = "the API replaces the whole list: put both into one document"
            yield Problem("allowlist-twice", message, loaded.at("library_allowlist"), hint)
        first = first or environment
        for kind in ("init_scripts", "jars"):
            for index, folder in enumerate(getattr(allowlist, kind)):
                catalog = folder.split("/")[2]
                if catalog not in known:
                    message = f"library_allowlist.{kind}[{index}]: no environment has a catalog {catalog!r}"
                    at = loaded.at("library_allowlist", kind, index)
                    yield Problem("unknown-catalog", message + suggestion(catalog, known), at)


def warehouse_specs(here: Here) -> tuple[WarehouseSpec, ...]:
    """Every SQL warehouse of the environment; raises BadName."""
    return tuple(_warehouse(here, key, warehouse) for key, warehouse in here.environment.sql_warehouses.items())


def _warehouse(here: Here, key: str, warehouse: SqlWarehouse) -> WarehouseSpec:
    own = {grant.principal: grant.permission for grant in warehouse.permissions}
    roles = {
        group: access.sql_warehouses
        for found in here.use_cases.values()
        for group, access in found.roles
        if access.sql_warehouses is not None
    }
    # One level for each group, and none that owns: another owner than who applies is a difference in every plan.
    levels = {**roles, **own}
    return WarehouseSpec(
        key=key,
        name=here.names.sql_warehouse(key),
        size=warehouse.size,
        max_clusters=warehouse.max_clusters,
        auto_stop_minutes=warehouse.auto_stop_minutes,
        tags=(("cost_center", warehouse.cost_center), ("environment", here.names.environment)),
        users=tuple(Permission(group=group, level=levels[group]) for group in sorted(levels)),
    )


def destination_specs(here: Here) -> tuple[DestinationSpec, ...]:
    """Every notification destination of the environment; raises BadName."""
    return tuple(_destination(here, key, one) for key, one in here.environment.notification_destinations.items())


def _destination(here: Here, key: str, destination: NotificationDestination) -> DestinationSpec:
    kind = next(name for name in type(destination).model_fields if getattr(destination, name) is not None)
    return DestinationSpec(
        key=key,
        name=here.names.notification_destination(key),
        email=tuple(sorted(destination.email or ())),
        kind=kind,
        variable="" if kind == "email" else str(getattr(destination, kind)),
    )


def allowlist_specs(here: Here) -> tuple[AllowlistSpec, ...]:
    """One for each type of artifact that the environment declares; a type without any is left alone."""
    allowlist = here.environment.library_allowlist
    if allowlist is None:
        return ()
    return tuple(
        AllowlistSpec(key=kind, artifact_type=artifact_type, artifacts=tuple(sorted(set(getattr(allowlist, kind)))))
        for kind, artifact_type in _TYPES.items()
        if getattr(allowlist, kind)
    )


def entitlement_specs(here: Here) -> tuple[EntitlementSpec, ...]:
    """What each role's group of each use case may do in the workspace."""
    given = {
        group: tuple(sorted(set(access.entitlements)))
        for found in here.use_cases.values()
        for group, access in found.roles
        if access.entitlements
    }
    return tuple(EntitlementSpec(group=group, entitlements=given[group]) for group in sorted(given))
