"""What leaves a workspace: its network policy, the attachment, private endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from landing_zone import EgressPolicy, PrivateConnectivity
from shipway.models.deployment import ConnectivitySpec, EgressSpec, PrivateEndpointSpec

if TYPE_CHECKING:
    from tests.constructs_cases.conftest import Build, Built

ACCOUNT = "5f0c9d2e-7a41-4c1e-9a57-3d1f8e6b2c40"
NOTHING_OUT = EgressSpec(policy_id="halyard-prod", attached=True, enforced=True, hosts=(), storage=())
FULL = NOTHING_OUT.model_copy(
    update={
        "hosts": ("rates.halyard.example",),
        "storage": (
            {"storage_destination_type": "AWS_S3", "bucket_name": "halyard-rates", "region": "eu-central-1"},
            {
                "storage_destination_type": "AZURE_STORAGE",
                "azure_storage_account": "halyardrates",
                "azure_storage_service": "dfs",
            },
        ),
    }
)
ENDPOINT = PrivateEndpointSpec(
    key="policies",
    endpoint_service="com.amazonaws.vpce.eu-central-1.vpce-svc-1",
    resource_id=None,
    group_id=None,
    buckets=(),
    domains=("policies.halyard.example",),
)


def policy(build: Build, spec: EgressSpec) -> Built:
    return build(
        "account", lambda stack: EgressPolicy(stack, "egress", spec=spec, account_id=ACCOUNT, workspace_id=1042)
    )


@pytest.mark.parametrize("spec", [NOTHING_OUT, FULL], ids=["default", "full"])
def test_it_passes_every_rule(build: Build, spec: EgressSpec) -> None:
    policy(build, spec).passes_every_rule()


def test_nothing_leaves_unless_it_is_listed(build: Build) -> None:
    access = policy(build, NOTHING_OUT).at("egress/policy")["egress"]["network_access"]
    assert access["restriction_mode"] == "RESTRICTED_ACCESS"
    assert access["policy_enforcement"] == {"enforcement_mode": "ENFORCED"}
    assert access.get("allowed_internet_destinations", []) == []


def test_destinations_are_as_the_provider_spells_them(build: Build) -> None:
    access = policy(build, FULL).at("egress/policy")["egress"]["network_access"]
    assert access["allowed_internet_destinations"] == [
        {"destination": "rates.halyard.example", "internet_destination_type": "DNS_NAME"}
    ]
    assert [item["storage_destination_type"] for item in access["allowed_storage_destinations"]] == [
        "AWS_S3",
        "AZURE_STORAGE",
    ]


def test_the_account_is_always_named(build: Build) -> None:
    # Without it the provider's answer differs from its plan, and the next apply replaces the policy (#5477).
    assert policy(build, NOTHING_OUT).at("egress/policy")["account_id"] == ACCOUNT


def test_a_policy_is_detached_by_another_value_because_deleting_does_nothing(build: Build) -> None:
    attached = policy(build, NOTHING_OUT)
    reference = f"${{{attached.addresses['egress/policy']}.network_policy_id}}"
    assert attached.at("egress/option")["network_policy_id"] == reference
    detached = policy(build, NOTHING_OUT.model_copy(update={"attached": False}))
    assert detached.at("egress/option")["network_policy_id"] == "default-policy"
    assert detached.at("egress/policy")["network_policy_id"] == "halyard-prod"


def test_a_dry_run_is_seen(build: Build) -> None:
    assert policy(build, NOTHING_OUT.model_copy(update={"enforced": False})).breaks() == {"R12"}


def test_private_endpoints_are_in_the_workspaces_own_configuration(build: Build) -> None:
    bucket = ENDPOINT.model_copy(
        update={
            # Named like what stands beside it: a user's word is no address of ours.
            "key": "config",
            "endpoint_service": "com.amazonaws.eu-central-1.s3",
            "buckets": ("halyard-rates",),
            "domains": (),
        }
    )
    azure = ENDPOINT.model_copy(
        update={
            "key": "sql",
            "endpoint_service": None,
            "resource_id": "/subscriptions/1/x",
            "group_id": "sqlServer",
            "domains": (),
        }
    )
    spec = ConnectivitySpec(name="halyard-prod", region="eu-central-1", endpoints=(ENDPOINT, bucket, azure))
    built = build(
        "account",
        lambda stack: PrivateConnectivity(stack, "connectivity", spec=spec, account_id=ACCOUNT, workspace_id=1042),
    )
    config = f"${{{built.addresses['connectivity/config']}.network_connectivity_config_id}}"
    assert built.at("connectivity/binding")["network_connectivity_config_id"] == config
    assert built.at("connectivity/private_endpoints/policies")["domain_names"] == ["policies.halyard.example"]
    assert built.at("connectivity/private_endpoints/config")["resource_names"] == ["halyard-rates"]
    # The provider takes one of buckets, domains and group.
    assert "domain_names" not in built.at("connectivity/private_endpoints/config")
    assert "domain_names" not in built.at("connectivity/private_endpoints/sql")
    # No rule is about any of it, so none can pass.
    assert {result.rule for result in built.judged()} == {"R66"}, "which looks at providers"
