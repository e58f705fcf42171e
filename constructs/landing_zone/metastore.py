"""A region's Unity Catalog metastore."""

from __future__ import annotations

from binding import Construct, databricks
from shipway.models.deployment import MetastoreSpec

__all__ = ["RegionMetastore"]


class RegionMetastore(Construct):
    """One metastore; it has no storage, so that each catalog must say where its own is."""

    def __init__(self, scope: Construct, id_: str, *, spec: MetastoreSpec) -> None:
        super().__init__(scope, id_)
        self.metastore = databricks.Metastore(
            self,
            "metastore",
            name=spec.name,
            region=spec.region,
            # Left out, it is whoever applied first.
            owner=spec.owner,
            # The provider wants both or neither, and takes a lifetime of 0 for ever.
            delta_sharing_scope=spec.delta_sharing,
            delta_sharing_recipient_token_lifetime_in_seconds=spec.recipient_token_seconds,
            delta_sharing_organization_name=spec.organization_name,
            force_destroy=False,
        )
