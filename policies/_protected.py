"""Which types hold data or close a door, so that none of them may be destroyed without somebody who answers for it."""

from __future__ import annotations

__all__ = ["PROTECTED"]

PROTECTED = (
    "databricks_account_network_policy",
    "databricks_account_setting_v2",
    "databricks_aibi_dashboard_embedding_access_policy_setting",
    "databricks_aibi_dashboard_embedding_approved_domains_setting",
    "databricks_automatic_cluster_update_workspace_setting",
    "databricks_catalog",
    "databricks_compliance_security_profile_workspace_setting",
    "databricks_credential",
    "databricks_default_namespace_setting",
    "databricks_disable_legacy_access_setting",
    "databricks_disable_legacy_dbfs_setting",
    "databricks_disable_legacy_features_setting",
    "databricks_enhanced_security_monitoring_workspace_setting",
    "databricks_external_location",
    "databricks_ip_access_list",
    "databricks_metastore",
    "databricks_metastore_assignment",
    "databricks_mws_customer_managed_keys",
    "databricks_mws_log_delivery",
    "databricks_mws_private_access_settings",
    "databricks_mws_storage_configurations",
    "databricks_mws_workspaces",
    "databricks_policy_info",
    "databricks_registered_model",
    "databricks_restrict_workspace_admins_setting",
    "databricks_schema",
    "databricks_secret_scope",
    "databricks_sql_table",
    "databricks_storage_credential",
    "databricks_system_schema",
    "databricks_volume",
    "databricks_workspace_conf",
    "databricks_workspace_setting_v2",
)
