"""A workspace with serverless compute only: no clusters, network or bucket of the owner's."""

from __future__ import annotations

from binding import Construct, databricks
from landing_zone.workspace_access import WorkspaceAccess
from shipway.models.deployment import ServerlessWorkspaceSpec

__all__ = ["WorkspaceServerless"]


class WorkspaceServerless(Construct):
    """One workspace on AWS or Google Cloud; its network policy is made with its attachment."""

    def __init__(self, scope: Construct, id_: str, *, spec: ServerlessWorkspaceSpec, account_id: str) -> None:
        super().__init__(scope, id_)
        access = WorkspaceAccess(self, "private_access", spec=spec.private_access, endpoints=())
        aws = spec.cloud == "aws"
        key = databricks.MwsCustomerManagedKeys(
            Construct(self, "keys"),
            "managed_services",
            account_id=account_id,
            use_cases=["MANAGED_SERVICES"],
            aws_key_info=databricks.MwsCustomerManagedKeysAwsKeyInfo(key_arn=spec.managed_services_key)
            if aws
            else None,
            gcp_key_info=None
            if aws
            else databricks.MwsCustomerManagedKeysGcpKeyInfo(kms_key_id=spec.managed_services_key),
        )
        self.workspace = databricks.MwsWorkspaces(
            self,
            "workspace",
            account_id=account_id,
            workspace_name=spec.name,
            aws_region=spec.region if aws else None,
            location=None if aws else spec.region,
            compute_mode="SERVERLESS",
            pricing_tier="ENTERPRISE" if aws else "PREMIUM",
            managed_services_customer_managed_key_id=key.customer_managed_key_id,
            private_access_settings_id=access.settings.private_access_settings_id,
        )
