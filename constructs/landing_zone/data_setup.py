"""The notebook and the job that install an environment's functions and declared tables."""

from __future__ import annotations

import base64

from binding import Construct, databricks
from shipway.models.deployment import DataSetupSpec

__all__ = ["DataSetup"]

_CELLS = "\n\n-- COMMAND ----------\n\n"
_HOUR = 3600


class DataSetup(Construct):
    """One notebook per content, in a folder that only the deployers and admins may write to, and one job on serverless.

    Nothing schedules the job: a deploy starts it between the landing zone and the data policies.
    """

    def __init__(self, scope: Construct, id_: str, *, spec: DataSetupSpec) -> None:
        super().__init__(scope, id_)
        folder = databricks.Directory(self, "folder", path=spec.folder)
        databricks.Permissions(
            self,
            "permissions",
            directory_path=folder.path,
            access_control=[
                databricks.PermissionsAccessControl(group_name=spec.managers, permission_level="CAN_MANAGE")
            ],
        )
        text = "-- Databricks notebook source\n" + _CELLS.join(spec.statements) + "\n"
        notebook = databricks.Notebook(
            self,
            "notebook",
            path=spec.notebook,
            language="SQL",
            content_base64=base64.b64encode(text.encode()).decode(),
            depends_on=[folder],
        )
        principal = databricks.DataDatabricksServicePrincipal(self, "principal", display_name=spec.principal)
        self.job = databricks.Job(
            self,
            "job",
            name=spec.job_name,
            description="Installs functions and declared tables; data policies are applied after it has run",
            edit_mode="UI_LOCKED",
            format="MULTI_TASK",
            max_concurrent_runs=1,
            run_as=databricks.JobRunAs(service_principal_name=principal.application_id),
            parameter=[databricks.JobParameter(name="digest", default=spec.digest)],
            # No cluster: a notebook task without one runs on serverless compute.
            task=[
                databricks.JobTask(
                    task_key="install",
                    max_retries=2,
                    timeout_seconds=_HOUR,
                    notebook_task=databricks.JobTaskNotebookTask(notebook_path=notebook.path, source="WORKSPACE"),
                )
            ],
        )
