"""Documents that are right one by one and wrong together: they name or enter the same place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shipway.errors import Problem
from shipway.models.document import spelled
from shipway.models.load import Documents
from shipway.models.names import Names, Role
from shipway.models.source import Path_

__all__ = ["group_clashes", "shared_workspaces"]

# Databricks' own groups, by any of their names.
_EVERYBODY = frozenset({"users", "admins", "account-users", "account-admins"})


def group_clashes(documents: Documents) -> Iterable[Problem]:
    """Groups of the account that everybody is in, or that are a use case's role already."""
    account = documents.account.model
    roles = set(_role_groups(documents))
    named: dict[Path_, str] = {("groups", name): name for name in account.groups}
    named |= {("teams", name): name for name in account.teams}
    named["platform", "administrators"] = account.platform.administrators
    named["platform", "deployers"] = account.platform.deployers
    for path, name in named.items():
        at = documents.account.at(*path)
        if name in _EVERYBODY:
            message = f"{spelled(path)}: {name!r} is Databricks' own group of everybody, or of every admin"
            yield Problem("reserved-group", message, at, "name a group of the platform team's")
        elif name in roles:
            message = f"{spelled(path)}: {name!r} is the group of a use case's role already"
            yield Problem("duplicate-group", message, at, "docs/naming.md says how roles' groups are named")


def _role_groups(documents: Documents) -> Iterator[str]:
    for use_case in documents.bundles:
        for environment in ("", *documents.environments):
            names = Names(documents.account.model.organisation, environment, use_case)
            yield from (names.group(role) for role in Role if role.per_environment == bool(environment))


def shared_workspaces(documents: Documents) -> Iterable[Problem]:
    """Environments in one workspace."""
    seen: dict[str, str] = {}
    for name, loaded in documents.environments.items():
        workspace = loaded.model.workspace
        for key, value in (("url", workspace.url), ("id", workspace.id)):
            if value is not None and (first := seen.setdefault(value, name)) != name:
                message = f"workspace.{key}: environment {first!r} is in this workspace already"
                hint = "each environment has a workspace of its own"
                yield Problem("shared-workspace", message, loaded.at("workspace", key), hint)
