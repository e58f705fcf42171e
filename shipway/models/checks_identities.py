"""Who is who: teams and their roles, who guards an environment, tags and budgets that name what must exist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shipway.errors import Problem
from shipway.models.document import spelled, suggestion
from shipway.models.load import Documents
from shipway.models.names import Role
from shipway.models.source import Path_

__all__ = ["bad_budgets", "bad_places", "bad_tags", "bad_teams"]


def bad_teams(documents: Documents) -> Iterable[Problem]:
    """Teams with a role in nothing, and duties that must be apart."""
    account = documents.account
    platform = account.model.platform
    for name, team in account.model.teams.items():
        for use_case, roles in team.roles.items():
            path: Path_ = ("teams", name, "roles", use_case)
            at = account.at(*path)
            if use_case not in documents.bundles:
                message = f"{spelled(path)}: there is no bundle {use_case!r}{suggestion(use_case, documents.bundles)}"
                yield Problem("no-bundle", message, at, f"add bundles/{use_case}/bundle.yaml, or remove the line")
            elif machines := [role for role in roles if role.per_environment]:
                # A person in there deploys past every gate: what they push is what they review.
                message = f"{spelled(path)}: {', '.join(machines)} are machines; a team in there could deploy by hand"
                yield Problem("segregation-of-duties", message, at, "teams are authors, operators or consumers")
            elif name in (platform.administrators, platform.deployers) and Role.AUTHORS in roles:
                message = f"{spelled(path)}: {name!r} says who deploys, so it must not write what is deployed"
                yield Problem("segregation-of-duties", message, at, "give the role to another team")
        if name in account.model.groups or name in (platform.administrators, platform.deployers):
            message = f"teams.{name}: {name!r} is declared already, under groups or platform"
            yield Problem("duplicate-group", message, account.at("teams", name), "declare it once")


def bad_places(documents: Documents) -> Iterable[Problem]:
    """Environments that one place in the repository would deploy to together."""
    account = documents.account
    repository = account.model.repository
    seen: dict[str, str] = {}
    for environment in repository.places:
        if environment not in documents.environments:
            path: Path_ = ("repository", "places", environment)
            message = f"{spelled(path)}: {environment!r} is no environment"
            message += suggestion(environment, documents.environments)
            yield Problem("unknown-environment", message, account.at(*path))
    for environment in documents.environments:
        first = seen.setdefault(repository.place(environment), environment)
        if first != environment:
            path = ("repository", "places", environment)
            message = f"{spelled(path)}: {repository.place(environment)!r} guards {first!r} already"
            hint = "who may deploy to one could deploy to both; each environment has a place of its own"
            yield Problem("shared-place", message, account.at(*path), hint)


def bad_tags(documents: Documents) -> Iterable[Problem]:
    """Governed tags that nobody could declare or assign."""
    account = documents.account
    tags = account.model.governed_tags
    if tags is None:
        return
    path: Path_ = ("governed_tags", "through")
    if tags.through not in documents.environments:
        message = f"{spelled(path)}: {tags.through!r} is no environment"
        message += suggestion(tags.through, documents.environments)
        yield Problem("unknown-environment", message, account.at(*path))
    elif not documents.environments[tags.through].model.workspace.exists:
        message = f"{spelled(path)}: the workspace of {tags.through!r} is not made yet"
        hint = "name an environment whose workspace exists, or declare the tags once it does"
        yield Problem("unknown-environment", message, account.at(*path), hint)
    known = {*account.model.groups, *account.model.teams, account.model.platform.administrators}
    for key, tag in tags.tags.items():
        yield from _alike(documents, key, tag.values)
        for index, group in enumerate(tag.assigners):
            if group not in known:
                path = ("governed_tags", "tags", key, "assigners", index)
                message = f"{spelled(path)}: {group!r} is no group{suggestion(group, known)}"
                hint = "declare it under groups or teams"
                yield Problem("unknown-group", message, account.at(*path), hint)


def _alike(documents: Documents, key: str, values: Iterable[str]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for index, value in enumerate(values):
        first = seen.setdefault(value.strip().lower(), value)
        if index and first is not value:
            path: Path_ = ("governed_tags", "tags", key, "values", index)
            message = f"{spelled(path)}: got {value!r}, wanted nothing that reads like {first!r}"
            hint = "a policy on one does not see the other"
            yield Problem("bad-value", message, documents.account.at(*path), hint)


def bad_budgets(documents: Documents) -> Iterable[Problem]:
    """Budgets of what is not released there."""
    for environment, loaded in documents.environments.items():
        here = [use_case for where, use_case in documents.releases if where == environment]
        for use_case in loaded.model.budgets.use_cases if loaded.model.budgets else ():
            if use_case not in here:
                path: Path_ = ("budgets", "use_cases", use_case)
                message = f"{spelled(path)}: {use_case!r} is not released here{suggestion(use_case, here)}"
                hint = f"add releases/{environment}/{use_case}.yaml, or remove the line"
                yield Problem("no-release", message, loaded.at(*path), hint)
