"""The job that watches an environment's releases: its wheel, and who hears of what it finds."""

from __future__ import annotations

from binding import Construct, databricks
from shipway.models.deployment import WatcherSpec

__all__ = ["Watcher"]

_HOUR = 3600

_ENVIRONMENT_VERSION = "4"
"""Of serverless compute: Python 3.12. The wheel asks for 3.11 and brings all else along."""


class Watcher(Construct):
    """One wheel in a folder that only deployers and admins may write to, and one scheduled job on serverless."""

    def __init__(self, scope: Construct, id_: str, *, spec: WatcherSpec) -> None:
        super().__init__(scope, id_)
        folder = databricks.Directory(self, "folder", path=spec.folder)
        principal = databricks.DataDatabricksServicePrincipal(self, "principal", display_name=spec.principal)
        databricks.Permissions(
            self,
            "permissions",
            directory_path=folder.path,
            access_control=[
                databricks.PermissionsAccessControl(group_name=spec.managers, permission_level="CAN_MANAGE"),
                # Its own code is all that it reads there.
                databricks.PermissionsAccessControl(
                    service_principal_name=principal.application_id, permission_level="CAN_READ"
                ),
            ],
        )
        wheel = databricks.WorkspaceFile(
            self, "wheel", path=spec.wheel, content_base64=spec.content, depends_on=[folder]
        )
        self.job = databricks.Job(
            self,
            "job",
            name=spec.job_name,
            # A job is not told when its wheel is not there.
            depends_on=[wheel],
            description="Watches releases: takes what fails out of service, and says what has to be taken back",
            edit_mode="UI_LOCKED",
            format="MULTI_TASK",
            # Two rounds at once would take a look twice.
            max_concurrent_runs=1,
            run_as=databricks.JobRunAs(service_principal_name=principal.application_id),
            schedule=databricks.JobSchedule(
                quartz_cron_expression=spec.cron,
                timezone_id=spec.timezone,
                pause_status="PAUSED" if spec.paused else "UNPAUSED",
            ),
            # A round that has something to say fails.
            email_notifications=databricks.JobEmailNotifications(on_failure=list(spec.notify)),
            environment=[
                databricks.JobEnvironment(
                    environment_key="watch",
                    spec=databricks.JobEnvironmentSpec(
                        environment_version=_ENVIRONMENT_VERSION, dependencies=[spec.library]
                    ),
                )
            ],
            task=[
                databricks.JobTask(
                    task_key="watch",
                    environment_key="watch",
                    # Tried again by its schedule: a second try would only write the same mail twice.
                    max_retries=0,
                    timeout_seconds=_HOUR,
                    python_wheel_task=databricks.JobTaskPythonWheelTask(
                        package_name=spec.package, entry_point=spec.entry_point
                    ),
                )
            ],
        )
