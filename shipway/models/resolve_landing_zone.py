"""An environment's landing zone: its own declarations joined with what the access matrix gives each use case in it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from shipway.models.bundle import Bundle
from shipway.models.deployment import (
    CatalogSpec,
    ClusterPolicySpec,
    Grant,
    LandingZoneStack,
    Permission,
    SchemaSpec,
    SecretScopeSpec,
    VolumeSpec,
)
from shipway.models.environment import Catalog, ClusterPolicy, Environment, Hardening, RoleAccess, Schema
from shipway.models.load import Documents
from shipway.models.names import Names
from shipway.models.resolve_account import state_settings

__all__ = ["landing_zone_stack", "merge_grants"]


def landing_zone_stack(documents: Documents, names: Names) -> LandingZoneStack:
    """The landing zone of `names.environment`; raises BadName."""
    environment = documents.environments[names.environment].model
    resolver = _LandingZone(documents, names, environment)
    return LandingZoneStack(
        name=names.landing_zone_stack,
        host=environment.workspace.url,
        state_backend=environment.state.backend,
        state=state_settings(environment.state, names.landing_zone_stack),
        environment=names.environment,
        owner=documents.account.model.platform.administrators,
        workspace_conf=_workspace_conf(environment.hardening),
        legacy_access=environment.hardening.legacy_access,
        restrict_workspace_admins=environment.hardening.restrict_workspace_admins,
        catalogs=tuple(resolver.catalog(domain, catalog) for domain, catalog in environment.catalogs.items()),
        cluster_policies=tuple(resolver.policy(key, policy) for key, policy in environment.cluster_policies.items()),
        secret_scopes=tuple(resolver.secret_scopes()),
    )


def merge_grants(granted: Iterable[tuple[str, Collection[str]]]) -> tuple[Grant, ...]:
    """One grant per principal with the union of its privileges, in a fixed order.

    Two entries for one principal in a `databricks_grants` overwrite each other: the last one wins (provider PR #3024).
    """
    privileges: dict[str, set[str]] = {}
    for principal, some in granted:
        if some:
            privileges.setdefault(principal, set()).update(some)
    return tuple(
        Grant(principal=principal, privileges=tuple(sorted(privileges[principal]))) for principal in sorted(privileges)
    )


@dataclass(frozen=True)
class _UseCase:
    """A use case as a landing zone sees it: what it declares, and each role's group with what the role may do here."""

    bundle: Bundle
    names: Names
    roles: tuple[tuple[str, RoleAccess], ...]


class _LandingZone:
    """The documents around one environment."""

    def __init__(self, documents: Documents, names: Names, environment: Environment) -> None:
        self.documents, self.names, self.environment = documents, names, environment
        self.use_cases = {
            use_case: self._use_case(use_case) for name, use_case in documents.releases if name == names.environment
        }
        # The apply's own identity must be listed, or the apply revokes its own right to the next one.
        self.keep = (documents.account.model.platform.deployers, ("MANAGE",))

    def _use_case(self, use_case: str) -> _UseCase:
        names = Names(self.names.organisation, self.names.environment, use_case)
        roles = tuple((names.group(role), access) for role, access in self.environment.access.items())
        return _UseCase(self.documents.bundles[use_case].model, names, roles)

    def catalog(self, domain: str, catalog: Catalog) -> CatalogSpec:
        here = {name: found for name, found in self.use_cases.items() if found.bundle.data.catalog == domain}
        own = [(grant.principal, grant.privileges) for grant in catalog.grants]
        roles = [(group, access.catalog) for found in here.values() for group, access in found.roles]
        return CatalogSpec(
            key=domain,
            name=self.names.catalog(domain),
            comment=catalog.comment,
            storage_root=catalog.storage_root,
            isolation_mode=catalog.isolation_mode,
            bindings=tuple(
                (other, int(self.documents.environments[other].model.workspace.id), mode)
                for other, mode in sorted(catalog.shared_with.items())
            ),
            grants=merge_grants([*own, *roles, self.keep]),
            schemas=tuple(
                self._schema(key, schema, {name: u for name, u in here.items() if u.bundle.data.schema_ == key})
                for key, schema in catalog.schemas.items()
            ),
        )

    def _schema(self, key: str, schema: Schema, here: dict[str, _UseCase]) -> SchemaSpec:
        own = [(grant.principal, grant.privileges) for grant in schema.grants]
        roles = [(group, access.schema_) for found in here.values() for group, access in found.roles]
        return SchemaSpec(
            key=key,
            name=self.names.schema(key),
            comment=schema.comment,
            grants=merge_grants([*own, *roles, self.keep]),
            volumes=tuple(self._volume(name, found) for name, found in here.items()),
        )

    def _volume(self, name: str, use_case: _UseCase) -> VolumeSpec:
        return VolumeSpec(
            key=name,
            name=use_case.names.volume(),
            comment=f"Released artifacts of {name}, one folder per digest",
            grants=merge_grants([*((group, access.volume) for group, access in use_case.roles), self.keep]),
        )

    def policy(self, key: str, policy: ClusterPolicy) -> ClusterPolicySpec:
        definition = {name: element.as_json() for name, element in sorted(policy.definition.items())}
        users = {
            group
            for found in self.use_cases.values()
            if found.bundle.job.compute.policy == key
            for group, access in found.roles
            if access.cluster_policies
        }
        return ClusterPolicySpec(
            key=key,
            name=self.names.cluster_policy(key),
            description=policy.description,
            definition=json.dumps(definition, sort_keys=True),
            users=tuple(Permission(group=group, level="CAN_USE") for group in sorted(users)),
        )

    def secret_scopes(self) -> Iterable[SecretScopeSpec]:
        for name, found in self.use_cases.items():
            if found.bundle.secrets:
                deployers = Permission(group=self.keep[0], level="MANAGE")
                readers = (Permission(group=group, level=row.secrets) for group, row in found.roles if row.secrets)
                yield SecretScopeSpec(use_case=name, name=found.names.secret_scope, acls=(deployers, *readers))


def _workspace_conf(hardening: Hardening) -> dict[str, str]:
    """The workspace's configuration keys, as Databricks' workspace-conf API spells them and their values."""
    export = _flag(hardening.export_of_results)
    return {
        "enableDbfsFileBrowser": _flag(hardening.legacy_access),
        "enableDeprecatedClusterNamedInitScripts": "false",
        "enableDeprecatedGlobalInitScripts": "false",
        "enableExportNotebook": export,
        "enableFileStoreEndpoint": _flag(hardening.legacy_access),
        "enableNotebookTableClipboard": export,
        "enableResultsDownloading": export,
        "enableTokensConfig": _flag(hardening.personal_access_tokens),
        "enableVerboseAuditLogs": _flag(hardening.verbose_audit_logs),
        "maxTokenLifetimeDays": str(hardening.max_token_lifetime_days),
        "storeInteractiveNotebookResultsInCustomerAccount": "true",
    }


def _flag(value: bool) -> str:
    return "true" if value else "false"
