"""The resources that every Python variant makes: a stack of jobs with what belongs to them, or many small stacks.

`d` is where the provider's classes are found: the binding's `databricks`, or plain cdktf's submodules put together.
main.ts says the same in TypeScript, name for name, so that the output can be compared byte by byte.
"""

from __future__ import annotations

from typing import Any

HOST = "https://example.cloud.databricks.com"


def build(app: Any, stack_class: Any, d: Any, kind: str, count: int) -> None:
    """`single`: one stack with that many jobs. `stacks`: that many stacks of six resources."""
    if kind == "single":
        one_stack(stack_class(app, "bench"), d, count)
        return
    for number in range(count):
        small_stack(stack_class(app, f"case-{number}"), d, number)


def one_stack(stack: Any, d: Any, jobs: int) -> None:
    """That many jobs of two tasks with their permissions, and a tenth of it schemas with their grants."""
    d.DatabricksProvider(stack, "databricks", host=HOST)
    for number in range(jobs):
        job(stack, d, number)
    for number in range(jobs // 10):
        schema(stack, d, number)


def small_stack(stack: Any, d: Any, number: int) -> None:
    """Six resources: a use case with its schema, its model, their grants, its job and who may see it."""
    d.DatabricksProvider(stack, "databricks", host=HOST)
    schema(stack, d, number)
    model = d.RegisteredModel(stack, f"model-{number}", catalog_name="main", schema_name=f"s{number}", name="model")
    d.Grants(
        stack,
        f"model-grants-{number}",
        model=model.id,
        grant=[d.GrantsGrant(principal="scorers", privileges=["EXECUTE"])],
    )
    job(stack, d, number)


def job(stack: Any, d: Any, number: int) -> None:
    """A job of two notebook tasks with tags, a schedule and an address, and its permissions."""
    made = d.Job(
        stack,
        f"job-{number}",
        name=f"job-{number}",
        tags={"team": f"team-{number % 7}", "tier": "gold"},
        task=[
            d.JobTask(task_key="prepare", notebook_task=d.JobTaskNotebookTask(notebook_path=f"/jobs/{number}/prepare")),
            d.JobTask(
                task_key="score",
                depends_on=[d.JobTaskDependsOn(task_key="prepare")],
                notebook_task=d.JobTaskNotebookTask(
                    notebook_path=f"/jobs/{number}/score", base_parameters={"number": str(number)}
                ),
            ),
        ],
        schedule=d.JobSchedule(quartz_cron_expression="0 0 6 * * ?", timezone_id="UTC"),
        email_notifications=d.JobEmailNotifications(on_failure=["oncall@example.com"]),
    )
    d.Permissions(
        stack,
        f"permissions-{number}",
        job_id=made.id,
        access_control=[d.PermissionsAccessControl(group_name="readers", permission_level="CAN_VIEW")],
    )


def schema(stack: Any, d: Any, number: int) -> None:
    """A schema and the grants on it."""
    made = d.Schema(stack, f"schema-{number}", catalog_name="main", name=f"s{number}", comment=f"schema {number}")
    d.Grants(
        stack,
        f"grants-{number}",
        schema=made.id,
        grant=[d.GrantsGrant(principal="readers", privileges=["USE_SCHEMA", "SELECT"])],
    )
