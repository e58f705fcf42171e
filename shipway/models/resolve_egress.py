"""What may leave a workspace, in the provider's own words."""

from __future__ import annotations

from shipway.models.deployment import ConnectivitySpec, EgressSpec, PrivateEndpointSpec
from shipway.models.egress import Egress, PrivateEndpoint
from shipway.models.names import Names
from shipway.models.workspace import Workspace

__all__ = ["connectivity_spec", "egress_spec"]

_BUCKETS = {"aws": "AWS_S3", "gcp": "GOOGLE_CLOUD_STORAGE"}


def egress_spec(names: Names, cloud: str, workspace: Workspace) -> EgressSpec | None:
    """The workspace's network policy; raises BadName."""
    egress = workspace.egress
    if egress is None:
        return None
    return EgressSpec(
        policy_id=names.network_policy,
        attached=egress.attached,
        enforced=egress.enforced,
        hosts=tuple(sorted(set(egress.hosts))),
        storage=_storage(egress, cloud),
    )


def _storage(egress: Egress, cloud: str) -> tuple[dict[str, str], ...]:
    buckets = [
        {"storage_destination_type": _BUCKETS[cloud], "bucket_name": bucket.name, "region": bucket.region}
        for bucket in sorted(egress.buckets, key=lambda bucket: bucket.name)
    ]
    accounts = [
        {
            "storage_destination_type": "AZURE_STORAGE",
            "azure_storage_account": account.name,
            "azure_storage_service": account.service,
        }
        for account in sorted(egress.storage_accounts, key=lambda account: (account.name, account.service))
    ]
    return (*buckets, *accounts)


def connectivity_spec(names: Names, workspace: Workspace) -> ConnectivitySpec | None:
    """The workspace's network connectivity configuration, where anything is reached privately; raises BadName."""
    if not workspace.private_endpoints:
        return None
    return ConnectivitySpec(
        name=names.connectivity,
        region=workspace.region,
        endpoints=tuple(_endpoint(key, endpoint) for key, endpoint in sorted(workspace.private_endpoints.items())),
    )


def _endpoint(key: str, endpoint: PrivateEndpoint) -> PrivateEndpointSpec:
    return PrivateEndpointSpec(
        key=key,
        endpoint_service=endpoint.endpoint_service,
        resource_id=endpoint.resource_id,
        group_id=endpoint.group_id,
        buckets=tuple(sorted(endpoint.buckets)),
        domains=tuple(sorted(endpoint.domains)),
    )
