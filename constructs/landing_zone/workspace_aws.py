"""A workspace in an AWS account of the owner's, with everything of the account that it is made of."""

from __future__ import annotations

from binding import Construct, databricks
from landing_zone.workspace_access import WorkspaceAccess
from shipway.models.deployment import AwsWorkspaceSpec

__all__ = ["WorkspaceAws"]


class WorkspaceAws(Construct):
    """One workspace: own network, own keys, no token; what it is made of belongs to it alone."""

    def __init__(self, scope: Construct, id_: str, *, spec: AwsWorkspaceSpec, account_id: str) -> None:
        super().__init__(scope, id_)
        self._spec, self._account_id = spec, account_id
        endpoints = self._endpoints()
        access = WorkspaceAccess(self, "private_access", spec=spec.private_access, endpoints=endpoints.values())
        credentials = databricks.MwsCredentials(
            self, "credentials", credentials_name=spec.credentials_name, role_arn=spec.credentials_role
        )
        storage = databricks.MwsStorageConfigurations(
            self,
            "storage",
            account_id=account_id,
            storage_configuration_name=spec.storage_name,
            bucket_name=spec.root_bucket,
        )
        keys = Construct(self, "keys")
        self.workspace = databricks.MwsWorkspaces(
            self,
            "workspace",
            account_id=account_id,
            workspace_name=spec.name,
            deployment_name=spec.deployment_name,
            aws_region=spec.region,
            # Own keys and private access are refused below it.
            pricing_tier="ENTERPRISE",
            credentials_id=credentials.credentials_id,
            storage_configuration_id=storage.storage_configuration_id,
            network_id=self._network(endpoints).network_id,
            managed_services_customer_managed_key_id=self._key(
                keys, "managed_services", "MANAGED_SERVICES", spec.managed_services_key
            ).customer_managed_key_id,
            storage_customer_managed_key_id=self._key(
                keys, "storage", "STORAGE", spec.storage_key
            ).customer_managed_key_id,
            private_access_settings_id=access.settings.private_access_settings_id,
            # No `token`: it would be a token of an account administrator, in the state in plain text.
        )

    def _endpoints(self) -> dict[str, databricks.MwsVpcEndpoint]:
        scope = Construct(self, "endpoints")
        return {
            endpoint.key: databricks.MwsVpcEndpoint(
                scope,
                endpoint.key,
                account_id=self._account_id,
                vpc_endpoint_name=endpoint.name,
                aws_vpc_endpoint_id=endpoint.endpoint,
                region=self._spec.region,
            )
            for endpoint in self._spec.endpoints
        }

    def _network(self, endpoints: dict[str, databricks.MwsVpcEndpoint]) -> databricks.MwsNetworks:
        return databricks.MwsNetworks(
            self,
            "network",
            account_id=self._account_id,
            network_name=self._spec.network_name,
            vpc_id=self._spec.vpc,
            subnet_ids=list(self._spec.subnets),
            security_group_ids=list(self._spec.security_groups),
            vpc_endpoints=databricks.MwsNetworksVpcEndpoints(
                rest_api=[endpoints["rest_api"].vpc_endpoint_id],
                dataplane_relay=[endpoints["dataplane_relay"].vpc_endpoint_id],
            )
            if endpoints
            else None,
        )

    def _key(self, scope: Construct, role: str, use: str, arn: str) -> databricks.MwsCustomerManagedKeys:
        return databricks.MwsCustomerManagedKeys(
            scope,
            role,
            account_id=self._account_id,
            use_cases=[use],
            aws_key_info=databricks.MwsCustomerManagedKeysAwsKeyInfo(key_arn=arn),
        )
