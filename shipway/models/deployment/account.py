"""What an account's stack is made of."""

from __future__ import annotations

from shipway.models.deployment.base import Resolved, StackBase
from shipway.models.deployment.workspace import WorkspaceSpec

__all__ = ["AccountStack", "FederationSpec", "GroupSpec", "PrincipalSpec", "UseCaseIdentities"]


class GroupSpec(Resolved):
    """A group of the account; `key` is its construct id."""

    key: str
    name: str


class PrincipalSpec(Resolved):
    """A service principal and the group it is a member of."""

    key: str
    name: str
    group: str
    """The key of its group in the same use case."""


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


class AccountStack(StackBase):
    """Identities and what is declared once in an account."""

    account_id: str
    metastore_id: str
    administrators: str
    """The key of the platform group that administers every workspace."""
    platform_groups: tuple[GroupSpec, ...]
    use_cases: tuple[UseCaseIdentities, ...]
    workspaces: tuple[WorkspaceSpec, ...]
