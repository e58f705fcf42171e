"""Brings a workspace under Unity Catalog and lets groups in."""

from __future__ import annotations

from binding import Construct, Token, databricks
from shipway.models.deployment import WorkspaceSpec

__all__ = ["WorkspaceAttachment"]


class WorkspaceAttachment(Construct):
    """The metastore of one workspace, and its admins."""

    def __init__(
        self, scope: Construct, id_: str, *, spec: WorkspaceSpec, metastore_id: str, administrators: databricks.Group
    ) -> None:
        super().__init__(scope, id_)
        assignment = databricks.MetastoreAssignment(self, "metastore", metastore_id=metastore_id, workspace_id=spec.id)
        databricks.MwsPermissionAssignment(
            self,
            "administrators",
            workspace_id=spec.id,
            principal_id=Token.as_number(administrators.id),
            permissions=["ADMIN"],
            # Identity federation starts with the metastore: before it the API knows no account groups here (#1803).
            depends_on=[assignment],
        )
