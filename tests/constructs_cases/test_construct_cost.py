"""Budgets and governed tags."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from binding import Token, databricks
from landing_zone import CostGuard, TagGovernance, account_group
from shipway.models.deployment import BudgetSpec, GroupSpec, TagPolicySpec

if TYPE_CHECKING:
    from binding import TerraformStack
    from tests.constructs_cases.conftest import Build, Built

ACCOUNT = "5f0c9d2e-7a41-4c1e-9a57-3d1f8e6b2c40"
ADMINISTRATORS, RUNNERS = "halyard-platform-admins", "halyard-claims-triage-runners-prod"
BUDGET = BudgetSpec(
    use_case="claims-triage",
    name="claims-triage-prod",
    thresholds=("600",),
    notify=("costs@halyard.example",),
    tags={"cost_center": "CC-4711", "environment": "prod", "owner": "Claims", "use_case": "claims-triage"},
    users=(RUNNERS,),
    managers=(ADMINISTRATORS,),
)
BUDGET_FULL = BUDGET.model_copy(
    update={"thresholds": ("480", "600", "900.50"), "notify": ("a@halyard.example", "b@halyard.example")}
)
TAG = TagPolicySpec(
    key="classification",
    description="How sensitive it is",
    values=("internal", "public"),
    assigners=(ADMINISTRATORS,),
    managers=(ADMINISTRATORS,),
)
TAG_FULL = TAG.model_copy(update={"assigners": (RUNNERS, ADMINISTRATORS)})


def cost(build: Build, spec: BudgetSpec) -> Built:
    def make(stack: TerraformStack) -> None:
        groups = {name: account_group(stack, GroupSpec(key=name, name=name)) for name in (ADMINISTRATORS, RUNNERS)}
        CostGuard(stack, "claims-triage", spec=spec, account_id=ACCOUNT, workspace_id=1042, groups=groups)

    return build("account", make)


def tag(build: Build, spec: TagPolicySpec) -> Built:
    def make(stack: TerraformStack) -> None:
        groups = {name: account_group(stack, GroupSpec(key=name, name=name)) for name in (ADMINISTRATORS, RUNNERS)}
        through = databricks.DatabricksProvider(
            stack, "governance", alias="governance", host="https://halyard-prod.cloud.databricks.com"
        )
        TagGovernance(stack, "classification", spec=spec, account_id=ACCOUNT, through=through, groups=groups)

    return build("account", make)


@pytest.mark.parametrize("spec", [BUDGET, BUDGET_FULL], ids=["default", "full"])
def test_a_budget_passes_every_rule(build: Build, spec: BudgetSpec) -> None:
    cost(build, spec).passes_every_rule()


def test_each_threshold_tells_everybody(build: Build) -> None:
    alerts = cost(build, BUDGET_FULL).at("claims-triage/budget")["alert_configurations"]
    assert [alert["quantity_threshold"] for alert in alerts] == ["480", "600", "900.50"]
    assert {len(alert["action_configurations"]) for alert in alerts} == {2}


def test_it_counts_this_use_case_in_this_workspace_only(build: Build) -> None:
    built = cost(build, BUDGET)
    counted = built.at("claims-triage/budget")["filter"]
    assert counted["workspace_id"] == {"operator": "IN", "values": [1042]}
    assert {item["key"]: item["value"]["values"] for item in counted["tags"]} == {
        "environment": ["prod"],
        "use_case": ["claims-triage"],
    }
    # Bound to nothing, it could be used from every workspace.
    assert built.at("claims-triage/policy")["binding_workspace_ids"] == [1042]


def test_a_workspace_that_is_made_here_is_named_by_its_own_id(build: Build) -> None:
    def make(stack: TerraformStack) -> None:
        groups = {name: account_group(stack, GroupSpec(key=name, name=name)) for name in (ADMINISTRATORS, RUNNERS)}
        made = databricks.MwsWorkspaces(stack, "made", account_id=ACCOUNT, workspace_name="halyard-prod")
        CostGuard(
            stack,
            "cost",
            spec=BUDGET,
            account_id=ACCOUNT,
            workspace_id=Token.as_number(made.workspace_id),
            groups=groups,
        )

    built = build("account", make)
    reference = f"${{{built.addresses['made']}.workspace_id}}"
    assert built.at("cost/policy")["binding_workspace_ids"] == [reference]
    assert built.at("cost/budget")["filter"]["workspace_id"]["values"] == [reference]


def test_nobody_told_is_seen(build: Build) -> None:
    assert cost(build, BUDGET.model_copy(update={"notify": ()})).breaks() == {"R24"}


@pytest.mark.parametrize("spec", [TAG, TAG_FULL], ids=["default", "full"])
def test_a_tag_passes_every_rule(build: Build, spec: TagPolicySpec) -> None:
    tag(build, spec).passes_every_rule()


def test_a_tag_is_declared_over_a_workspace_and_assigned_in_the_account(build: Build) -> None:
    # The provider calls it a workspace's, and it is account-wide (#5659).
    built = tag(build, TAG_FULL)
    assert built.at("classification/policy")["provider"] == "databricks.governance"
    rules = built.at("classification/rule_set/rules")
    assert "provider" not in rules
    policy = f"${{{built.addresses['classification/policy']}.id}}"
    assert rules["name"] == f"accounts/{ACCOUNT}/tagPolicies/{policy}/ruleSets/default"
    assert {rule["role"]: rule["principals"] for rule in rules["grant_rules"]} == {
        "roles/tagPolicy.assigner": [f"groups/{RUNNERS}", f"groups/{ADMINISTRATORS}"],
        "roles/tagPolicy.manager": [f"groups/{ADMINISTRATORS}"],
    }


def test_a_tag_without_values_is_seen(build: Build) -> None:
    assert "R26" in tag(build, TAG.model_copy(update={"values": ()})).breaks()
