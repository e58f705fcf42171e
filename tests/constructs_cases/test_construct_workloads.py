"""A line's registered model, the jobs of its two slots and the router, each alone and all together."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from shipway.models.deployment import (
    Grant,
    JobSlotSpec,
    JobSpec,
    JobsWorkload,
    ModelSpec,
    OutputSpec,
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
    parameters={
        "as_of": "{{job.start_time.iso_date}}",
        "catalog": "claims_prod",
        "model_version": "6",
        "pointer": "",
        "release": "r000000000001",
        "schema": "triage",
        "slot": "blue",
    },
    wheel="/Volumes/claims_prod/triage/claims_triage_releases/claims_triage-1.4.0-py3-none-any.whl",
)
GREEN = BLUE.model_copy(
    update={
        "slot": Slot.GREEN,
        "job_name": "claims-triage-green-prod",
        "parameters": BLUE.parameters | {"model_version": "7", "release": "r000000000002", "slot": "green"},
    }
)
OUTPUT = OutputSpec(
    warehouse="halyard-analysis-prod",
    catalog="claims_prod",
    schema_name="triage",
    owner="halyard-claims-triage-deployers-prod",
    table="scores",
    table_comment="All scores",
    columns={"claim_id": "STRING", "score": "DOUBLE", "as_of": "DATE", "release": "STRING", "slot": "STRING"},
    view="scores_current",
    view_comment="The scores that count",
    definition="SELECT 1",
)


POINTER = '{"active":"green","candidate":null,"percent":0,"salt":""}'
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


def workload(job: JobSpec, *, output: OutputSpec | None = None) -> JobsWorkload:
    return JobsWorkload(
        kind="batch_with_effects" if output is None else "batch",
        job=job,
        slots=(BLUE, GREEN),
        router=RouterSpec(
            job_name="claims-triage-router-prod",
            description="Runs the slots of claims-triage that work",
            cron="0 0 2 * * ?",
            timezone="Europe/Berlin",
            runs={Slot.BLUE: False, Slot.GREEN: True},
            pointer=POINTER if output is None else None,
        ),
        output=output,
    )


def jobs(build: Build, job: JobSpec, *, output: OutputSpec | None = None) -> Built:
    def make(stack: TerraformStack) -> None:
        add_jobs(stack, workload(job, output=output), run_principal="sp-claims-triage-run-prod")

    return build("prod-claims-triage", make)


@pytest.mark.parametrize("spec", [MODEL, MODEL_FULL], ids=["default", "full"])
def test_a_model_passes_every_rule_and_has_no_alias(build: Build, spec: ModelSpec) -> None:
    built = build("prod-claims-triage", lambda stack: UseCaseModel(stack, "model", spec=spec))
    # At 1.99 an alias is written to the state and never to Unity Catalog.
    assert "aliases" not in built.at("model/model")
    assert [grant["principal"] for grant in built.at("model/grants")["grant"]] == [g.principal for g in spec.grants]
    built.passes_every_rule()


@pytest.mark.parametrize("output", [None, OUTPUT], ids=["effects", "batch"])
@pytest.mark.parametrize("spec", [JOB, JOB_FULL], ids=["default", "full"])
def test_slots_and_their_router_pass_every_rule(build: Build, spec: JobSpec, output: OutputSpec | None) -> None:
    jobs(build, spec, output=output).passes_every_rule(beside=ACCOUNT)


def parameters(job: dict[str, Any]) -> dict[str, str]:
    return {one["name"]: one["default"] for one in job["parameter"]}


def test_slots_differ_in_what_a_release_sets(build: Build) -> None:
    built = jobs(build, JOB_FULL)
    blue, green = built.at("slots/blue/job"), built.at("slots/green/job")
    assert {name for name in blue if blue[name] != green[name]} == {"name", "parameter", "tags"}
    # A run that somebody starts by hand is a rehearsal.
    assert parameters(blue)["pointer"] == ""
    # The same code runs in every environment: a job tells it where its tables are, and for which day it runs.
    wheel = next(iter(blue["task"]))["python_wheel_task"]
    assert set(wheel["named_parameters"]) == set(parameters(blue))
    assert {"as_of", "catalog", "schema", "release", "slot"} < set(wheel["named_parameters"])


def test_a_slot_works_by_one_word_and_its_job_is_for_ever_the_same(build: Build) -> None:
    built = jobs(build, JOB_FULL)
    router = built.at("router/job")
    assert {name: parameters(router)[name] for name in ("blue", "green")} == {"blue": "off", "green": "on"}
    tasks = {task["task_key"]: task for task in router["task"]}
    assert list(tasks) == sorted(tasks), "the provider compares tasks by position, and the API answers by key"
    for slot in ("blue", "green"):
        condition = {"left": f"{{{{job.parameters.{slot}}}}}", "op": "EQUAL_TO", "right": "on"}
        assert tasks[slot]["condition_task"] == condition
        run = tasks[f"run-{slot}"]
        assert run["depends_on"] == [{"task_key": slot, "outcome": "true"}]
        assert run["run_job_task"]["job_id"] == f"${{{built.addresses[f'slots/{slot}/job']}.id}}"


def test_with_effects_both_slots_are_told_whose_count(build: Build) -> None:
    router = jobs(build, JOB).at("router/job")
    assert parameters(router)["pointer"] == POINTER
    handed = [task["run_job_task"]["job_parameters"] for task in router["task"] if "run_job_task" in task]
    assert handed == [{"as_of": "{{job.parameters.as_of}}", "pointer": "{{job.parameters.pointer}}"}] * 2


def test_a_batch_job_appends_to_a_table_and_consumers_read_a_view_of_it(build: Build) -> None:
    built = jobs(build, JOB, output=OUTPUT)
    assert "pointer" not in parameters(built.at("router/job"))
    table, view = built.at("output/table"), built.at("output/view")
    assert (table["table_type"], table["properties"]) == ("MANAGED", {"delta.appendOnly": "true"})
    assert [column["name"] for column in table["column"]] == list(OUTPUT.columns)
    assert (view["table_type"], view["view_definition"]) == ("VIEW", "SELECT 1")
    assert view["depends_on"] == [built.addresses["output/table"]]
    # Who owns a view can change what it shows.
    assert table["owner"] == view["owner"] == OUTPUT.owner


def test_nobody_may_look_at_a_job_without_permissions_and_no_empty_list_is_declared(build: Build) -> None:
    assert "databricks_permissions" not in jobs(build, JOB).types
    entries = jobs(build, JOB_FULL).at("slots/blue/permissions")["access_control"]
    assert {entry["permission_level"] for entry in entries} == {"CAN_VIEW", "CAN_MANAGE_RUN"}
