"""A cluster policy and who may start clusters under it: each of our families, and the fullest."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from binding import TerraformStack, databricks
from landing_zone import PolicyForClusters
from shipway.models.compute import ClusterPolicy, PolicyElement
from shipway.models.deployment import ClusterPolicySpec, Permission
from shipway.models.policy_families import FAMILIES, definition_of

if TYPE_CHECKING:
    from tests.constructs_cases.conftest import Build


def spec(family: str, *users: str, **own: PolicyElement) -> ClusterPolicySpec:
    policy = ClusterPolicy(description="x", family=family, definition=own)
    elements = definition_of(policy, FAMILIES, "prod")
    return ClusterPolicySpec(
        key=family,
        name=f"halyard-{family}-prod",
        description="x",
        definition=json.dumps({key: element.as_json() for key, element in elements.items()}),
        users=tuple(Permission(group=group, level="CAN_USE") for group in users),
    )


@pytest.mark.parametrize("family", FAMILIES)
def test_default_of_each_family(build: Build, family: str) -> None:
    built = build("prod-landing-zone", lambda stack: PolicyForClusters(stack, family, spec=spec(family)))
    # Nobody may use it but workspace admins, who always may; an empty access list is one that Terraform refuses.
    assert "databricks_permissions" not in built.types
    built.passes_every_rule()


def test_full(build: Build) -> None:
    full = spec("job", "halyard-claims-triage-runners-prod", "halyard-claims-triage-operators")
    built = build("prod-landing-zone", lambda stack: PolicyForClusters(stack, "batch", spec=full))
    definition = json.loads(built.at("batch/policy")["definition"])
    assert definition["custom_tags.environment"] == {"type": "fixed", "value": "prod"}
    # One access list for the object, groups only, one level each: what else there is, the next plan takes away.
    entries = built.at("batch/permissions")["access_control"]
    assert [sorted(entry) for entry in entries] == [["group_name", "permission_level"]] * 2
    assert {entry["permission_level"] for entry in entries} == {"CAN_USE"}
    built.passes_every_rule()


def test_a_definition_that_is_no_json_breaks_a_rule(build: Build) -> None:
    # Provider 1.99 plans it without a word; our documents have no way to write one.
    def plain(stack: TerraformStack) -> None:
        databricks.ClusterPolicy(stack, "policy", name="halyard-x-prod", definition="num_workers: 2")

    assert "R56" in build("prod-landing-zone", plain).breaks()
