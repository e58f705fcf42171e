"""What may leave a workspace's serverless compute."""

from __future__ import annotations

from binding import Construct, databricks
from shipway.models.deployment import ConnectivitySpec, EgressSpec

__all__ = ["EgressPolicy", "PrivateConnectivity"]

# Every account has it; a workspace without a policy of its own has this one.
_DEFAULT_POLICY = "default-policy"


class EgressPolicy(Construct):
    """The network policy of one workspace, and its attachment."""

    def __init__(self, scope: Construct, id_: str, *, spec: EgressSpec, account_id: str, workspace_id: float) -> None:
        super().__init__(scope, id_)
        self.policy = databricks.AccountNetworkPolicy(
            self,
            "policy",
            # Left out, the provider's answer differs from its plan, and the next apply replaces the policy (#5477).
            account_id=account_id,
            network_policy_id=spec.policy_id,
            egress=databricks.AccountNetworkPolicyEgress(network_access=_access(spec)),
        )
        databricks.WorkspaceNetworkOption(
            self,
            "option",
            workspace_id=workspace_id,
            # Deleting an option does nothing (1.99): only another value detaches the policy.
            network_policy_id=self.policy.network_policy_id if spec.attached else _DEFAULT_POLICY,
        )


def _access(spec: EgressSpec) -> databricks.AccountNetworkPolicyEgressNetworkAccess:
    return databricks.AccountNetworkPolicyEgressNetworkAccess(
        restriction_mode="RESTRICTED_ACCESS",
        allowed_internet_destinations=[
            databricks.AccountNetworkPolicyEgressNetworkAccessAllowedInternetDestinations(
                destination=host, internet_destination_type="DNS_NAME"
            )
            for host in spec.hosts
        ],
        allowed_storage_destinations=[
            databricks.AccountNetworkPolicyEgressNetworkAccessAllowedStorageDestinations(**destination)
            for destination in spec.storage
        ],
        policy_enforcement=databricks.AccountNetworkPolicyEgressNetworkAccessPolicyEnforcement(
            enforcement_mode="ENFORCED" if spec.enforced else "DRY_RUN"
        ),
    )


class PrivateConnectivity(Construct):
    """The network connectivity configuration of one workspace: what it reaches without the internet."""

    def __init__(
        self, scope: Construct, id_: str, *, spec: ConnectivitySpec, account_id: str, workspace_id: float
    ) -> None:
        super().__init__(scope, id_)
        config = databricks.MwsNetworkConnectivityConfig(
            self, "config", account_id=account_id, name=spec.name, region=spec.region
        )
        databricks.MwsNccBinding(
            self,
            "binding",
            network_connectivity_config_id=config.network_connectivity_config_id,
            workspace_id=workspace_id,
        )
        # Named by the user, so beside nothing that is named here.
        endpoints = Construct(self, "private_endpoints")
        for endpoint in spec.endpoints:
            databricks.MwsNccPrivateEndpointRule(
                endpoints,
                endpoint.key,
                network_connectivity_config_id=config.network_connectivity_config_id,
                endpoint_service=endpoint.endpoint_service,
                resource_id=endpoint.resource_id,
                group_id=endpoint.group_id,
                resource_names=list(endpoint.buckets) or None,
                domain_names=list(endpoint.domains) or None,
            )
