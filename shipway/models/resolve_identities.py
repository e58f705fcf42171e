"""Groups, service principals, and whom they trust: who builds, who deploys and what runs are never the same."""

from __future__ import annotations

from shipway.models.account import Account
from shipway.models.deployment import FederationSpec, GroupSpec, PrincipalSpec, TeamSpec, UseCaseIdentities
from shipway.models.identities import TOKENS
from shipway.models.load import Documents
from shipway.models.names import Names, Role

__all__ = ["platform_groups", "team_specs", "use_case_identities"]


def platform_groups(account: Account) -> tuple[GroupSpec, ...]:
    """The groups that belong to no use case; those of people may come from the identity provider."""
    found = account.groups_from == "identity_provider"
    people = {account.platform.administrators, *account.groups} - {account.platform.deployers}
    # Machines' identities are made here, and so is the group that holds them.
    machines = {account.platform.deployers}
    groups = [GroupSpec(key=name, name=name, found=found) for name in people]
    groups += [GroupSpec(key=name, name=name) for name in machines]
    return tuple(sorted(groups, key=lambda group: group.key))


def team_specs(account: Account) -> tuple[TeamSpec, ...]:
    """The teams and the roles' groups that they are members of."""
    return tuple(
        TeamSpec(
            group=GroupSpec(key=name, name=name),
            roles=tuple(
                (use_case, role, Names(account.organisation, "", use_case).group(role))
                for use_case, roles in sorted(team.roles.items())
                for role in sorted(set(roles))
            ),
        )
        for name, team in sorted(account.teams.items())
    )


def use_case_identities(documents: Documents, use_case: str) -> UseCaseIdentities:
    """The groups and service principals of one use case; raises BadName."""
    account = documents.account.model
    environments = sorted(environment for environment, other in documents.releases if other == use_case)
    lines = [Names(account.organisation, environment, use_case) for environment in environments]
    shared = Names(account.organisation, "", use_case)
    found = account.groups_from == "identity_provider"
    people = [GroupSpec(key=role, name=shared.group(role), found=found) for role in Role if not role.per_environment]
    machines, principals = [], []
    for line in lines:
        for role in (Role.DEPLOYERS, Role.RUNNERS):
            machines.append(GroupSpec(key=f"{role}-{line.environment}", name=line.group(role)))
            principals.append(_principal(line, role, account.platform.administrators))
    return UseCaseIdentities(
        use_case=use_case,
        groups=(*people, *machines),
        principals=tuple(principals),
        federations=tuple(_federation(account, line) for line in lines),
    )


def _principal(line: Names, role: Role, managers: str) -> PrincipalSpec:
    deploys = role is Role.DEPLOYERS
    return PrincipalSpec(
        key=f"{'deploy' if deploys else 'run'}-{line.environment}",
        name=line.deploy_principal if deploys else line.run_principal,
        group=f"{role}-{line.environment}",
        # A job's run_as is set by who deploys it; nobody may act as who deploys: that is entered by a token only.
        users=() if deploys else (line.group(Role.DEPLOYERS),),
        managers=(managers,),
    )


def _federation(account: Account, line: Names) -> FederationSpec:
    # Only the deploy identity is entered from outside, and only from the place that reviewers guard.
    repository = account.repository
    tokens = TOKENS[repository.kind]
    return FederationSpec(
        principal=f"deploy-{line.environment}",
        issuer=repository.issuer or tokens.issuer,
        subject=tokens.subject.format(slug=repository.slug, place=repository.place(line.environment)),
        audience=tokens.audience.format(account_id=account.account_id),
    )
