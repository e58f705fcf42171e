"""A data domain's catalog with its schemas, volumes, grants and the foreign workspaces that see it."""

from __future__ import annotations

from binding import Construct, databricks
from landing_zone.grants import grant_list
from landing_zone.storage import StorageLocation
from shipway.models.deployment import AccessRequestsSpec, CatalogSpec, SchemaSpec, VolumeSpec

__all__ = ["DataCatalog"]


class DataCatalog(Construct):
    """One catalog and everything in it that the landing zone owns."""

    def __init__(
        self, scope: Construct, id_: str, *, spec: CatalogSpec, location: StorageLocation | None = None
    ) -> None:
        super().__init__(scope, id_)
        self.catalog = databricks.Catalog(
            self,
            "catalog",
            name=spec.name,
            comment=spec.comment,
            owner=spec.owner,
            storage_root=spec.storage_root,
            isolation_mode=spec.isolation_mode,
            properties=spec.properties or None,
            # Dropping a catalog that still holds data must fail, whoever asks.
            force_destroy=False,
            # The storage root is text: Terraform does not see from it that the location comes first.
            depends_on=[location.location, location.grants] if location else None,
        )
        # One authoritative list per securable: a privilege missing here is revoked on the next apply.
        databricks.Grants(self, "grants", catalog=self.catalog.name, grant=grant_list(spec.grants))
        if spec.access_requests is not None:
            self._ask(spec.access_requests)
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
            DataSchema(schemas, schema_spec.key, spec=schema_spec, parent=self.catalog, owner=spec.owner)

    def _ask(self, spec: AccessRequestsSpec) -> None:
        """Where a request for access goes."""
        databricks.RfaAccessRequestDestinations(
            self,
            "access_requests",
            securable=databricks.RfaAccessRequestDestinationsSecurable(type="CATALOG", full_name=self.catalog.name),
            destinations=[
                databricks.RfaAccessRequestDestinationsDestinations(destination_type=kind, destination_id=target)
                for kind, target in spec.destinations
            ],
        )


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
    """A managed volume of a use case: its released artifacts, or a streaming job's checkpoints."""

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
