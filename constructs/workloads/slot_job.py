"""The job of one slot: what a release does, in a place that is never created or deleted by a release."""

from __future__ import annotations

from binding import Construct, databricks
from shipway.models.deployment import JobSlotSpec, JobSpec, Permission, TaskSpec

__all__ = ["SlotJob", "job_permissions"]

_CLUSTER = "main"


class SlotJob(Construct):
    """One slot's job. A release changes only its parameters and the path of its wheel, both in place."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        spec: JobSpec,
        slot: JobSlotSpec,
        runs_as: databricks.DataDatabricksServicePrincipal,
        policy: databricks.DataDatabricksClusterPolicy,
    ) -> None:
        super().__init__(scope, id_)
        self.job = databricks.Job(
            self,
            "job",
            name=slot.job_name,
            description=spec.description,
            # Nobody edits a release by hand: what runs is what was reviewed.
            edit_mode="UI_LOCKED",
            format="MULTI_TASK",
            max_concurrent_runs=1,
            queue=databricks.JobQueue(enabled=True),
            timeout_seconds=spec.timeout_seconds,
            run_as=databricks.JobRunAs(service_principal_name=runs_as.application_id),
            tags={**spec.tags, "slot": slot.slot},
            parameter=[
                databricks.JobParameter(name=name, default=default) for name, default in slot.parameters.items()
            ],
            job_cluster=[databricks.JobJobCluster(job_cluster_key=_CLUSTER, new_cluster=self._cluster(spec, policy))],
            task=[self._task(spec, slot, task) for task in spec.tasks],
        )
        job_permissions(self, self.job, spec.permissions)

    @staticmethod
    def _cluster(spec: JobSpec, policy: databricks.DataDatabricksClusterPolicy) -> databricks.JobJobClusterNewCluster:
        return databricks.JobJobClusterNewCluster(
            policy_id=policy.id,
            spark_version=spec.spark_version,
            node_type_id=spec.node_type,
            num_workers=spec.workers,
            data_security_mode="SINGLE_USER",
            enable_local_disk_encryption=True,
            custom_tags=spec.tags,
        )

    @staticmethod
    def _task(spec: JobSpec, slot: JobSlotSpec, task: TaskSpec) -> databricks.JobTask:
        return databricks.JobTask(
            task_key=task.key,
            job_cluster_key=_CLUSTER,
            depends_on=[databricks.JobTaskDependsOn(task_key=key) for key in task.after] or None,
            python_wheel_task=databricks.JobTaskPythonWheelTask(
                package_name=spec.package,
                entry_point=task.entry_point,
                # Job parameters reach a wheel only where it is called with named ones.
                named_parameters={name: f"{{{{job.parameters.{name}}}}}" for name in slot.parameters},
            ),
            library=[databricks.JobTaskLibrary(whl=slot.wheel)],
            max_retries=spec.max_retries,
            timeout_seconds=spec.timeout_seconds,
        )


def job_permissions(scope: Construct, target: databricks.Job, specs: tuple[Permission, ...]) -> None:
    """One authoritative access list for a job; who created it stays its owner."""
    if specs:
        databricks.Permissions(
            scope,
            "permissions",
            job_id=target.id,
            access_control=[
                databricks.PermissionsAccessControl(group_name=spec.group, permission_level=spec.level)
                for spec in specs
            ],
        )
