"""Workspace settings that close what Databricks leaves open."""

from __future__ import annotations

from binding import Construct, databricks
from shipway.models.deployment import LandingZoneStack

__all__ = ["WorkspaceHardening"]


class WorkspaceHardening(Construct):
    """The settings of one workspace. Deleting any of them lowers security: the API then restores the open default."""

    def __init__(self, scope: Construct, id_: str, *, spec: LandingZoneStack) -> None:
        super().__init__(scope, id_)
        # One per workspace: two of them revert each other's keys.
        databricks.WorkspaceConf(self, "workspace-conf", custom_config=spec.workspace_conf)
        if not spec.legacy_access:
            databricks.DisableLegacyAccessSetting(
                self,
                "disable-legacy-access",
                disable_legacy_access=databricks.DisableLegacyAccessSettingDisableLegacyAccess(value=True),
            )
            databricks.DisableLegacyDbfsSetting(
                self,
                "disable-legacy-dbfs",
                disable_legacy_dbfs=databricks.DisableLegacyDbfsSettingDisableLegacyDbfs(value=True),
            )
        if spec.restrict_workspace_admins:
            databricks.RestrictWorkspaceAdminsSetting(
                self,
                "restrict-workspace-admins",
                restrict_workspace_admins=databricks.RestrictWorkspaceAdminsSettingRestrictWorkspaceAdmins(
                    status="RESTRICT_TOKENS_AND_JOB_RUN_AS"
                ),
            )
