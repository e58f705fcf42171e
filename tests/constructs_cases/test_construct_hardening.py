"""A workspace's settings: the default case, the full case, and what each profile demands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from binding import TerraformStack, databricks
from landing_zone import WorkspaceHardening
from shipway.models.deployment import HardeningSpec
from shipway.models.hardening import MaintenanceWindow

if TYPE_CHECKING:
    from tests.constructs_cases.conftest import Build

CONF = {
    "enableDbfsFileBrowser": "false",
    "enableDeprecatedClusterNamedInitScripts": "false",
    "enableDeprecatedGlobalInitScripts": "false",
    "enableExportNotebook": "false",
    "enableFileStoreEndpoint": "false",
    "enableNotebookTableClipboard": "false",
    "enableResultsDownloading": "false",
    "enableTokensConfig": "false",
    "enableVerboseAuditLogs": "true",
    "maxTokenLifetimeDays": "30",
    "storeInteractiveNotebookResultsInCustomerAccount": "true",
}
DEFAULT = HardeningSpec(
    workspace_conf=CONF,
    legacy_access=False,
    restrict_workspace_admins=True,
    default_catalog="",
    dashboard_embedding="DENY_ALL_DOMAINS",
    embedding_domains=(),
    automatic_cluster_update=False,
    maintenance_window=None,
    enhanced_security_monitoring=False,
    compliance_standards=(),
    demanded=(),
)
FULL = DEFAULT.model_copy(
    update={
        "default_catalog": "claims",
        "dashboard_embedding": "ALLOW_APPROVED_DOMAINS",
        "embedding_domains": ("portal.halyard.example.com",),
        "automatic_cluster_update": True,
        "maintenance_window": MaintenanceWindow(day="SUNDAY", hour=2),
        "enhanced_security_monitoring": True,
        "compliance_standards": ("HIPAA", "PCI_DSS"),
        "demanded": ("databricks_enhanced_security_monitoring_workspace_setting",),
    }
)


def full(stack: TerraformStack) -> None:
    catalog = databricks.Catalog(
        stack, "claims", name="claims_prod", owner="halyard-platform-admins", storage_root="s3://a/b"
    )
    catalog.isolation_mode = "ISOLATED"
    databricks.RfaAccessRequestDestinations(
        stack,
        "requests",
        securable=databricks.RfaAccessRequestDestinationsSecurable(type="CATALOG", full_name=catalog.name),
        destinations=[
            databricks.RfaAccessRequestDestinationsDestinations(destination_type="EMAIL", destination_id="a@b.example")
        ],
    )
    WorkspaceHardening(stack, "hardening", spec=FULL, default_catalog=catalog)


def test_default(build: Build) -> None:
    built = build("prod-landing-zone", lambda stack: WorkspaceHardening(stack, "hardening", spec=DEFAULT))
    assert built.at("hardening/disable-legacy-access")["disable_legacy_access"] == {"value": True}
    assert built.at("hardening/dashboard-embedding")["aibi_dashboard_embedding_access_policy"] == {
        "access_policy_type": "DENY_ALL_DOMAINS"
    }
    # A tier that does not have them refuses these at apply; nothing is declared unless it was asked for.
    assert not {path for path in built.resources if "cluster-update" in path or "profile" in path}
    built.passes_every_rule()


def test_full(build: Build) -> None:
    built = build("prod-landing-zone", full)
    window = built.at("hardening/automatic-cluster-update")["automatic_cluster_update_workspace"]["maintenance_window"]
    assert window["week_day_based_schedule"] == {
        "day_of_week": "SUNDAY",
        "frequency": "EVERY_WEEK",
        "window_start_time": {"hours": 2, "minutes": 0},
    }
    profile = built.at("hardening/compliance-security-profile")["compliance_security_profile_workspace"]
    assert profile == {"is_enabled": True, "compliance_standards": ["HIPAA", "PCI_DSS"]}
    assert built.at("hardening/embedding-domains")["depends_on"] == [built.addresses["hardening/dashboard-embedding"]]
    # The catalog is there before it becomes the default.
    assert built.addresses["claims"] in built.at("hardening/default-namespace")["namespace"]["value"]
    built.passes_every_rule()


def test_there_is_one_map_of_keys(build: Build) -> None:
    # Two of them revert each other's keys at every apply.
    built = build("prod-landing-zone", full)
    assert list(built.document["resource"]["databricks_workspace_conf"]) == ["hardening_workspace-conf_8D43C7A0"]
