"""The way to cloud storage: a credential, then the locations that use it; catalogs come after both."""

from __future__ import annotations

from binding import Construct, databricks
from landing_zone.grants import grant_list
from shipway.models.deployment import StorageCredentialSpec, StorageLocationSpec

__all__ = ["StorageAccess", "StorageLocation"]

_ISOLATED = "ISOLATION_MODE_ISOLATED"


class StorageAccess(Construct):
    """One storage credential, seen from this workspace and those it is shared with, and validated when it is made."""

    def __init__(self, scope: Construct, id_: str, *, spec: StorageCredentialSpec) -> None:
        super().__init__(scope, id_)
        self.credential = databricks.StorageCredential(
            self,
            "credential",
            name=spec.name,
            comment=spec.comment,
            owner=spec.owner,
            isolation_mode=_ISOLATED,
            read_only=spec.read_only,
            skip_validation=False,
            force_destroy=False,
            aws_iam_role=_aws(spec),
            azure_managed_identity=_azure(spec),
            databricks_gcp_service_account=_gcp(spec),
        )
        self.grants = databricks.Grants(
            self, "grants", storage_credential=self.credential.id, grant=grant_list(spec.grants)
        )
        _bind(self, self.credential.name, "storage_credential", spec.bindings)


class StorageLocation(Construct):
    """One external location under a credential; nothing reads past it with a cluster's own role (fallback)."""

    def __init__(self, scope: Construct, id_: str, *, spec: StorageLocationSpec, access: StorageAccess) -> None:
        super().__init__(scope, id_)
        self.location = databricks.ExternalLocation(
            self,
            "location",
            name=spec.name,
            comment=spec.comment,
            owner=spec.owner,
            url=spec.url,
            credential_name=access.credential.name,
            isolation_mode=_ISOLATED,
            read_only=spec.read_only,
            fallback=False,
            skip_validation=False,
            force_destroy=False,
            # The right to make it under the credential is among the credential's grants.
            depends_on=[access.grants],
        )
        self.grants = databricks.Grants(
            self, "grants", external_location=self.location.id, grant=grant_list(spec.grants)
        )
        _bind(self, self.location.name, "external_location", spec.bindings)


def _bind(scope: Construct, name: str, kind: str, bindings: tuple[tuple[str, int, str], ...]) -> None:
    # Never the home workspace: Databricks binds it itself, and declared too it breaks the destroy (#5300).
    shared_with = Construct(scope, "shared_with")
    for environment, workspace_id, mode in bindings:
        databricks.WorkspaceBinding(
            shared_with,
            environment,
            securable_name=name,
            securable_type=kind,
            workspace_id=workspace_id,
            binding_type=mode,
        )


def _aws(spec: StorageCredentialSpec) -> databricks.StorageCredentialAwsIamRole | None:
    return databricks.StorageCredentialAwsIamRole(**spec.identity) if spec.cloud == "aws" else None


def _azure(spec: StorageCredentialSpec) -> databricks.StorageCredentialAzureManagedIdentity | None:
    return databricks.StorageCredentialAzureManagedIdentity(**spec.identity) if spec.cloud == "azure" else None


def _gcp(spec: StorageCredentialSpec) -> databricks.StorageCredentialDatabricksGcpServiceAccount | None:
    return databricks.StorageCredentialDatabricksGcpServiceAccount() if spec.cloud == "gcp" else None
