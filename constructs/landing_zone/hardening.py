"""Workspace settings that close what Databricks leaves open."""

from __future__ import annotations

from binding import Construct, databricks
from landing_zone.ip_perimeter import IpPerimeter
from shipway.models.deployment import HardeningSpec
from shipway.models.hardening import MaintenanceWindow

__all__ = ["WorkspaceHardening"]


class WorkspaceHardening(Construct):
    """The settings of one workspace. Deleting any of them lowers security: the API then restores the open default."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        spec: HardeningSpec,
        default_catalog: databricks.Catalog | None = None,
        perimeter: IpPerimeter | None = None,
    ) -> None:
        super().__init__(scope, id_)
        # One per workspace: two of them revert each other's keys.
        self.conf = databricks.WorkspaceConf(
            self,
            "workspace-conf",
            custom_config=spec.workspace_conf,
            # Switched on before its lists were there, the perimeter would shut out who is making them.
            depends_on=perimeter.lists if perimeter else None,
        )
        # What R34 holds the stack to: an override cannot quietly be less than its profile.
        self.conf.add_override("//.demanded", list(spec.demanded))
        if not spec.legacy_access:
            self._close_legacy_access()
        if spec.restrict_workspace_admins:
            databricks.RestrictWorkspaceAdminsSetting(
                self,
                "restrict-workspace-admins",
                restrict_workspace_admins=databricks.RestrictWorkspaceAdminsSettingRestrictWorkspaceAdmins(
                    status="RESTRICT_TOKENS_AND_JOB_RUN_AS"
                ),
            )
        if default_catalog is not None:
            databricks.DefaultNamespaceSetting(
                self,
                "default-namespace",
                namespace=databricks.DefaultNamespaceSettingNamespace(value=default_catalog.name),
            )
        self._embedding(spec)
        self._security_profile(spec)

    def _close_legacy_access(self) -> None:
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

    def _embedding(self, spec: HardeningSpec) -> None:
        access = databricks.AibiDashboardEmbeddingAccessPolicySetting(
            self,
            "dashboard-embedding",
            aibi_dashboard_embedding_access_policy=(
                databricks.AibiDashboardEmbeddingAccessPolicySettingAibiDashboardEmbeddingAccessPolicy(
                    access_policy_type=spec.dashboard_embedding
                )
            ),
        )
        if spec.embedding_domains:
            databricks.AibiDashboardEmbeddingApprovedDomainsSetting(
                self,
                "embedding-domains",
                aibi_dashboard_embedding_approved_domains=(
                    databricks.AibiDashboardEmbeddingApprovedDomainsSettingAibiDashboardEmbeddingApprovedDomains(
                        approved_domains=list(spec.embedding_domains)
                    )
                ),
                # The API takes domains only where the policy asks for them.
                depends_on=[access],
            )

    def _security_profile(self, spec: HardeningSpec) -> None:
        if spec.automatic_cluster_update:
            databricks.AutomaticClusterUpdateWorkspaceSetting(
                self,
                "automatic-cluster-update",
                automatic_cluster_update_workspace=(
                    databricks.AutomaticClusterUpdateWorkspaceSettingAutomaticClusterUpdateWorkspace(
                        enabled=True, maintenance_window=_window(spec.maintenance_window)
                    )
                ),
            )
        if spec.enhanced_security_monitoring:
            databricks.EnhancedSecurityMonitoringWorkspaceSetting(
                self,
                "enhanced-security-monitoring",
                enhanced_security_monitoring_workspace=(
                    databricks.EnhancedSecurityMonitoringWorkspaceSettingEnhancedSecurityMonitoringWorkspace(
                        is_enabled=True
                    )
                ),
            )
        if spec.compliance_standards:
            profile = databricks.ComplianceSecurityProfileWorkspaceSetting(
                self,
                "compliance-security-profile",
                compliance_security_profile_workspace=(
                    databricks.ComplianceSecurityProfileWorkspaceSettingComplianceSecurityProfileWorkspace(
                        is_enabled=True, compliance_standards=list(spec.compliance_standards)
                    )
                ),
            )
            # The document has said so in as many words, or it would not have been read; R34 asks for it.
            profile.add_override("//.irreversible", True)


def _window(spec: MaintenanceWindow | None) -> dict[str, object] | None:
    # Plain keys: the names of the binding's classes for these three levels are longer than a line.
    if spec is None:
        return None
    start = {"hours": spec.hour, "minutes": spec.minute}
    return {
        "week_day_based_schedule": {
            "day_of_week": spec.day,
            "frequency": spec.frequency,
            "window_start_time": start,
        }
    }
