"""The delivery of the account's audit log to a bucket of the owner's."""

from __future__ import annotations

from binding import Construct, databricks
from shipway.models.deployment import AuditLogSpec

__all__ = ["AuditLogDelivery"]


class AuditLogDelivery(Construct):
    """Everything that is audited in the account, of every workspace: no filter that could leave one out."""

    def __init__(self, scope: Construct, id_: str, *, spec: AuditLogSpec, account_id: str) -> None:
        super().__init__(scope, id_)
        credentials = databricks.MwsCredentials(
            self, "credentials", credentials_name=spec.credentials_name, role_arn=spec.role
        )
        storage = databricks.MwsStorageConfigurations(
            self,
            "storage",
            account_id=account_id,
            storage_configuration_name=spec.storage_name,
            bucket_name=spec.bucket,
        )
        databricks.MwsLogDelivery(
            self,
            "delivery",
            account_id=account_id,
            config_name=spec.name,
            credentials_id=credentials.credentials_id,
            storage_configuration_id=storage.storage_configuration_id,
            delivery_path_prefix=spec.prefix,
            log_type="AUDIT_LOGS",
            output_format="JSON",
            status="ENABLED",
        )
