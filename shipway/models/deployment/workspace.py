"""What a workspace is made of, and who may sign in to it: parts of the account's stack."""

from __future__ import annotations

from typing import Literal

from shipway.models.deployment.base import Resolved

__all__ = [
    "AssignmentSpec",
    "AwsWorkspaceSpec",
    "BudgetSpec",
    "ConnectivitySpec",
    "CreateSpec",
    "EgressSpec",
    "EndpointSpec",
    "GcpWorkspaceSpec",
    "PrivateAccessSpec",
    "PrivateEndpointSpec",
    "ServerlessWorkspaceSpec",
    "WorkspaceSpec",
]


class PrivateAccessSpec(Resolved):
    """Who reaches the workspace's address."""

    name: str
    region: str
    public_access: bool
    level: str


class EndpointSpec(Resolved):
    """A private endpoint that is registered in the account; `key` is its role."""

    key: str
    name: str
    endpoint: str
    """AWS's id, or Google's name."""


class AwsWorkspaceSpec(Resolved):
    """A workspace in an AWS account of the owner's."""

    kind: Literal["aws"] = "aws"
    name: str
    deployment_name: str | None
    region: str
    credentials_name: str
    credentials_role: str
    storage_name: str
    root_bucket: str
    network_name: str
    vpc: str
    subnets: tuple[str, ...]
    security_groups: tuple[str, ...]
    endpoints: tuple[EndpointSpec, ...]
    managed_services_key: str
    storage_key: str
    private_access: PrivateAccessSpec


class GcpWorkspaceSpec(Resolved):
    """A workspace in a Google Cloud project of the owner's."""

    kind: Literal["gcp"] = "gcp"
    name: str
    region: str
    project: str
    network_name: str
    network_project: str
    vpc: str
    subnet: str
    endpoint_project: str
    endpoints: tuple[EndpointSpec, ...]
    managed_services_key: str
    storage_key: str
    private_access: PrivateAccessSpec


class ServerlessWorkspaceSpec(Resolved):
    """A workspace with serverless compute only."""

    kind: Literal["serverless"] = "serverless"
    cloud: str
    name: str
    region: str
    managed_services_key: str
    private_access: PrivateAccessSpec


CreateSpec = AwsWorkspaceSpec | GcpWorkspaceSpec | ServerlessWorkspaceSpec


class AssignmentSpec(Resolved):
    """A group that may sign in; `path` is its construct path in the workspace."""

    path: tuple[str, ...]
    group: str
    level: str
    """USER, or ADMIN."""


class EgressSpec(Resolved):
    """A workspace's network policy."""

    policy_id: str
    attached: bool
    enforced: bool
    hosts: tuple[str, ...]
    storage: tuple[dict[str, str], ...]
    """Storage destinations by the provider's own attribute names."""


class PrivateEndpointSpec(Resolved):
    """A private endpoint of serverless compute."""

    key: str
    endpoint_service: str | None
    resource_id: str | None
    group_id: str | None
    buckets: tuple[str, ...]
    domains: tuple[str, ...]


class ConnectivitySpec(Resolved):
    """A workspace's network connectivity configuration."""

    name: str
    region: str
    endpoints: tuple[PrivateEndpointSpec, ...]


class BudgetSpec(Resolved):
    """What a use case may cost in a workspace."""

    use_case: str
    name: str
    thresholds: tuple[str, ...]
    """In US dollars a month, as text: the provider's own type."""
    notify: tuple[str, ...]
    tags: dict[str, str]
    users: tuple[str, ...]
    """Groups whose serverless compute may be booked on it."""
    managers: tuple[str, ...]


class WorkspaceSpec(Resolved):
    """A workspace, made here or not, and who may sign in to it."""

    environment: str
    id: int | None
    """None until it is made and its id is written down."""
    create: CreateSpec | None
    metastore_id: str | None
    """None for the one that is made here for its region."""
    region: str
    egress: EgressSpec | None
    connectivity: ConnectivitySpec | None
    assignments: tuple[AssignmentSpec, ...]
    budgets: tuple[BudgetSpec, ...]
