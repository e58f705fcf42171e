"""A workspace in a Google Cloud project of the owner's, with everything of the account that it is made of."""

from __future__ import annotations

from binding import Construct, databricks
from landing_zone.workspace_access import WorkspaceAccess
from shipway.models.deployment import GcpWorkspaceSpec

__all__ = ["WorkspaceGcp"]


class WorkspaceGcp(Construct):
    """One workspace: own network, own keys, no token; what it is made of belongs to it alone."""

    def __init__(self, scope: Construct, id_: str, *, spec: GcpWorkspaceSpec, account_id: str) -> None:
        super().__init__(scope, id_)
        self._spec, self._account_id = spec, account_id
        endpoints = self._endpoints()
        access = WorkspaceAccess(self, "private_access", spec=spec.private_access, endpoints=endpoints.values())
        keys = Construct(self, "keys")
        self.workspace = databricks.MwsWorkspaces(
            self,
            "workspace",
            account_id=account_id,
            workspace_name=spec.name,
            location=spec.region,
            # The highest tier on Google Cloud; own keys and private access are refused below it.
            pricing_tier="PREMIUM",
            cloud_resource_container=databricks.MwsWorkspacesCloudResourceContainer(
                gcp=databricks.MwsWorkspacesCloudResourceContainerGcp(project_id=spec.project)
            ),
            network_id=self._network(endpoints).network_id,
            managed_services_customer_managed_key_id=self._key(
                keys, "managed_services", "MANAGED_SERVICES", spec.managed_services_key
            ).customer_managed_key_id,
            storage_customer_managed_key_id=self._key(
                keys, "storage", "STORAGE", spec.storage_key
            ).customer_managed_key_id,
            private_access_settings_id=access.settings.private_access_settings_id,
        )

    def _endpoints(self) -> dict[str, databricks.MwsVpcEndpoint]:
        scope = Construct(self, "endpoints")
        return {
            endpoint.key: databricks.MwsVpcEndpoint(
                scope,
                endpoint.key,
                account_id=self._account_id,
                vpc_endpoint_name=endpoint.name,
                gcp_vpc_endpoint_info=databricks.MwsVpcEndpointGcpVpcEndpointInfo(
                    project_id=self._spec.endpoint_project,
                    psc_endpoint_name=endpoint.endpoint,
                    endpoint_region=self._spec.region,
                ),
            )
            for endpoint in self._spec.endpoints
        }

    def _network(self, endpoints: dict[str, databricks.MwsVpcEndpoint]) -> databricks.MwsNetworks:
        return databricks.MwsNetworks(
            self,
            "network",
            account_id=self._account_id,
            network_name=self._spec.network_name,
            gcp_network_info=databricks.MwsNetworksGcpNetworkInfo(
                network_project_id=self._spec.network_project,
                vpc_id=self._spec.vpc,
                subnet_id=self._spec.subnet,
                subnet_region=self._spec.region,
            ),
            vpc_endpoints=databricks.MwsNetworksVpcEndpoints(
                rest_api=[endpoints["rest_api"].vpc_endpoint_id],
                dataplane_relay=[endpoints["dataplane_relay"].vpc_endpoint_id],
            )
            if endpoints
            else None,
        )

    def _key(self, scope: Construct, role: str, use: str, key: str) -> databricks.MwsCustomerManagedKeys:
        return databricks.MwsCustomerManagedKeys(
            scope,
            role,
            account_id=self._account_id,
            use_cases=[use],
            gcp_key_info=databricks.MwsCustomerManagedKeysGcpKeyInfo(kms_key_id=key),
        )
