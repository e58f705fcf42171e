"""What was in an environment's workspace before Shipway, in a state of its own: its first plan only imports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from binding import Construct
from landing_zone import adopted as data
from landing_zone import adopted_workspace as workspace
from shipway.models.deployment import AdoptedStack
from stacks.base import ShipwayStack

__all__ = ["Found"]


class Found(ShipwayStack):
    """The stack `<environment>-adopted`."""

    def __init__(self, scope: Construct, spec: AdoptedStack) -> None:
        super().__init__(scope, spec)
        found = spec.objects
        self._put("storage_credentials", data.FoundCredential, found.storage_credentials)
        self._put("external_locations", data.FoundLocation, found.external_locations)
        self._put("catalogs", data.FoundCatalog, found.catalogs)
        self._put("schemas", data.FoundSchema, found.schemas)
        self._put("volumes", data.FoundVolume, found.volumes)
        self._put("registered_models", data.FoundModel, found.registered_models)
        self._put("cluster_policies", workspace.FoundPolicy, found.cluster_policies)
        self._put("sql_warehouses", workspace.FoundWarehouse, found.sql_warehouses)
        self._put("secret_scopes", workspace.FoundScope, found.secret_scopes)
        self._put("ip_access_lists", workspace.FoundIpAccessList, found.ip_access_lists)
        self._put("notification_destinations", workspace.FoundNotification, found.notification_destinations)

    def _put(self, kind: str, construct: Any, objects: Mapping[str, Any]) -> None:
        """One construct for each object, under the key that the document has it by."""
        inside = Construct(self, kind)
        for key, spec in objects.items():
            construct(inside, key, spec=spec)
