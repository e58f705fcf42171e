"""A served model's endpoint and an agent's pointer file, each alone, judged by all rules."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from shipway.models.deployment import Grant, ModelSpec, Permission
from shipway.models.deployment.agent import AgentWorkload
from shipway.models.deployment.serving import EntitySpec, GuardrailSpec, InferenceTableSpec, ServingWorkload
from shipway.models.names import Slot
from workloads import PointerFile, ServingEndpoint, UseCaseModel

if TYPE_CHECKING:
    from binding import TerraformStack
    from tests.constructs_cases.conftest import Build, Built

MODEL = ModelSpec(
    catalog="claims_prod",
    schema_name="triage",
    name="claims_fraud",
    owner="halyard-platform-deployers",
    comment="Fraud",
    grants=(Grant(principal="halyard-platform-deployers", privileges=("MANAGE",)),),
)
ENDPOINT = ServingWorkload(
    kind="serving",
    endpoint_name="claims-fraud-prod",
    workload_size="Small",
    workload_type="CPU",
    entities=(
        EntitySpec(slot=Slot.BLUE, model_version=7, warm=True, percent=95),
        EntitySpec(slot=Slot.GREEN, model_version=8, warm=True, percent=5),
    ),
    inference_table=InferenceTableSpec(catalog="claims_prod", schema_name="triage", prefix="claims_fraud_endpoint"),
    input_guardrail=None,
    output_guardrail=None,
    tags={"cost_center": "CC-4711", "use_case": "claims-fraud"},
    permissions=(),
)
GUARDED = ENDPOINT.model_copy(
    update={
        "input_guardrail": GuardrailSpec(safety=True, pii="BLOCK"),
        "output_guardrail": GuardrailSpec(safety=True, pii=None),
        "permissions": (Permission(group="halyard-claims-fraud-consumers", level="CAN_QUERY"),),
    }
)


def line(build: Build, spec: ServingWorkload) -> Built:
    def make(stack: TerraformStack) -> None:
        ServingEndpoint(stack, "endpoint", spec=spec, model=UseCaseModel(stack, "model", spec=MODEL))

    return build("prod-claims-fraud", make)


def test_both_slots_stand_in_it_in_one_order_with_a_route_each(build: Build) -> None:
    config = line(build, ENDPOINT).at("endpoint/endpoint")["config"]
    assert [entity["name"] for entity in config["served_entities"]] == ["blue", "green"]
    assert config["traffic_config"]["routes"] == [
        {"served_entity_name": "blue", "traffic_percentage": 95},
        {"served_entity_name": "green", "traffic_percentage": 5},
    ]


def test_what_sleeps_scales_to_zero_and_its_route_of_none_is_written(build: Build) -> None:
    entities = (
        EntitySpec(slot=Slot.BLUE, model_version=7, warm=True, percent=100),
        EntitySpec(slot=Slot.GREEN, model_version=8, warm=False, percent=0),
    )
    config = line(build, ENDPOINT.model_copy(update={"entities": entities})).at("endpoint/endpoint")["config"]
    assert [entity["scale_to_zero_enabled"] for entity in config["served_entities"]] == [False, True]
    assert config["traffic_config"]["routes"][1]["traffic_percentage"] == 0


def keys(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {key for inner in value.values() for key in keys(inner)}
    return {key for inner in value for key in keys(inner)} if isinstance(value, list) else set()


@pytest.mark.parametrize("spec", [ENDPOINT, GUARDED], ids=["plain", "guarded"])
def test_nothing_is_written_that_cannot_be_changed_back(build: Build, spec: ServingWorkload) -> None:
    one_way = {"auto_capture_config", "external_model", "route_optimized", "fallback_config", "served_models"}
    never_sent_again = {"description", "budget_policy_id", "email_notifications"}
    assert keys(line(build, spec).at("endpoint/endpoint")).isdisjoint(one_way | never_sent_again)


def test_guardrails_and_permissions_are_there_where_they_are_declared(build: Build) -> None:
    built = line(build, GUARDED)
    assert built.at("endpoint/endpoint")["ai_gateway"]["guardrails"] == {
        "input": {"safety": True, "pii": {"behavior": "BLOCK"}},
        "output": {"safety": True},
    }
    permissions = built.at("endpoint/permissions")
    assert permissions["serving_endpoint_id"].endswith(".serving_endpoint_id}")
    assert "databricks_permissions" not in line(build, ENDPOINT).types


@pytest.mark.parametrize("spec", [ENDPOINT, GUARDED], ids=["plain", "guarded"])
def test_it_passes_every_rule(build: Build, spec: ServingWorkload) -> None:
    line(build, spec).passes_every_rule()


def test_the_pointer_file_holds_the_pointer_and_its_digest(build: Build) -> None:
    text = '{"active":"blue"}\n'
    spec = AgentWorkload(kind="agent", path="/Volumes/c/s/v/pointer.json", content=text)
    built = build("prod-claims-letters", lambda stack: PointerFile(stack, "pointer", spec=spec))
    file = built.at("pointer/file")
    assert base64.b64decode(file["content_base64"]).decode() == text
    assert file["md5"] == hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    assert file["path"] == "/Volumes/c/s/v/pointer.json"
    # No rule is about it, so none can pass.
    assert {result.rule for result in built.judged()} == {"R66"}, "which looks at providers"
