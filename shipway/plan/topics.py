"""What a resource type is about, as data: what runs, what guards a workspace, what exposes, what hides.

The lists are of provider 1.99; a test holds that each name in them is a type of that provider.
"""

from __future__ import annotations

from enum import StrEnum

__all__ = ["EXPOSING", "GUARDING", "HIDING", "ONE_WAY", "Topic", "topic_of"]


class Topic(StrEnum):
    """The section of a review that a changed object stands in."""

    RUNS = "what runs differently"
    PLATFORM = "network and platform settings"
    OTHER = "everything else"


_RUNNING = frozenset(
    {
        "databricks_alert",
        "databricks_alert_v2",
        "databricks_app",
        "databricks_cluster",
        "databricks_cluster_policy",
        "databricks_dashboard",
        "databricks_data_quality_monitor",
        "databricks_data_quality_refresh",
        "databricks_file",
        "databricks_global_init_script",
        "databricks_instance_pool",
        "databricks_job",
        "databricks_lakehouse_monitor",
        "databricks_library",
        "databricks_model_serving",
        "databricks_model_serving_provisioned_throughput",
        "databricks_notebook",
        "databricks_pipeline",
        "databricks_quality_monitor",
        "databricks_quality_monitor_v2",
        "databricks_query",
        "databricks_repo",
        "databricks_sql_alert",
        "databricks_sql_endpoint",
        "databricks_sql_query",
        # A view says what its readers get; data in a table that goes away is told as data.
        "databricks_sql_table",
        "databricks_vector_search_endpoint",
        "databricks_vector_search_index",
        "databricks_workspace_file",
    }
)

GUARDING = frozenset(
    {
        "databricks_account_network_policy",
        "databricks_account_setting_v2",
        "databricks_aibi_dashboard_embedding_access_policy_setting",
        "databricks_aibi_dashboard_embedding_approved_domains_setting",
        "databricks_artifact_allowlist",
        "databricks_automatic_cluster_update_workspace_setting",
        "databricks_compliance_security_profile_workspace_setting",
        "databricks_default_namespace_setting",
        "databricks_disable_legacy_access_setting",
        "databricks_disable_legacy_dbfs_setting",
        "databricks_disable_legacy_features_setting",
        "databricks_enhanced_security_monitoring_workspace_setting",
        "databricks_ip_access_list",
        "databricks_mws_log_delivery",
        "databricks_mws_private_access_settings",
        "databricks_restrict_workspace_admins_setting",
        "databricks_sql_global_config",
        "databricks_system_schema",
        "databricks_workspace_conf",
        "databricks_workspace_network_option",
        "databricks_workspace_setting_v2",
    }
)
"""Creating one guards, changing or removing one may lower the guard: a plan does not say which."""

EXPOSING = frozenset(
    {
        "databricks_catalog_workspace_binding",
        "databricks_mws_ncc_private_endpoint_rule",
        "databricks_mws_vpc_endpoint",
        "databricks_recipient",
        "databricks_share",
        "databricks_workspace_binding",
    }
)
"""Creating or changing one opens a way in or out."""

HIDING = frozenset({"databricks_policy_info", "databricks_entity_tag_assignment", "databricks_tag_policy"})
"""Masks and row filters, and the tags by which they find their columns."""

ONE_WAY = frozenset({"databricks_compliance_security_profile_workspace_setting"})
"""Once on, the API cannot turn it off (provider source: its delete does nothing)."""

_PLATFORM = (
    GUARDING
    | EXPOSING
    | frozenset(
        {
            "databricks_metastore",
            "databricks_metastore_assignment",
            "databricks_metastore_data_access",
            "databricks_mws_credentials",
            "databricks_mws_customer_managed_keys",
            "databricks_mws_ncc_binding",
            "databricks_mws_network_connectivity_config",
            "databricks_mws_networks",
            "databricks_mws_storage_configurations",
            "databricks_mws_workspaces",
            "databricks_notification_destination",
        }
    )
)


def topic_of(type_name: str) -> Topic:
    """The section of a changed object of this type."""
    bare = type_name.removeprefix("data.")
    if bare in _RUNNING:
        return Topic.RUNS
    return Topic.PLATFORM if bare in _PLATFORM else Topic.OTHER
