"""What resolve makes of the documents: one object per stack, every name computed, nothing left to decide.

Stacks and constructs read these and nothing else, so a stack's synthesized form is a function of its object here: that
is what makes it cacheable. The fields of a stack are plain values, so its JSON is its identity.
"""

from __future__ import annotations

from typing import Any

from shipway.models.deployment.account import (
    AccountStack,
    AuditLogSpec,
    FederationSpec,
    GroupSpec,
    MetastoreSpec,
    PrincipalSpec,
    TagPolicySpec,
    TeamSpec,
    UseCaseIdentities,
    WatchPrincipalSpec,
)
from shipway.models.deployment.adopted import AdoptedStack
from shipway.models.deployment.agent import AgentWorkload
from shipway.models.deployment.base import Grant, Permission, Resolved
from shipway.models.deployment.data import (
    AccessRequestsSpec,
    CatalogSpec,
    DataPoliciesStack,
    DataPolicySpec,
    DataSetupSpec,
    FunctionSpec,
    MatchSpec,
    SchemaSpec,
    StorageCredentialSpec,
    StorageLocationSpec,
    SystemSchemaSpec,
    TagSpec,
    VolumeSpec,
    WatcherSpec,
)
from shipway.models.deployment.jobs import JobSlotSpec, JobSpec, JobsWorkload, OutputSpec, RouterSpec, TaskSpec
from shipway.models.deployment.landing_zone import LandingZoneStack
from shipway.models.deployment.line import LineStack, ModelSpec, Workload
from shipway.models.deployment.serving import EntitySpec, GuardrailSpec, InferenceTableSpec, ServingWorkload
from shipway.models.deployment.workspace import (
    AssignmentSpec,
    AwsWorkspaceSpec,
    BudgetSpec,
    ConnectivitySpec,
    CreateSpec,
    EgressSpec,
    EndpointSpec,
    GcpWorkspaceSpec,
    PrivateAccessSpec,
    PrivateEndpointSpec,
    ServerlessWorkspaceSpec,
    WorkspaceSpec,
)
from shipway.models.deployment.workspace_contents import (
    AllowlistSpec,
    ClusterPolicySpec,
    DestinationSpec,
    EntitlementSpec,
    HardeningSpec,
    IpListSpec,
    IpPerimeterSpec,
    RotationSpec,
    SecretScopeSpec,
    WarehouseSpec,
)

__all__ = [
    "AccessRequestsSpec",
    "AccountStack",
    "AdoptedStack",
    "AgentWorkload",
    "AllowlistSpec",
    "AssignmentSpec",
    "AuditLogSpec",
    "AwsWorkspaceSpec",
    "BudgetSpec",
    "CatalogSpec",
    "ClusterPolicySpec",
    "ConnectivitySpec",
    "CreateSpec",
    "DataPoliciesStack",
    "DataPolicySpec",
    "DataSetupSpec",
    "Deployment",
    "DestinationSpec",
    "EgressSpec",
    "EndpointSpec",
    "EntitlementSpec",
    "EntitySpec",
    "FederationSpec",
    "FunctionSpec",
    "GcpWorkspaceSpec",
    "Grant",
    "GroupSpec",
    "GuardrailSpec",
    "HardeningSpec",
    "InferenceTableSpec",
    "IpListSpec",
    "IpPerimeterSpec",
    "JobSlotSpec",
    "JobSpec",
    "JobsWorkload",
    "LandingZoneStack",
    "LineStack",
    "MatchSpec",
    "MetastoreSpec",
    "ModelSpec",
    "OutputSpec",
    "Permission",
    "PrincipalSpec",
    "PrivateAccessSpec",
    "PrivateEndpointSpec",
    "Resolved",
    "RotationSpec",
    "RouterSpec",
    "SchemaSpec",
    "SecretScopeSpec",
    "ServerlessWorkspaceSpec",
    "ServingWorkload",
    "Stack",
    "StorageCredentialSpec",
    "StorageLocationSpec",
    "SystemSchemaSpec",
    "TagPolicySpec",
    "TagSpec",
    "TaskSpec",
    "TeamSpec",
    "UseCaseIdentities",
    "VolumeSpec",
    "WarehouseSpec",
    "WatchPrincipalSpec",
    "WatcherSpec",
    "Workload",
    "WorkspaceSpec",
]

Stack = AccountStack | AdoptedStack | LandingZoneStack | DataPoliciesStack | LineStack


class Deployment(Resolved):
    """Everything that is to be: the stacks in the order in which they can be deployed."""

    stacks: tuple[Stack, ...]
    waiting: tuple[str, ...] = ()
    """Environments whose workspace is not made yet: the account's stack makes it, nothing inside can be declared."""

    def as_json(self) -> Any:
        """For people who want to see what was resolved."""
        return self.model_dump(mode="json")
