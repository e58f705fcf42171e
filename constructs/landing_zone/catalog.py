"""A data domain's catalog with its schemas, volumes, grants and the foreign workspaces that see it."""

from __future__ import annotations

from binding import Construct, databricks
from shipway.models.deployment import CatalogSpec, Grant, SchemaSpec, VolumeSpec

__all__ = ["DataCatalog"]


class DataCatalog(Construct):
    """One catalog and everything in it that the landing zone owns."""

    def __init__(self, scope: Construct, id_: str, *, spec: CatalogSpec, owner: str) -> None:
        super().__init__(scope, id_)
        self.catalog = databricks.Catalog(
            self,
            "catalog",
            name=spec.name,
            comment=spec.comment,
            owner=owner,
            storage_root=spec.storage_root,
            isolation_mode=spec.isolation_mode,
            # Dropping a catalog that still holds data must fail, whoever asks.
            force_destroy=False,
        )
        # One authoritative list per securable: a privilege missing here is revoked on the next apply.
        databricks.Grants(self, "grants", catalog=self.catalog.name, grant=grant_list(spec.grants))
        shared_with = Construct(self, "shared_with")
        for environment, workspace_id, mode in spec.bindings:
            databricks.WorkspaceBinding(
                shared_with,
                environment,
                securable_name=self.catalog.name,
                securable_type="catalog",
                workspace_id=workspace_id,
                binding_type=mode,
            )
        schemas = Construct(self, "schemas")
        for schema_spec in spec.schemas:
            DataSchema(schemas, schema_spec.key, spec=schema_spec, parent=self.catalog, owner=owner)


class DataSchema(Construct):
    """One schema with its grants and volumes."""

    def __init__(self, scope: Construct, id_: str, *, spec: SchemaSpec, parent: databricks.Catalog, owner: str) -> None:
        super().__init__(scope, id_)
        self.schema = databricks.Schema(
            self,
            "schema",
            catalog_name=parent.name,
            name=spec.name,
            comment=spec.comment,
            owner=owner,
            force_destroy=False,
        )
        databricks.Grants(self, "grants", schema=self.schema.id, grant=grant_list(spec.grants))
        volumes = Construct(self, "volumes")
        for volume_spec in spec.volumes:
            ReleaseVolume(volumes, volume_spec.key, spec=volume_spec, parent=self.schema, owner=owner)


class ReleaseVolume(Construct):
    """The managed volume that holds a use case's released artifacts."""

    def __init__(self, scope: Construct, id_: str, *, spec: VolumeSpec, parent: databricks.Schema, owner: str) -> None:
        super().__init__(scope, id_)
        self.volume = databricks.Volume(
            self,
            "volume",
            catalog_name=parent.catalog_name,
            schema_name=parent.name,
            name=spec.name,
            volume_type="MANAGED",
            comment=spec.comment,
            owner=owner,
        )
        databricks.Grants(self, "grants", volume=self.volume.id, grant=grant_list(spec.grants))


def grant_list(specs: tuple[Grant, ...]) -> list[databricks.GrantsGrant]:
    """The blocks of a `databricks_grants`, in the order that resolve fixed."""
    return [databricks.GrantsGrant(principal=spec.principal, privileges=list(spec.privileges)) for spec in specs]
