"""Tags, grants on functions, masks and filters; and the job that installs what they need."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

from binding import TerraformStack, databricks
from landing_zone import AccountGroup, DataSetup, FunctionGrants, MaskOrFilter, SetupPrincipal, TagOnData
from shipway.models.deployment import DataPolicySpec, DataSetupSpec, FunctionSpec, Grant, MatchSpec, TagSpec

if TYPE_CHECKING:
    from tests.constructs_cases.conftest import Build

DEPLOYERS = "halyard-platform-deployers"
FUNCTION = FunctionSpec(
    path=("mask_text",),
    full_name="claims_prod.governance.mask_text",
    owner=DEPLOYERS,
    grants=(Grant(principal=DEPLOYERS, privileges=("EXECUTE", "MANAGE")),),
)
MASK = DataPolicySpec(
    path=("mask",),
    name="mask-personal-data",
    comment="Nobody",
    on_type="CATALOG",
    on_name="claims_prod",
    function="claims_prod.governance.mask_text",
    masks="personal",
    using=(),
    match=(MatchSpec(alias="personal", condition="hasTag('pii')"),),
    when=None,
    to=("account users",),
    exempt=(),
)
FILTER = MASK.model_copy(
    update={
        "masks": None,
        "using": (("alias", "personal"), ("constant", "x")),
        "when": "hasTagValue('line', 'motor')",
        "exempt": ("halyard-claims-data-stewards",),
        "on_type": "SCHEMA",
        "on_name": "claims_prod.intake",
    }
)
TAG = TagSpec(
    path=("tag",), entity_type="columns", entity_name="claims_prod.intake.claims.claimant", key="pii", value="name"
)
SETUP = DataSetupSpec(
    job_name="landing-zone-data-setup-prod",
    principal="sp-landing-zone-setup-prod",
    folder="/shipway-data-setup",
    notebook="/shipway-data-setup/prod-0123456789abcdef",
    digest="0123456789abcdef" * 4,
    statements=("CREATE OR REPLACE FUNCTION a", "ALTER FUNCTION a OWNER TO b"),
    managers=DEPLOYERS,
)


# The account's stack governs the tags that this one assigns and asks for.
ACCOUNT = {
    "account": json.dumps(
        {
            "resource": {
                "databricks_tag_policy": {
                    key: {"tag_key": key, "values": [{"name": value}]}
                    for key, value in (("pii", "name"), ("line", "motor"))
                }
            }
        }
    ).encode()
}


def all_of_it(stack: TerraformStack, policy: DataPolicySpec) -> None:
    function = FunctionGrants(stack, "function", spec=FUNCTION)
    TagOnData(stack, "pii", spec=TAG)
    MaskOrFilter(stack, "policy", spec=policy, function=function)
    if not policy.masks:
        # What is tagged as personal has to be masked, whatever filter there is.
        MaskOrFilter(stack, "mask", spec=MASK, function=function)


def test_a_mask(build: Build) -> None:
    built = build("prod-data-policies", lambda stack: all_of_it(stack, MASK))
    made = built.at("policy/policy")
    assert made["column_mask"] == {"function_name": "claims_prod.governance.mask_text", "on_column": "personal"}
    assert made["policy_type"] == "POLICY_TYPE_COLUMN_MASK"
    assert {"row_filter", "except_principals", "when_condition"}.isdisjoint(made)
    assert made["depends_on"] == [built.addresses["function/grants"]]
    built.passes_every_rule(beside=ACCOUNT)


def test_a_row_filter_with_everything(build: Build) -> None:
    built = build("prod-data-policies", lambda stack: all_of_it(stack, FILTER))
    made = built.at("policy/policy")
    assert made["row_filter"]["using"] == [{"alias": "personal"}, {"constant": "x"}]
    assert (made["on_securable_type"], made["when_condition"]) == ("SCHEMA", "hasTagValue('line', 'motor')")
    assert made["except_principals"] == ["halyard-claims-data-stewards"]
    assert "column_mask" not in made
    built.passes_every_rule(beside=ACCOUNT)


def test_a_tag_always_has_a_value(build: Build) -> None:
    # Without one the plan is never empty again (#4550).
    built = build("prod-data-policies", lambda stack: all_of_it(stack, MASK))
    assert built.at("pii/tag")["tag_value"] == "name"


def test_the_job_and_its_notebook(build: Build) -> None:
    built = build("prod-landing-zone", lambda stack: DataSetup(stack, "data_setup", spec=SETUP))
    text = base64.b64decode(built.at("data_setup/notebook")["content_base64"]).decode()
    assert text.split("\n")[0] == "-- Databricks notebook source"
    assert text.count("-- COMMAND ----------") == len(SETUP.statements) - 1
    job = built.at("data_setup/job")
    assert job["parameter"] == [{"default": SETUP.digest, "name": "digest"}]
    assert "schedule" not in job
    # Everybody may write to /Shared, and what stands in this notebook runs with the deployers' rights.
    assert built.at("data_setup/folder")["path"] == "/shipway-data-setup"
    assert built.at("data_setup/permissions")["access_control"] == [
        {"group_name": DEPLOYERS, "permission_level": "CAN_MANAGE"}
    ]
    built.passes_every_rule()


def test_a_job_that_installs_nothing_yet(build: Build) -> None:
    # A catalog with policies and without a function of its own: the notebook is there, so that the job is too.
    empty = SETUP.model_copy(update={"statements": ()})
    built = build("prod-landing-zone", lambda stack: DataSetup(stack, "data_setup", spec=empty))
    assert base64.b64decode(built.at("data_setup/notebook")["content_base64"]).decode().strip().count("\n") == 0
    built.passes_every_rule()


def test_its_principal_is_a_member_of_the_deployers_and_nothing_else(build: Build) -> None:
    def make(stack: TerraformStack) -> None:
        managers = "halyard-platform-admins"
        groups: dict[str, AccountGroup] = {
            name: databricks.Group(stack, name, display_name=name) for name in (DEPLOYERS, managers)
        }
        SetupPrincipal(
            stack,
            "prod",
            name=SETUP.principal,
            account_id="5f0c9d2e-7a41-4c1e-9a57-3d1f8e6b2c40",
            deployers=DEPLOYERS,
            managers=managers,
            groups=groups,
        )

    built = build("account", make)
    assert built.at("prod/principal")["allow_cluster_create"] is False
    assert built.types == {
        "databricks_access_control_rule_set",
        "databricks_group",
        "databricks_group_member",
        "databricks_service_principal",
    }
    # Its run_as is set by who deploys the landing zone.
    assert built.at("prod/rule_set/rules")["grant_rules"] == [
        {"role": "roles/servicePrincipal.manager", "principals": ["groups/halyard-platform-admins"]},
        {"role": "roles/servicePrincipal.user", "principals": [f"groups/{DEPLOYERS}"]},
    ]
    built.passes_every_rule()
