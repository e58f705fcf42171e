"""The router: the job that schedules and people start. Which slot it runs is the line's pointer."""

from __future__ import annotations

from binding import Construct, Token, databricks
from shipway.models.deployment import JobsWorkload
from workloads.slot_job import SlotJob, job_permissions

__all__ = ["RouterJob"]


class RouterJob(Construct):
    """One job with one task, `live`. A flip changes its `run_job_task.job_id` and nothing else."""

    def __init__(self, scope: Construct, id_: str, *, spec: JobsWorkload, live: SlotJob, run_as: str) -> None:
        super().__init__(scope, id_)
        self.job = databricks.Job(
            self,
            "job",
            name=spec.router.job_name,
            description=spec.router.description,
            edit_mode="UI_LOCKED",
            format="MULTI_TASK",
            # A run that is under way ends in the slot it started in; the next one waits and takes the new one.
            max_concurrent_runs=1,
            queue=databricks.JobQueue(enabled=True),
            run_as=databricks.JobRunAs(service_principal_name=run_as),
            tags=spec.job.tags,
            schedule=databricks.JobSchedule(
                quartz_cron_expression=spec.router.cron, timezone_id=spec.router.timezone, pause_status="UNPAUSED"
            ),
            parameter=[databricks.JobParameter(name="as_of", default="{{job.start_time.iso_date}}")],
            task=[
                databricks.JobTask(
                    task_key="live",
                    run_job_task=databricks.JobTaskRunJobTask(
                        job_id=Token.as_number(live.job.id),
                        job_parameters={"as_of": "{{job.parameters.as_of}}", "mode": "live"},
                    ),
                )
            ],
        )
        job_permissions(self, self.job, spec.job.permissions)
