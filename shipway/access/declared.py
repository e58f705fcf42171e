"""Access as the documents declare it: a landscape from what resolve computed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from shipway.access.landscape import Held, Kind, Landscape, Principal, PrincipalKind, Securable
from shipway.models.deployment import (
    AccountStack,
    AdoptedStack,
    AgentWorkload,
    CatalogSpec,
    DataPoliciesStack,
    Deployment,
    Grant,
    JobsWorkload,
    LandingZoneStack,
    LineStack,
    ServingWorkload,
)
from shipway.models.load import Documents
from shipway.models.names import Role

__all__ = ["declared"]

Part = tuple[Securable, list[Held]]
"""Something that rights are on, and what was given on it."""

_UNKNOWN = (
    "Which people are in a group: the identity provider knows. A line about a group is about everyone in it.",
    "Tables: they are made by jobs. A schema's rights hold for every table in it.",
    "Who created a job or warehouse: its creator is its owner (IS_OWNER).",
    "What the group `users` may do, in which everybody is who is let into a workspace.",
    "Metastore and account admins: they are appointed in the account console.",
)

_PURPOSES = {
    Role.AUTHORS: "Write the code of",
    Role.OPERATORS: "Run and watch",
    Role.CONSUMERS: "Use the results of",
    Role.DEPLOYERS: "Machine identities that deploy",
    Role.RUNNERS: "Machine identities that run",
}


def declared(documents: Documents, deployment: Deployment) -> Landscape:
    """The landscape of all environments that `documents` declare."""
    principals: dict[str, Principal] = {}
    securables: list[Securable] = []
    held: list[Held] = []
    unknown = list(_UNKNOWN)
    parts: list[Part]
    for stack in deployment.stacks:
        match stack:
            case AccountStack():
                principals.update((one.name, one) for one in _principals(documents, stack))
                parts = [*_workspaces(stack), *_machines(stack)]
            case LandingZoneStack():
                parts = list(_landing_zone(stack))
            case AdoptedStack():
                # Its principals are people and groups that no document knows.
                unknown.append(f"What adopted/{stack.environment}.yaml says: ask what is deployed (--from)")
                parts = []
            case DataPoliciesStack():
                parts = list(_functions(stack))
            case LineStack():
                parts = list(_line(stack))
            case _:
                assert_never(stack)
        securables += [securable for securable, _ in parts]
        held += [one for _, some in parts for one in some]
    return Landscape(
        "declared", principals, {one.id: one for one in securables}, tuple(sorted(set(held))), tuple(unknown)
    )


def _principals(documents: Documents, stack: AccountStack) -> Iterator[Principal]:
    account = documents.account.model
    purposes = {
        account.platform.administrators: "Platform team: administers every workspace, owns catalogs and schemas",
        account.platform.deployers: "Machine identities that deploy the landing zones",
        **account.groups,
    }
    for group in stack.platform_groups:
        yield Principal(group.name, PrincipalKind.GROUP, purpose=purposes.get(group.name, ""))
    for environment, name in stack.setup_principals:
        purpose = f"Machine identity that installs functions and tables in {environment}"
        yield Principal(name, PrincipalKind.SERVICE_PRINCIPAL, (account.platform.deployers,), purpose)
    for one in stack.watch_principals:
        yield Principal(one.group, PrincipalKind.GROUP, purpose=f"Holds who watches releases in {one.environment}")
        purpose = f"Machine identity that watches releases in {one.environment}"
        yield Principal(one.principal, PrincipalKind.SERVICE_PRINCIPAL, (one.group,), purpose)
    for team in stack.teams:
        groups = tuple(sorted({group for _, _, group in team.roles}))
        purpose = account.teams[team.group.name].purpose
        yield Principal(team.group.name, PrincipalKind.GROUP, groups, purpose)
    for identities in stack.use_cases:
        names = {group.key: group.name for group in identities.groups}
        for group in identities.groups:
            role, _, environment = group.key.partition("-")
            purpose = f"{_PURPOSES[Role(role)]} {identities.use_case}{f' in {environment}' if environment else ''}"
            yield Principal(group.name, PrincipalKind.GROUP, purpose=purpose)
        for principal in identities.principals:
            purpose = f"Machine identity of {identities.use_case}: {principal.key.replace('-', ' in ')}"
            groups = (names[principal.group],)
            yield Principal(principal.name, PrincipalKind.SERVICE_PRINCIPAL, groups, purpose)


def _workspaces(stack: AccountStack) -> Iterator[Part]:
    """Workspaces, and who may sign in to them or administers them."""
    for one in stack.workspaces:
        workspace = Securable(Kind.WORKSPACE, one.environment, one.environment)
        yield workspace, [Held(given.group, given.level, workspace.id) for given in one.assignments]


def _machines(stack: AccountStack) -> Iterator[Part]:
    """Service principals: who may run things as them, and who says who does."""
    for identities in stack.use_cases:
        for one in identities.principals:
            machine = Securable(Kind.SERVICE_PRINCIPAL, one.name, one.key.partition("-")[2])
            users = [Held(group, "SERVICE_PRINCIPAL_USER", machine.id) for group in one.users]
            yield machine, users + [Held(group, "SERVICE_PRINCIPAL_MANAGER", machine.id) for group in one.managers]
    watchers = [(one.environment, one.principal) for one in stack.watch_principals]
    for environment, name in (*stack.setup_principals, *watchers):
        machine = Securable(Kind.SERVICE_PRINCIPAL, name, environment)
        roles = ((stack.deployers, "SERVICE_PRINCIPAL_USER"), (stack.administrators, "SERVICE_PRINCIPAL_MANAGER"))
        yield machine, [Held(group, role, machine.id) for group, role in roles]


def _landing_zone(stack: LandingZoneStack) -> Iterator[Part]:
    here = stack.environment
    workspace = f"{Kind.WORKSPACE}:{here}"
    entitled = [Held(one.group, name.upper(), workspace) for one in stack.entitlements for name in one.entitlements]
    yield Securable(Kind.WORKSPACE, here, here), entitled
    for credential in stack.storage_credentials:
        target = Securable(Kind.STORAGE_CREDENTIAL, credential.name, here, owner=credential.owner)
        yield target, _grants(target, credential.grants)
    for location in stack.storage_locations:
        target = Securable(Kind.EXTERNAL_LOCATION, location.name, here, owner=location.owner)
        yield target, _grants(target, location.grants)
    for catalog in stack.catalogs:
        yield from _catalog(catalog, here, catalog.owner)
    if stack.data_setup is not None:
        yield Securable(Kind.JOB, stack.data_setup.job_name, here, workspace), []
    if stack.watcher is not None:
        yield Securable(Kind.JOB, stack.watcher.job_name, here, workspace), []
    for policy in stack.cluster_policies:
        target = Securable(Kind.CLUSTER_POLICY, policy.name, here, workspace)
        yield target, [Held(user.group, user.level, target.id) for user in policy.users]
    for warehouse in stack.sql_warehouses:
        target = Securable(Kind.WAREHOUSE, warehouse.name, here, workspace)
        yield target, [Held(user.group, user.level, target.id) for user in warehouse.users]
    for scope in stack.secret_scopes:
        target = Securable(Kind.SECRET_SCOPE, scope.name, here, workspace)
        yield target, [Held(acl.group, acl.level, target.id) for acl in scope.acls]


def _functions(stack: DataPoliciesStack) -> Iterator[Part]:
    for spec in stack.functions:
        parent = f"{Kind.SCHEMA}:{spec.full_name.rpartition('.')[0]}"
        target = Securable(Kind.FUNCTION, spec.full_name, stack.environment, parent, spec.owner)
        yield target, _grants(target, spec.grants)


def _catalog(spec: CatalogSpec, here: str, owner: str) -> Iterator[Part]:
    catalog = Securable(Kind.CATALOG, spec.name, here, owner=owner)
    yield catalog, _grants(catalog, spec.grants)
    for schema_spec in spec.schemas:
        schema = Securable(Kind.SCHEMA, f"{spec.name}.{schema_spec.name}", here, catalog.id, owner)
        yield schema, _grants(schema, schema_spec.grants)
        for volume_spec in schema_spec.volumes:
            volume = Securable(Kind.VOLUME, f"{schema.name}.{volume_spec.name}", here, schema.id, owner)
            yield volume, _grants(volume, volume_spec.grants)


def _line(stack: LineStack) -> Iterator[Part]:
    here = stack.environment
    parent = f"{stack.model.catalog}.{stack.model.schema_name}"
    name = f"{parent}.{stack.model.name}"
    model = Securable(Kind.MODEL, name, here, f"{Kind.SCHEMA}:{parent}", stack.model.owner)
    yield model, _grants(model, stack.model.grants)
    match stack.workload:
        case JobsWorkload() as workload:
            for job_name in workload.job_names:
                job = Securable(Kind.JOB, job_name, here, f"{Kind.WORKSPACE}:{here}")
                yield job, [Held(one.group, one.level, job.id) for one in workload.job.permissions]
        case ServingWorkload() as workload:
            endpoint = Securable(Kind.ENDPOINT, workload.endpoint_name, here, f"{Kind.WORKSPACE}:{here}")
            yield endpoint, [Held(one.group, one.level, endpoint.id) for one in workload.permissions]
        case AgentWorkload():
            pass
        case _:
            assert_never(stack.workload)


def _grants(securable: Securable, grants: tuple[Grant, ...]) -> list[Held]:
    return [Held(grant.principal, name, securable.id) for grant in grants for name in grant.privileges]
