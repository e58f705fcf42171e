"""Data that was there before Shipway: as it was found, taken over by an import block beside each resource.

Terraform carries an import block out once; on an object that the state has it does nothing, so they stay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from binding import Construct, TerraformResource, databricks
from shipway.models.adopted import (
    AdoptedCatalog,
    AdoptedCredential,
    AdoptedLocation,
    AdoptedModel,
    AdoptedSchema,
    AdoptedVolume,
)

__all__ = [
    "FoundCatalog",
    "FoundCredential",
    "FoundLocation",
    "FoundModel",
    "FoundSchema",
    "FoundVolume",
]


class FoundCatalog(Construct):
    """A catalog, what was granted on it, and who sees it."""

    def __init__(self, scope: Construct, id_: str, *, spec: AdoptedCatalog) -> None:
        super().__init__(scope, id_)
        databricks.Catalog(
            self,
            "catalog",
            name=spec.name,
            owner=spec.owner,
            comment=spec.comment or None,
            isolation_mode=spec.isolation_mode,
            storage_root=spec.storage_root,
            properties=spec.properties or None,
            force_destroy=False,
        ).import_from(spec.import_id)
        _grants(self, "catalog", spec.name, spec.grants)
        _bindings(self, "catalog", spec.name, spec.bindings)


class FoundSchema(Construct):
    """A schema and what was granted on it."""

    def __init__(self, scope: Construct, id_: str, *, spec: AdoptedSchema) -> None:
        super().__init__(scope, id_)
        databricks.Schema(
            self,
            "schema",
            catalog_name=spec.catalog_name,
            name=spec.name,
            owner=spec.owner,
            comment=spec.comment or None,
            storage_root=spec.storage_root,
            properties=spec.properties or None,
            force_destroy=False,
        ).import_from(spec.import_id)
        _grants(self, "schema", spec.import_id, spec.grants)


class FoundVolume(Construct):
    """A volume and what was granted on it."""

    def __init__(self, scope: Construct, id_: str, *, spec: AdoptedVolume) -> None:
        super().__init__(scope, id_)
        databricks.Volume(
            self,
            "volume",
            catalog_name=spec.catalog_name,
            schema_name=spec.schema_name,
            name=spec.name,
            owner=spec.owner,
            comment=spec.comment or None,
            volume_type=spec.volume_type,
            storage_location=spec.storage_location,
        ).import_from(spec.import_id)
        _grants(self, "volume", spec.import_id, spec.grants)


class FoundModel(Construct):
    """A registered model and what was granted on it."""

    def __init__(self, scope: Construct, id_: str, *, spec: AdoptedModel) -> None:
        super().__init__(scope, id_)
        databricks.RegisteredModel(
            self,
            "model",
            catalog_name=spec.catalog_name,
            schema_name=spec.schema_name,
            name=spec.name,
            owner=spec.owner,
            comment=spec.comment or None,
        ).import_from(spec.import_id)
        _grants(self, "model", spec.import_id, spec.grants)


class FoundCredential(Construct):
    """A storage credential, what was granted on it, and who sees it."""

    def __init__(self, scope: Construct, id_: str, *, spec: AdoptedCredential) -> None:
        super().__init__(scope, id_)
        azure = spec.azure_managed_identity
        databricks.StorageCredential(
            self,
            "credential",
            name=spec.name,
            owner=spec.owner,
            comment=spec.comment or None,
            isolation_mode=spec.isolation_mode,
            read_only=spec.read_only,
            aws_iam_role=databricks.StorageCredentialAwsIamRole(role_arn=spec.role_arn) if spec.role_arn else None,
            azure_managed_identity=databricks.StorageCredentialAzureManagedIdentity(
                access_connector_id=azure.access_connector_id, managed_identity_id=azure.managed_identity_id
            )
            if azure
            else None,
            databricks_gcp_service_account=databricks.StorageCredentialDatabricksGcpServiceAccount()
            if spec.gcp_service_account
            else None,
        ).import_from(spec.import_id)
        _grants(self, "storage_credential", spec.name, spec.grants)
        _bindings(self, "storage_credential", spec.name, spec.bindings)


class FoundLocation(Construct):
    """An external location, what was granted on it, and who sees it."""

    def __init__(self, scope: Construct, id_: str, *, spec: AdoptedLocation) -> None:
        super().__init__(scope, id_)
        databricks.ExternalLocation(
            self,
            "location",
            name=spec.name,
            url=spec.url,
            credential_name=spec.credential_name,
            owner=spec.owner,
            comment=spec.comment or None,
            isolation_mode=spec.isolation_mode,
            read_only=spec.read_only,
            fallback=spec.fallback,
        ).import_from(spec.import_id)
        _grants(self, "external_location", spec.name, spec.grants)
        _bindings(self, "external_location", spec.name, spec.bindings)


def _grants(scope: Construct, kind: str, name: str, grants: Mapping[str, Sequence[str]]) -> None:
    if grants:
        listed = [
            databricks.GrantsGrant(principal=principal, privileges=list(privileges))
            for principal, privileges in grants.items()
        ]
        made = databricks.Grants(scope, "grants", grant=listed, **{kind: name})  # type: ignore[arg-type]
        made.import_from(f"{kind}/{name}")


def _bindings(scope: Construct, kind: str, name: str, bindings: Mapping[str, str]) -> None:
    inside = Construct(scope, "bindings") if bindings else scope
    for workspace_id, mode in bindings.items():
        made: TerraformResource = databricks.WorkspaceBinding(
            inside,
            workspace_id,
            securable_type=kind,
            securable_name=name,
            workspace_id=int(workspace_id),
            binding_type=mode,
        )
        made.import_from(f"{workspace_id}|{kind}|{name}")
