"""The workload in plain cdktf, as its documentation writes it: `python -m benchmarks.apps.plain single 100`."""

import sys
from types import SimpleNamespace

from cdktf import App, TerraformStack
from cdktf_cdktf_provider_databricks.grants import Grants, GrantsGrant
from cdktf_cdktf_provider_databricks.job import (
    Job,
    JobEmailNotifications,
    JobSchedule,
    JobTask,
    JobTaskDependsOn,
    JobTaskNotebookTask,
)
from cdktf_cdktf_provider_databricks.permissions import Permissions, PermissionsAccessControl
from cdktf_cdktf_provider_databricks.provider import DatabricksProvider
from cdktf_cdktf_provider_databricks.registered_model import RegisteredModel
from cdktf_cdktf_provider_databricks.schema import Schema

from benchmarks.apps.workload import build

databricks = SimpleNamespace(
    DatabricksProvider=DatabricksProvider,
    Grants=Grants,
    GrantsGrant=GrantsGrant,
    Job=Job,
    JobEmailNotifications=JobEmailNotifications,
    JobSchedule=JobSchedule,
    JobTask=JobTask,
    JobTaskDependsOn=JobTaskDependsOn,
    JobTaskNotebookTask=JobTaskNotebookTask,
    Permissions=Permissions,
    PermissionsAccessControl=PermissionsAccessControl,
    RegisteredModel=RegisteredModel,
    Schema=Schema,
)

app = App()
build(app, TerraformStack, databricks, sys.argv[1], int(sys.argv[2]))
app.synth()
