"""Groups, service principals, teams, rule sets: who is who, and who may act as whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from landing_zone import PeopleTeam, UseCaseIdentity, account_group
from shipway.models.deployment import FederationSpec, GroupSpec, PrincipalSpec, TeamSpec, UseCaseIdentities

if TYPE_CHECKING:
    from binding import TerraformStack
    from tests.constructs_cases.conftest import Build, Built

ACCOUNT = "5f0c9d2e-7a41-4c1e-9a57-3d1f8e6b2c40"
ADMINISTRATORS = "halyard-platform-admins"
GITHUB = FederationSpec(
    principal="deploy-prod",
    issuer="https://token.actions.githubusercontent.com",
    subject="repo:halyard-mutual/ai-platform:environment:prod",
    audience=ACCOUNT,
)
DEPLOYERS, RUNNERS = "halyard-claims-triage-deployers-prod", "halyard-claims-triage-runners-prod"
FULL = UseCaseIdentities(
    use_case="claims-triage",
    groups=(
        GroupSpec(key="authors", name="halyard-claims-triage-authors"),
        GroupSpec(key="deployers-prod", name=DEPLOYERS),
        GroupSpec(key="runners-prod", name=RUNNERS),
    ),
    principals=(
        PrincipalSpec(
            key="deploy-prod",
            name="sp-claims-triage-deploy-prod",
            group="deployers-prod",
            users=(),
            managers=(ADMINISTRATORS,),
        ),
        PrincipalSpec(
            key="run-prod",
            name="sp-claims-triage-run-prod",
            group="runners-prod",
            users=(DEPLOYERS,),
            managers=(ADMINISTRATORS,),
        ),
    ),
    federations=(GITHUB,),
)
# A use case that is released nowhere yet has its people and no machines.
DEFAULT = FULL.model_copy(update={"groups": FULL.groups[:1], "principals": (), "federations": ()})


def identities(build: Build, spec: UseCaseIdentities) -> Built:
    def make(stack: TerraformStack) -> None:
        administrators = account_group(stack, GroupSpec(key="administrators", name=ADMINISTRATORS))
        UseCaseIdentity(stack, "claims-triage", spec=spec, account_id=ACCOUNT, groups={ADMINISTRATORS: administrators})

    return build("account", make)


@pytest.mark.parametrize("spec", [DEFAULT, FULL], ids=["default", "full"])
def test_it_passes_every_rule(build: Build, spec: UseCaseIdentities) -> None:
    built = identities(build, spec)
    built.passes_every_rule()
    assert built.breaks_as_project() == set()


def test_nobody_acts_as_who_deploys_and_deployers_alone_as_what_runs(build: Build) -> None:
    built = identities(build, FULL)
    managers = {"principals": [f"groups/{ADMINISTRATORS}"], "role": "roles/servicePrincipal.manager"}
    assert built.at("claims-triage/rule_sets/deploy-prod/rules")["grant_rules"] == [managers]
    assert built.at("claims-triage/rule_sets/run-prod/rules")["grant_rules"] == [
        managers,
        {"principals": [f"groups/{DEPLOYERS}"], "role": "roles/servicePrincipal.user"},
    ]


def test_there_is_one_rule_set_of_each_name_and_groups_come_first(build: Build) -> None:
    # It replaces all rules of its name: two of them take turns.
    built = identities(build, FULL)
    sets = [body for path, body in built.resources.items() if path.endswith("/rules")]
    assert len({body["name"] for body in sets}) == len(sets) == 2
    run = built.at("claims-triage/rule_sets/run-prod/rules")
    wanted = {built.addresses["administrators"], built.addresses["claims-triage/groups/deployers-prod"]}
    assert set(run["depends_on"]) == wanted


def test_authors_who_could_act_as_who_deploys_are_seen(build: Build) -> None:
    deploy, run = FULL.principals
    wrong = FULL.model_copy(
        update={"principals": (deploy.model_copy(update={"users": ("halyard-claims-triage-authors",)}), run)}
    )
    assert "R23" in identities(build, wrong).breaks_as_project()


@pytest.mark.parametrize(
    ("issuer", "subject"),
    [
        ("https://gitlab.com", "project_path:halyard/ai/platform:ref_type:branch:ref:production"),
        ("https://vstoken.dev.azure.com/7f1078d6-b20d-4a20-9d88-05a2f0d645a3", "p://halyard/ai/deploy-prod"),
    ],
)
def test_other_services_are_trusted_for_exactly_one_place(build: Build, issuer: str, subject: str) -> None:
    federation = GITHUB.model_copy(update={"issuer": issuer, "subject": subject})
    built = identities(build, FULL.model_copy(update={"federations": (federation,)}))
    policy = built.at("claims-triage/federations/deploy-prod")["oidc_policy"]
    assert (policy["issuer"], policy["subject"], policy["audiences"]) == (issuer, subject, [ACCOUNT])
    built.passes_every_rule()


def test_groups_of_the_identity_provider_are_looked_up_and_machines_groups_made(build: Build) -> None:
    people = GroupSpec(key="authors", name="halyard-claims-triage-authors", found=True)
    built = identities(build, FULL.model_copy(update={"groups": (people, *FULL.groups[1:])}))
    assert built.addresses["claims-triage/groups/authors"].startswith("data.databricks_group.")
    assert built.addresses["claims-triage/groups/deployers-prod"].startswith("databricks_group.")
    built.passes_every_rule()


def team(build: Build, *roles: str) -> Built:
    spec = TeamSpec(
        group=GroupSpec(key="halyard-claims-analytics", name="halyard-claims-analytics"),
        roles=tuple(("claims-triage", role, f"halyard-claims-triage-{role}") for role in roles),
    )

    def make(stack: TerraformStack) -> None:
        groups = {
            name: account_group(stack, GroupSpec(key=name, name=name))
            for name in (f"halyard-claims-triage-{role}" for role in roles)
        }
        PeopleTeam(stack, "halyard-claims-analytics", spec=spec, groups=groups)

    return build("account", make)


@pytest.mark.parametrize("roles", [(), ("authors", "consumers")], ids=["default", "full"])
def test_a_team_passes_every_rule(build: Build, roles: tuple[str, ...]) -> None:
    team(build, *roles).passes_every_rule()


def test_a_team_is_a_member_of_its_roles_groups(build: Build) -> None:
    built = team(build, "authors")
    member = built.at("halyard-claims-analytics/roles/claims-triage/authors")
    assert member["member_id"] == f"${{{built.addresses['halyard-claims-analytics/group']}.id}}"
    assert member["group_id"] == f"${{{built.addresses['halyard-claims-triage-authors']}.id}}"
