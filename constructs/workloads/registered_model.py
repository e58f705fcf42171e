"""The registered model of a use case and who may use it."""

from __future__ import annotations

from binding import Construct, databricks
from landing_zone.grants import grant_list
from shipway.models.deployment import ModelSpec

__all__ = ["UseCaseModel"]


class UseCaseModel(Construct):
    """One model in Unity Catalog. Its versions are pinned by releases; `aliases` does nothing at provider 1.99."""

    def __init__(self, scope: Construct, id_: str, *, spec: ModelSpec) -> None:
        super().__init__(scope, id_)
        self.model = databricks.RegisteredModel(
            self,
            "model",
            catalog_name=spec.catalog,
            schema_name=spec.schema_name,
            name=spec.name,
            owner=spec.owner,
            comment=spec.comment,
        )
        databricks.Grants(self, "grants", model=self.model.id, grant=grant_list(spec.grants))
