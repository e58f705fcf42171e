"""A line's registered model, the jobs of its two slots and the router, each alone and all together."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from shipway.models.deployment import (
    Grant,
    JobSlotSpec,
    JobSpec,
    JobsWorkload,
    ModelSpec,
    Permission,
    RouterSpec,
    TaskSpec,
)
from shipway.models.names import Slot
from workloads import UseCaseModel, add_jobs

if TYPE_CHECKING:
    from binding import TerraformStack
    from tests.constructs_cases.conftest import Build, Built

RUNNERS = Grant(principal="halyard-claims-triage-runners-prod", privileges=("EXECUTE",))
MODEL = ModelSpec(
    catalog="claims_prod",
    schema_name="triage",
    name="claims_triage",
    owner="halyard-platform-deployers",
    comment="Triage of claims",
    grants=(Grant(principal="halyard-platform-deployers", privileges=("MANAGE",)),),
)
MODEL_FULL = MODEL.model_copy(update={"grants": (*MODEL.grants, RUNNERS)})
JOB = JobSpec(
    description="Scores open claims",
    package="claims_triage",
    cluster_policy="halyard-claims-triage-batch-prod",
    spark_version="17.3.x-scala2.13",
    node_type="m6gd.xlarge",
    workers=1,
    timeout_seconds=3600,
    max_retries=0,
    tasks=(TaskSpec(key="score", entry_point="score", after=()),),
    tags={"cost_center": "CC-4711", "environment": "prod", "use_case": "claims-triage"},
    permissions=(),
)
JOB_FULL = JOB.model_copy(
    update={
        "max_retries": 2,
        "tasks": (*JOB.tasks, TaskSpec(key="write", entry_point="write", after=("score",))),
        "permissions": (
            Permission(group="halyard-claims-triage-authors", level="CAN_VIEW"),
            Permission(group="halyard-claims-triage-operators", level="CAN_MANAGE_RUN"),
        ),
    }
)
BLUE = JobSlotSpec(
    slot=Slot.BLUE,
    job_name="claims-triage-blue-prod",
    release="2026.11.1",
    version="1.4.0",
    model_version=6,
    catalog="claims_prod",
    schema_name="triage",
    wheel="/Volumes/claims_prod/triage/claims_triage_releases/claims_triage-1.4.0-py3-none-any.whl",
)
GREEN = BLUE.model_copy(update={"slot": Slot.GREEN, "job_name": "claims-triage-green-prod", "model_version": 7})


COUNTED = [
    {"key": key, "value": {"operator": "IN", "values": [value]}}
    for key, value in (("environment", "prod"), ("use_case", "claims-triage"))
]
# The account's stack has its budget.
ACCOUNT = {
    "account": json.dumps(
        {"resource": {"databricks_budget": {"claims-triage": {"filter": {"tags": COUNTED}}}}}
    ).encode()
}


def workload(job: JobSpec) -> JobsWorkload:
    return JobsWorkload(
        kind="batch_with_effects",
        job=job,
        slots=(BLUE, GREEN),
        router=RouterSpec(
            job_name="claims-triage-router-prod",
            description="Runs the live slot of claims-triage",
            cron="0 0 2 * * ?",
            timezone="Europe/Berlin",
            active=Slot.GREEN,
        ),
    )


def jobs(build: Build, job: JobSpec) -> Built:
    def make(stack: TerraformStack) -> None:
        add_jobs(stack, workload(job), run_principal="sp-claims-triage-run-prod")

    return build("prod-claims-triage", make)


@pytest.mark.parametrize("spec", [MODEL, MODEL_FULL], ids=["default", "full"])
def test_a_model_passes_every_rule_and_has_no_alias(build: Build, spec: ModelSpec) -> None:
    built = build("prod-claims-triage", lambda stack: UseCaseModel(stack, "model", spec=spec))
    # At 1.99 an alias is written to the state and never to Unity Catalog.
    assert "aliases" not in built.at("model/model")
    assert [grant["principal"] for grant in built.at("model/grants")["grant"]] == [g.principal for g in spec.grants]
    built.passes_every_rule()


@pytest.mark.parametrize("spec", [JOB, JOB_FULL], ids=["default", "full"])
def test_slots_and_their_router_pass_every_rule(build: Build, spec: JobSpec) -> None:
    jobs(build, spec).passes_every_rule(beside=ACCOUNT)


def test_the_pointer_is_one_attribute_and_slots_differ_in_what_a_release_sets(build: Build) -> None:
    built = jobs(build, JOB_FULL)
    (task,) = built.at("router/job")["task"]
    assert task["run_job_task"]["job_id"] == f"${{{built.addresses['slots/green/job']}.id}}"
    blue, green = built.at("slots/blue/job"), built.at("slots/green/job")
    assert {name for name in blue if blue[name] != green[name]} == {"name", "parameter", "tags"}
    # A run that somebody starts by hand is a rehearsal.
    assert {"name": "mode", "default": "dry_run"} in blue["parameter"]
    # The same code runs in every environment: a job tells it where its tables are, and for which day it runs.
    wheel = next(iter(blue["task"]))["python_wheel_task"]
    assert set(wheel["named_parameters"]) == {one["name"] for one in blue["parameter"]}
    assert {"as_of", "catalog", "schema", "release", "slot"} < set(wheel["named_parameters"])


def test_nobody_may_look_at_a_job_without_permissions_and_no_empty_list_is_declared(build: Build) -> None:
    assert "databricks_permissions" not in jobs(build, JOB).types
    entries = jobs(build, JOB_FULL).at("slots/blue/permissions")["access_control"]
    assert {entry["permission_level"] for entry in entries} == {"CAN_VIEW", "CAN_MANAGE_RUN"}
