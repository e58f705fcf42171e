"""What an account's stack is made of."""

from __future__ import annotations

from shipway.models.deployment.base import Resolved, StackBase
from shipway.models.deployment.workspace import WorkspaceSpec

__all__ = [
    "AccountStack",
    "AuditLogSpec",
    "FederationSpec",
    "GroupSpec",
    "MetastoreSpec",
    "PrincipalSpec",
    "TagPolicySpec",
    "TeamSpec",
    "UseCaseIdentities",
    "WatchPrincipalSpec",
]


class GroupSpec(Resolved):
    """A group of the account; `key` is its construct id."""

    key: str
    name: str
    found: bool = False
    """Whether the identity provider makes it, so that it is looked up here."""


class TeamSpec(Resolved):
    """A group of people, and the roles' groups that it is a member of."""

    group: GroupSpec
    roles: tuple[tuple[str, str, str], ...]
    """Use case, role, the name of the role's group."""


class PrincipalSpec(Resolved):
    """A service principal and the group it is a member of."""

    key: str
    name: str
    group: str
    """The key of its group in the same use case."""
    users: tuple[str, ...]
    """Groups that may run things as it."""
    managers: tuple[str, ...]
    """Groups that may say who does."""


class FederationSpec(Resolved):
    """Whose tokens a service principal accepts: exactly one repository's one environment."""

    principal: str
    """The key of the service principal."""
    issuer: str
    subject: str
    audience: str


class UseCaseIdentities(Resolved):
    """The groups and service principals of one use case over all environments."""

    use_case: str
    groups: tuple[GroupSpec, ...]
    principals: tuple[PrincipalSpec, ...]
    federations: tuple[FederationSpec, ...]


class WatchPrincipalSpec(Resolved):
    """The identity of one environment's watcher, and the group that holds it."""

    environment: str
    principal: str
    group: str


class MetastoreSpec(Resolved):
    """A metastore that is made here."""

    region: str
    name: str
    owner: str
    delta_sharing: str
    recipient_token_seconds: int
    organization_name: str | None


class AuditLogSpec(Resolved):
    """The delivery of the account's audit log."""

    name: str
    credentials_name: str
    storage_name: str
    role: str
    bucket: str
    prefix: str


class TagPolicySpec(Resolved):
    """A governed tag with its rule set."""

    key: str
    description: str
    values: tuple[str, ...]
    assigners: tuple[str, ...]
    managers: tuple[str, ...]


class AccountStack(StackBase):
    """Identities and what is declared once in an account."""

    account_id: str
    metastores: tuple[MetastoreSpec, ...]
    audit_log: AuditLogSpec | None
    administrators: str
    """The key of the platform group that administers every workspace."""
    platform_groups: tuple[GroupSpec, ...]
    teams: tuple[TeamSpec, ...]
    use_cases: tuple[UseCaseIdentities, ...]
    setup_principals: tuple[tuple[str, str], ...]
    """By environment, who installs its functions and tables: where there are any."""
    deployers: str
    """The platform group that these are members of."""
    watch_principals: tuple[WatchPrincipalSpec, ...]
    """Of the environments that have a watcher."""
    governance_host: str | None
    """The workspace over which governed tags are declared."""
    tags: tuple[TagPolicySpec, ...]
    workspaces: tuple[WorkspaceSpec, ...]
