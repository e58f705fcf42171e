"""A workspace in the account's stack: what it is made of, and which groups may sign in.

Without an assignment nobody in a group can sign in, whatever the group is granted inside: so every group that an
environment's documents name is assigned to its workspace.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from shipway.models.deployment import (
    AssignmentSpec,
    AwsWorkspaceSpec,
    CreateSpec,
    EndpointSpec,
    GcpWorkspaceSpec,
    PrivateAccessSpec,
    ServerlessWorkspaceSpec,
    WorkspaceSpec,
)
from shipway.models.granted import HOLDERS, named_groups
from shipway.models.load import Documents
from shipway.models.names import Names, Role
from shipway.models.resolve_budgets import budget_specs
from shipway.models.resolve_egress import connectivity_spec, egress_spec
from shipway.models.workspace import (
    AwsEndpoints,
    AwsWorkspace,
    GcpEndpoints,
    GcpWorkspace,
    PrivateAccess,
    ServerlessWorkspace,
    Workspace,
)

__all__ = ["workspace_spec"]


def workspace_spec(documents: Documents, environment: str) -> WorkspaceSpec:
    """The workspace of one environment; raises BadName."""
    account, workspace = documents.account.model, documents.environments[environment].model.workspace
    names = Names(account.organisation, environment)
    return WorkspaceSpec(
        environment=environment,
        id=workspace.place[1] if workspace.exists else None,
        create=_create(names, account.cloud, workspace),
        metastore_id=None if workspace.region in account.metastores else account.metastore_id,
        region=workspace.region,
        egress=egress_spec(names, account.cloud, workspace),
        connectivity=connectivity_spec(names, workspace),
        assignments=tuple(_assignments(documents, environment)),
        budgets=budget_specs(documents, environment),
    )


def _create(names: Names, cloud: str, workspace: Workspace) -> CreateSpec | None:
    match workspace.create:
        case None:
            return None
        case AwsWorkspace() as made:
            return _aws(names, workspace.region, made)
        case GcpWorkspace() as made:
            return _gcp(names, workspace.region, made)
        case ServerlessWorkspace() as made:
            return ServerlessWorkspaceSpec(
                cloud=cloud,
                name=names.workspace(),
                region=workspace.region,
                managed_services_key=made.managed_services_key,
                private_access=_private_access(names, workspace.region, made.private_access),
            )
        case _:
            assert_never(workspace.create)


def _aws(names: Names, region: str, made: AwsWorkspace) -> AwsWorkspaceSpec:
    return AwsWorkspaceSpec(
        name=names.workspace(),
        deployment_name=made.deployment_name,
        region=region,
        credentials_name=names.workspace("credentials"),
        credentials_role=made.credentials_role,
        storage_name=names.workspace("storage"),
        root_bucket=made.root_bucket,
        network_name=names.workspace("network"),
        vpc=made.network.vpc,
        subnets=tuple(sorted(made.network.subnets)),
        security_groups=tuple(sorted(made.network.security_groups)),
        endpoints=_endpoints(names, made.endpoints),
        managed_services_key=made.keys.managed_services,
        storage_key=made.keys.storage,
        private_access=_private_access(names, region, made.private_access),
    )


def _gcp(names: Names, region: str, made: GcpWorkspace) -> GcpWorkspaceSpec:
    return GcpWorkspaceSpec(
        name=names.workspace(),
        region=region,
        project=made.project,
        network_name=names.workspace("network"),
        network_project=made.network.project,
        vpc=made.network.vpc,
        subnet=made.network.subnet,
        endpoint_project=made.endpoints.project if made.endpoints else "",
        endpoints=_endpoints(names, made.endpoints),
        managed_services_key=made.keys.managed_services,
        storage_key=made.keys.storage,
        private_access=_private_access(names, region, made.private_access),
    )


def _endpoints(names: Names, endpoints: AwsEndpoints | GcpEndpoints | None) -> tuple[EndpointSpec, ...]:
    if endpoints is None:
        return ()
    by_role = {"rest_api": endpoints.rest_api, "dataplane_relay": endpoints.dataplane_relay}
    if isinstance(endpoints, AwsEndpoints) and endpoints.front_end:
        by_role["front_end"] = endpoints.front_end
    return tuple(
        EndpointSpec(key=role, name=names.workspace(role.replace("_", "-")), endpoint=endpoint)
        for role, endpoint in by_role.items()
    )


def _private_access(names: Names, region: str, settings: PrivateAccess) -> PrivateAccessSpec:
    return PrivateAccessSpec(
        name=names.workspace("private-access"),
        region=region,
        public_access=settings.public_access,
        level=settings.level,
    )


def _assignments(documents: Documents, environment: str) -> Iterator[AssignmentSpec]:
    account, model = documents.account.model, documents.environments[environment].model
    platform = account.platform
    yield AssignmentSpec(path=("administrators",), group=platform.administrators, level="ADMIN")
    # Settings, IP lists and cluster policies can be changed by workspace admins only, and the landing zone is them.
    yield AssignmentSpec(path=("deployers",), group=platform.deployers, level="ADMIN")
    named = {principal for _, principal in named_groups(model, HOLDERS)} - {platform.administrators, platform.deployers}
    for group in sorted(named):
        yield AssignmentSpec(path=("groups", group), group=group, level="USER")
    if model.watcher is not None:
        watchers = Names(account.organisation, environment).watchers
        yield AssignmentSpec(path=("watchers",), group=watchers, level="USER")
    roles = {Role.DEPLOYERS, Role.RUNNERS, *model.access}
    for use_case in sorted(name for where, name in documents.releases if where == environment):
        names = Names(account.organisation, environment, use_case)
        for role in sorted(roles):
            yield AssignmentSpec(path=("access", role, use_case), group=names.group(role), level="USER")
