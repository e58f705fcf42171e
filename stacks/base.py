"""What every stack has: its provider and its state."""

from __future__ import annotations

from binding import AzurermBackend, Construct, GcsBackend, S3Backend, TerraformStack, databricks
from shipway.models.deployment import AccountStack
from shipway.models.deployment.base import StackBase

__all__ = ["ShipwayStack"]

# The SDK's default of 15 requests a second makes a plan of 400 unchanged jobs take 69 s.
_RATE_LIMIT = 30


class ShipwayStack(TerraformStack):
    """A stack with one databricks provider and the declared backend; credentials come from the environment only."""

    def __init__(self, scope: Construct, spec: StackBase) -> None:
        super().__init__(scope, spec.name)
        account_id = spec.account_id if isinstance(spec, AccountStack) else None
        databricks.DatabricksProvider(self, "databricks", host=spec.host, account_id=account_id, rate_limit=_RATE_LIMIT)
        self._keep_state(spec.state_backend, spec.state)

    def _keep_state(self, backend: str, state: dict[str, str]) -> None:
        match backend:
            case "s3":
                bucket, region = state["bucket"], state["region"]
                s3 = S3Backend(self, bucket=bucket, key=state["key"], region=region, encrypt=True)
                # S3's own lock (Terraform 1.10): cdktf 0.21 is older than the argument.
                s3.add_override("use_lockfile", True)
            case "azurerm":
                AzurermBackend(
                    self,
                    resource_group_name=state["resource_group"],
                    storage_account_name=state["storage_account"],
                    container_name=state["container"],
                    key=state["key"],
                )
            case "gcs":
                GcsBackend(self, bucket=state["bucket"], prefix=state["key"])
            case _:
                raise ValueError(f"no such state backend: {backend}")
