"""An environment's workspace: cluster policies and secret scopes."""

from __future__ import annotations

import json

from shipway.models.compute import ClusterPolicy
from shipway.models.deployment import ClusterPolicySpec, Permission, RotationSpec, SecretScopeSpec
from shipway.models.policy_families import definition_of, known_families
from shipway.models.resolve_access import Here, UseCaseHere

__all__ = ["cluster_policy_specs", "secret_scope_specs"]


def cluster_policy_specs(here: Here) -> tuple[ClusterPolicySpec, ...]:
    """Every cluster policy of the environment; raises BadName."""
    return tuple(_policy(here, key, policy) for key, policy in here.environment.cluster_policies.items())


def _policy(here: Here, key: str, policy: ClusterPolicy) -> ClusterPolicySpec:
    families = known_families(here.documents.account.model.cluster_policy_families)
    elements = definition_of(policy, families, here.names.environment)
    definition = {name: element.as_json() for name, element in elements.items()}
    users = {
        group
        for found in here.use_cases.values()
        if found.bundle.job is not None and found.bundle.job.compute.policy == key
        for group, access in found.roles
        if access.cluster_policies
    } | {found.names.group(role) for found in here.use_cases.values() for role in policy.roles}
    return ClusterPolicySpec(
        key=key,
        name=here.names.cluster_policy(key),
        description=policy.description,
        definition=json.dumps(definition, sort_keys=True),
        users=tuple(Permission(group=group, level="CAN_USE") for group in sorted(users)),
    )


def secret_scope_specs(here: Here) -> tuple[SecretScopeSpec, ...]:
    """One scope for each use case that declares secrets; raises BadName."""
    scopes = []
    for name, found in here.use_cases.items():
        if found.bundle.secrets:
            deployers = Permission(group=here.keep[0], level="MANAGE")
            readers = (Permission(group=group, level=row.secrets) for group, row in found.roles if row.secrets)
            scopes.append(
                SecretScopeSpec(
                    use_case=name, name=found.names.secret_scope, acls=(deployers, *readers), rotation=_rotation(found)
                )
            )
    return tuple(scopes)


def _rotation(use_case: UseCaseHere) -> tuple[RotationSpec, ...]:
    return tuple(
        RotationSpec(key=key, owner=secret.owner, rotate_days=secret.rotate_days)
        for key, secret in sorted(use_case.bundle.secrets.items())
    )
