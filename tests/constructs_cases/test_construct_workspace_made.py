"""Workspaces that the account's stack makes, on AWS, on Google Cloud and serverless."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from binding import Token, databricks
from landing_zone import EgressPolicy, WorkspaceAttachment, WorkspaceAws, WorkspaceGcp, WorkspaceServerless
from shipway.models.deployment import (
    AwsWorkspaceSpec,
    CreateSpec,
    EgressSpec,
    EndpointSpec,
    GcpWorkspaceSpec,
    PrivateAccessSpec,
    ServerlessWorkspaceSpec,
    WorkspaceSpec,
)

if TYPE_CHECKING:
    from binding import TerraformStack
    from tests.constructs_cases.conftest import Build, Built

ACCOUNT = "5f0c9d2e-7a41-4c1e-9a57-3d1f8e6b2c40"
ACCESS = PrivateAccessSpec(
    name="halyard-prod-private-access", region="eu-central-1", public_access=False, level="ACCOUNT"
)
ENDPOINTS = (
    EndpointSpec(key="rest_api", name="halyard-prod-rest-api", endpoint="vpce-0a1b2c3d4e5f60031"),
    EndpointSpec(key="dataplane_relay", name="halyard-prod-dataplane-relay", endpoint="vpce-0a1b2c3d4e5f60032"),
)
AWS = AwsWorkspaceSpec(
    name="halyard-prod",
    deployment_name=None,
    region="eu-central-1",
    credentials_name="halyard-prod-credentials",
    credentials_role="arn:aws:iam::123456789012:role/databricks",
    storage_name="halyard-prod-storage",
    root_bucket="halyard-prod-root",
    network_name="halyard-prod-network",
    vpc="vpc-0a1b2c3d4e5f60001",
    subnets=("subnet-0a1b2c3d4e5f60011", "subnet-0a1b2c3d4e5f60012"),
    security_groups=("sg-0a1b2c3d4e5f60021",),
    endpoints=(),
    managed_services_key="arn:aws:kms:eu-central-1:123456789012:key/1",
    storage_key="arn:aws:kms:eu-central-1:123456789012:key/2",
    private_access=ACCESS,
)
AWS_FULL = AWS.model_copy(
    update={
        "deployment_name": "claims",
        "endpoints": ENDPOINTS,
        "private_access": ACCESS.model_copy(update={"level": "ENDPOINT"}),
    }
)
GCP = GcpWorkspaceSpec(
    name="halyard-prod",
    region="europe-west3",
    project="halyard-prod",
    network_name="halyard-prod-network",
    network_project="halyard-network",
    vpc="main",
    subnet="clusters",
    endpoint_project="",
    endpoints=(),
    managed_services_key="projects/p/locations/l/keyRings/r/cryptoKeys/a",
    storage_key="projects/p/locations/l/keyRings/r/cryptoKeys/b",
    private_access=ACCESS,
)
GCP_FULL = GCP.model_copy(update={"endpoint_project": "halyard-network", "endpoints": ENDPOINTS})
SERVERLESS = ServerlessWorkspaceSpec(
    cloud="aws",
    name="halyard-prod",
    region="eu-central-1",
    managed_services_key="arn:aws:kms:eu-central-1:123456789012:key/1",
    private_access=ACCESS,
)
SERVERLESS_GCP = SERVERLESS.model_copy(update={"cloud": "gcp", "managed_services_key": GCP.managed_services_key})

NOTHING_OUT = EgressSpec(policy_id="halyard-prod", attached=True, enforced=True, hosts=(), storage=())
CASES: dict[str, CreateSpec] = {
    "aws": AWS,
    "aws full": AWS_FULL,
    "gcp": GCP,
    "gcp full": GCP_FULL,
    "serverless": SERVERLESS,
    "serverless on Google Cloud": SERVERLESS_GCP,
}


def made(build: Build, spec: CreateSpec) -> Built:
    def make(stack: TerraformStack) -> None:
        made: WorkspaceAws | WorkspaceGcp | WorkspaceServerless
        match spec:
            case AwsWorkspaceSpec():
                made = WorkspaceAws(stack, "create", spec=spec, account_id=ACCOUNT)
            case GcpWorkspaceSpec():
                made = WorkspaceGcp(stack, "create", spec=spec, account_id=ACCOUNT)
            case ServerlessWorkspaceSpec():
                made = WorkspaceServerless(stack, "create", spec=spec, account_id=ACCOUNT)
        # As the attachment of every workspace has it.
        workspace_id = Token.as_number(made.workspace.workspace_id)
        EgressPolicy(stack, "egress", spec=NOTHING_OUT, account_id=ACCOUNT, workspace_id=workspace_id)

    return build("account", make)


@pytest.mark.parametrize("name", CASES)
def test_it_passes_every_rule_and_makes_no_token(build: Build, name: str) -> None:
    built = made(build, CASES[name])
    assert "token" not in built.at("create/workspace")
    assert built.at("create/private_access/settings")["public_access_enabled"] is False
    built.passes_every_rule()


def test_on_aws_it_is_made_of_what_belongs_to_it_alone(build: Build) -> None:
    built = made(build, AWS)
    workspace = built.at("create/workspace")
    assert workspace["pricing_tier"] == "ENTERPRISE"
    for attribute, path, its in (
        ("credentials_id", "create/credentials", "credentials_id"),
        ("storage_configuration_id", "create/storage", "storage_configuration_id"),
        ("network_id", "create/network", "network_id"),
        ("managed_services_customer_managed_key_id", "create/keys/managed_services", "customer_managed_key_id"),
        ("storage_customer_managed_key_id", "create/keys/storage", "customer_managed_key_id"),
    ):
        assert workspace[attribute] == f"${{{built.addresses[path]}.{its}}}"
    assert built.at("create/keys/storage")["use_cases"] == ["STORAGE"]
    assert "vpc_endpoints" not in built.at("create/network")


def test_endpoints_are_in_the_network_and_alone_let_people_in(build: Build) -> None:
    built = made(build, AWS_FULL)
    rest = f"${{{built.addresses['create/endpoints/rest_api']}.vpc_endpoint_id}}"
    relay = f"${{{built.addresses['create/endpoints/dataplane_relay']}.vpc_endpoint_id}}"
    assert built.at("create/network")["vpc_endpoints"] == {"rest_api": [rest], "dataplane_relay": [relay]}
    settings = built.at("create/private_access/settings")
    assert settings["private_access_level"] == "ENDPOINT"
    assert settings["allowed_vpc_endpoint_ids"] == [rest, relay]


def test_serverless_has_nothing_of_the_owners(build: Build) -> None:
    built = made(build, SERVERLESS)
    assert built.at("create/workspace")["compute_mode"] == "SERVERLESS"
    assert built.types.isdisjoint({"databricks_mws_networks", "databricks_mws_credentials"})


def test_what_is_made_here_is_attached_by_its_own_id_and_tells_its_address(build: Build) -> None:
    spec = WorkspaceSpec(
        environment="prod",
        id=None,
        create=AWS,
        metastore_id="existing",
        region="eu-central-1",
        egress=None,
        connectivity=None,
        assignments=(),
        budgets=(),
    )
    built = build(
        "account",
        lambda stack: WorkspaceAttachment(stack, "prod", spec=spec, account_id=ACCOUNT, metastores={}, groups={}),
    )
    workspace = built.addresses["prod/create/workspace"]
    assert built.at("prod/metastore")["workspace_id"] == f"${{{workspace}.workspace_id}}"
    assert {name: output["value"] for name, output in built.document["output"].items()} == {
        "prod-workspace-url": f"${{{workspace}.workspace_url}}",
        "prod-workspace-id": f"${{{workspace}.workspace_id}}",
    }


def test_public_access_is_seen_by_its_rule(build: Build) -> None:
    public = AWS.model_copy(update={"private_access": ACCESS.model_copy(update={"public_access": True})})
    assert made(build, public).breaks() == {"R10"}


def test_the_binding_has_no_default_for_public_access(build: Build) -> None:
    """Why it is written down: left out, nobody who reads the plan can say."""
    built = build(
        "account",
        lambda stack: databricks.MwsPrivateAccessSettings(
            stack, "settings", private_access_settings_name="x-y-z", region="eu-central-1"
        ),
    )
    assert "public_access_enabled" not in built.at("settings")
    assert built.breaks() == {"R10"}
