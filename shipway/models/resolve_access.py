"""The access matrix joined with the use cases of an environment: which group gets what, where."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from shipway.models.bundle import Bundle
from shipway.models.deployment import Grant
from shipway.models.environment import Environment, RoleAccess
from shipway.models.load import Documents
from shipway.models.names import Names

__all__ = ["Here", "UseCaseHere", "merge_grants"]


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
class UseCaseHere:
    """A use case as a landing zone sees it: what it declares, and each role's group with what the role may do here."""

    bundle: Bundle
    names: Names
    roles: tuple[tuple[str, RoleAccess], ...]


class Here:
    """The documents around one environment."""

    def __init__(self, documents: Documents, names: Names) -> None:
        self.documents, self.names = documents, names
        self.environment: Environment = documents.environments[names.environment].model
        self.use_cases = {
            use_case: self._use_case(use_case) for name, use_case in documents.releases if name == names.environment
        }
        # The apply's own identity must be listed, or the apply revokes its own right to the next one.
        self.keep = (documents.account.model.platform.deployers, ("MANAGE",))
        self.owner = documents.account.model.platform.administrators

    def workspace_ids(self, environments: Iterable[str]) -> Iterator[tuple[str, int]]:
        """The workspaces' ids, in order; one that is not made yet is bound once its id is written down."""
        for environment in sorted(set(environments)):
            workspace = self.documents.environments[environment].model.workspace
            if workspace.exists:
                yield environment, workspace.place[1]

    def _use_case(self, use_case: str) -> UseCaseHere:
        names = Names(self.names.organisation, self.names.environment, use_case)
        roles = tuple((names.group(role), access) for role, access in self.environment.access.items())
        return UseCaseHere(self.documents.bundles[use_case].model, names, roles)
