"""An environment's landing zone: its own declarations joined with what the access matrix gives each use case in it."""

from __future__ import annotations

import json
from collections.abc import Iterable

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
from shipway.models.names import Names, Role
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


def merge_grants(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    """One grant per principal with the union of its privileges, in a fixed order.

    Two entries for one principal in a `databricks_grants` overwrite each other: the last one wins (provider PR #3024).
    """
    privileges: dict[str, set[str]] = {}
    for grant in grants:
        privileges.setdefault(grant.principal, set()).update(grant.privileges)
    return tuple(
        Grant(principal=principal, privileges=tuple(sorted(privileges[principal])))
        for principal in sorted(privileges)
        if privileges[principal]
    )


class _LandingZone:
    """The documents around one environment."""

    def __init__(self, documents: Documents, names: Names, environment: Environment) -> None:
        self.documents, self.names, self.environment = documents, names, environment
        self.bundles: dict[str, Bundle] = {
            use_case: documents.bundles[use_case].model
            for name, use_case in documents.releases
            if name == names.environment
        }
        # The apply's own identity must be listed, or the apply revokes its own right to the next one.
        deployers = documents.account.model.platform.deployers
        self.keep = Grant(principal=deployers, privileges=("MANAGE",))

    def catalog(self, domain: str, catalog: Catalog) -> CatalogSpec:
        here = {use_case: bundle for use_case, bundle in self.bundles.items() if bundle.data.catalog == domain}
        own = [Grant(principal=grant.principal, privileges=grant.privileges) for grant in catalog.grants]
        roles = [
            Grant(principal=self._group(use_case, role), privileges=access.catalog)
            for use_case in here
            for role, access in self.environment.access.items()
        ]
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
                self._schema(key, schema, {name: b for name, b in here.items() if b.data.schema_ == key})
                for key, schema in catalog.schemas.items()
            ),
        )

    def _schema(self, key: str, schema: Schema, bundles: dict[str, Bundle]) -> SchemaSpec:
        own = [Grant(principal=grant.principal, privileges=grant.privileges) for grant in schema.grants]
        roles = [
            Grant(principal=self._group(use_case, role), privileges=access.schema_)
            for use_case in bundles
            for role, access in self.environment.access.items()
        ]
        return SchemaSpec(
            key=key,
            name=self.names.schema(key),
            comment=schema.comment,
            grants=merge_grants([*own, *roles, self.keep]),
            volumes=tuple(self._volume(use_case) for use_case in bundles),
        )

    def _volume(self, use_case: str) -> VolumeSpec:
        roles = [
            Grant(principal=self._group(use_case, role), privileges=access.volume)
            for role, access in self.environment.access.items()
        ]
        return VolumeSpec(
            key=use_case,
            name=Names(self.names.organisation, self.names.environment, use_case).volume(),
            comment=f"Released artifacts of {use_case}, one folder per digest",
            grants=merge_grants([*roles, self.keep]),
        )

    def policy(self, key: str, policy: ClusterPolicy) -> ClusterPolicySpec:
        definition = {name: element.as_json() for name, element in sorted(policy.definition.items())}
        users = {
            self._group(use_case, role)
            for use_case, bundle in self.bundles.items()
            if bundle.job.compute.policy == key
            for role, access in self.environment.access.items()
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
        for use_case, bundle in self.bundles.items():
            if bundle.secrets:
                yield SecretScopeSpec(
                    use_case=use_case,
                    name=Names(self.names.organisation, self.names.environment, use_case).secret_scope,
                    acls=tuple(self._acls(use_case)),
                )

    def _acls(self, use_case: str) -> Iterable[Permission]:
        yield Permission(group=self.documents.account.model.platform.deployers, level="MANAGE")
        for role, access in self._access():
            if access.secrets:
                yield Permission(group=self._group(use_case, role), level=access.secrets)

    def _access(self) -> Iterable[tuple[Role, RoleAccess]]:
        return self.environment.access.items()

    def _group(self, use_case: str, role: Role) -> str:
        return Names(self.names.organisation, self.names.environment, use_case).group(role)


def _workspace_conf(hardening: Hardening) -> dict[str, str]:
    """The workspace's configuration keys, as Databricks' workspace-conf API spells them and their values."""
    export = _flag(hardening.export_of_results)
    return {
        "enableDbfsFileBrowser": _flag(hardening.legacy_access),
        "enableDeprecatedClusterNamedInitScripts": "false",
        "enableDeprecatedGlobalInitScripts": "false",
        "enableExportNotebook": export,
        "enableNotebookTableClipboard": export,
        "enableResultsDownloading": export,
        "enableTokensConfig": _flag(hardening.personal_access_tokens),
        "enableVerboseAuditLogs": _flag(hardening.verbose_audit_logs),
        "maxTokenLifetimeDays": str(hardening.max_token_lifetime_days),
        "storeInteractiveNotebookResultsInCustomerAccount": "true",
    }


def _flag(value: bool) -> str:
    return "true" if value else "false"
