"""The router: the job that schedules and people start. It starts the slots that work and says whose effects count.

Its tasks are the same for ever. For each slot there is a condition on the parameter of the slot's name, and behind it
the run of the slot's job; so that a slot starts or stops by one word, and a line with effects flips by one parameter.
"""

from __future__ import annotations

from collections.abc import Mapping

from binding import Construct, Token, databricks
from shipway.models.deployment import JobsWorkload, RouterSpec
from shipway.models.names import Slot
from workloads.slot_job import SlotJob, job_permissions

__all__ = ["RouterJob"]


class RouterJob(Construct):
    """One job with two tasks for each slot."""

    def __init__(
        self, scope: Construct, id_: str, *, spec: JobsWorkload, slots: Mapping[Slot, SlotJob], run_as: str
    ) -> None:
        super().__init__(scope, id_)
        router = spec.router
        self.job = databricks.Job(
            self,
            "job",
            name=router.job_name,
            description=router.description,
            edit_mode="UI_LOCKED",
            format="MULTI_TASK",
            # A run that is under way ends as it began; the next one waits and reads the parameters anew.
            max_concurrent_runs=1,
            queue=databricks.JobQueue(enabled=True),
            run_as=databricks.JobRunAs(service_principal_name=run_as),
            tags=spec.job.tags,
            schedule=databricks.JobSchedule(
                quartz_cron_expression=router.cron, timezone_id=router.timezone, pause_status="UNPAUSED"
            ),
            parameter=[
                databricks.JobParameter(name=name, default=default)
                for name, default in sorted(_parameters(router).items())
            ],
            # The provider compares tasks by position: in the API's order, by key, a plan stays quiet.
            task=[*map(_condition, slots), *(_run(slot, job, router) for slot, job in slots.items())],
        )
        job_permissions(self, self.job, spec.job.permissions)


def _parameters(router: RouterSpec) -> dict[str, str]:
    runs = {slot.value: "on" if works else "off" for slot, works in router.runs.items()}
    pointer = {} if router.pointer is None else {"pointer": router.pointer}
    return {"as_of": "{{job.start_time.iso_date}}", **runs, **pointer}


def _condition(slot: Slot) -> databricks.JobTask:
    return databricks.JobTask(
        task_key=slot,
        run_if="ALL_SUCCESS",
        condition_task=databricks.JobTaskConditionTask(
            left=f"{{{{job.parameters.{slot}}}}}", op="EQUAL_TO", right="on"
        ),
    )


def _run(slot: Slot, job: SlotJob, router: RouterSpec) -> databricks.JobTask:
    handed_over = ("as_of",) if router.pointer is None else ("as_of", "pointer")
    return databricks.JobTask(
        task_key=f"run-{slot}",
        depends_on=[databricks.JobTaskDependsOn(task_key=slot, outcome="true")],
        run_if="ALL_SUCCESS",
        run_job_task=databricks.JobTaskRunJobTask(
            job_id=Token.as_number(job.job.id),
            job_parameters={name: f"{{{{job.parameters.{name}}}}}" for name in handed_over},
        ),
    )
