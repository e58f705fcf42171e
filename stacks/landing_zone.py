"""The landing zone of one environment: what use cases find there, and what they may do with it."""

from __future__ import annotations

from binding import Construct
from landing_zone import DataCatalog, PolicyForClusters, UseCaseSecrets, WorkspaceHardening
from shipway.models.deployment import LandingZoneStack
from stacks.base import ShipwayStack

__all__ = ["LandingZone"]


class LandingZone(ShipwayStack):
    """The stack `<environment>-landing-zone`."""

    def __init__(self, scope: Construct, spec: LandingZoneStack) -> None:
        super().__init__(scope, spec)
        catalog_scope = Construct(self, "catalogs")
        catalogs = {
            catalog.key: DataCatalog(catalog_scope, catalog.key, spec=catalog, owner=spec.owner).catalog
            for catalog in spec.catalogs
        }
        default_catalog = catalogs.get(spec.hardening.default_catalog)
        WorkspaceHardening(self, "hardening", spec=spec.hardening, default_catalog=default_catalog)
        policies = Construct(self, "cluster_policies")
        for policy in spec.cluster_policies:
            PolicyForClusters(policies, policy.key, spec=policy)
        bundles = Construct(self, "bundles")
        for scope_spec in spec.secret_scopes:
            use_case = Construct(bundles, scope_spec.use_case)
            UseCaseSecrets(use_case, "secrets", spec=scope_spec)
