# ruff: noqa: F403  (the star imports are read by mypy and editors only; every submodule has its __all__)
"""The Databricks provider's classes under their own names and types: `databricks.Job`, `databricks.JobTask`.

At run time a class is found when it is first touched (`binding._packages`), whichever resource it belongs to. For mypy
and an editor the resources in use are listed here: using another one is one more line below, in alphabetical order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from binding._packages import find_class

if TYPE_CHECKING:
    from cdktf_cdktf_provider_databricks.access_control_rule_set import *
    from cdktf_cdktf_provider_databricks.account_network_policy import *
    from cdktf_cdktf_provider_databricks.aibi_dashboard_embedding_access_policy_setting import *
    from cdktf_cdktf_provider_databricks.aibi_dashboard_embedding_approved_domains_setting import *
    from cdktf_cdktf_provider_databricks.artifact_allowlist import *
    from cdktf_cdktf_provider_databricks.automatic_cluster_update_workspace_setting import *
    from cdktf_cdktf_provider_databricks.budget import *
    from cdktf_cdktf_provider_databricks.budget_policy import *
    from cdktf_cdktf_provider_databricks.catalog import *
    from cdktf_cdktf_provider_databricks.cluster_policy import *
    from cdktf_cdktf_provider_databricks.compliance_security_profile_workspace_setting import *
    from cdktf_cdktf_provider_databricks.data_databricks_cluster_policy import *
    from cdktf_cdktf_provider_databricks.data_databricks_group import *
    from cdktf_cdktf_provider_databricks.data_databricks_service_principal import *
    from cdktf_cdktf_provider_databricks.data_databricks_sql_warehouse import *
    from cdktf_cdktf_provider_databricks.default_namespace_setting import *
    from cdktf_cdktf_provider_databricks.directory import *
    from cdktf_cdktf_provider_databricks.disable_legacy_access_setting import *
    from cdktf_cdktf_provider_databricks.disable_legacy_dbfs_setting import *
    from cdktf_cdktf_provider_databricks.disable_legacy_features_setting import *
    from cdktf_cdktf_provider_databricks.enhanced_security_monitoring_workspace_setting import *
    from cdktf_cdktf_provider_databricks.entitlements import *
    from cdktf_cdktf_provider_databricks.entity_tag_assignment import *
    from cdktf_cdktf_provider_databricks.external_location import *
    from cdktf_cdktf_provider_databricks.file import *
    from cdktf_cdktf_provider_databricks.grant import *
    from cdktf_cdktf_provider_databricks.grants import *
    from cdktf_cdktf_provider_databricks.group import *
    from cdktf_cdktf_provider_databricks.group_member import *
    from cdktf_cdktf_provider_databricks.ip_access_list import *
    from cdktf_cdktf_provider_databricks.job import *
    from cdktf_cdktf_provider_databricks.metastore import *
    from cdktf_cdktf_provider_databricks.metastore_assignment import *
    from cdktf_cdktf_provider_databricks.model_serving import *
    from cdktf_cdktf_provider_databricks.mws_credentials import *
    from cdktf_cdktf_provider_databricks.mws_customer_managed_keys import *
    from cdktf_cdktf_provider_databricks.mws_log_delivery import *
    from cdktf_cdktf_provider_databricks.mws_ncc_binding import *
    from cdktf_cdktf_provider_databricks.mws_ncc_private_endpoint_rule import *
    from cdktf_cdktf_provider_databricks.mws_network_connectivity_config import *
    from cdktf_cdktf_provider_databricks.mws_networks import *
    from cdktf_cdktf_provider_databricks.mws_permission_assignment import *
    from cdktf_cdktf_provider_databricks.mws_private_access_settings import *
    from cdktf_cdktf_provider_databricks.mws_storage_configurations import *
    from cdktf_cdktf_provider_databricks.mws_vpc_endpoint import *
    from cdktf_cdktf_provider_databricks.mws_workspaces import *
    from cdktf_cdktf_provider_databricks.notebook import *
    from cdktf_cdktf_provider_databricks.notification_destination import *
    from cdktf_cdktf_provider_databricks.permissions import *
    from cdktf_cdktf_provider_databricks.policy_info import *
    from cdktf_cdktf_provider_databricks.provider import *
    from cdktf_cdktf_provider_databricks.registered_model import *
    from cdktf_cdktf_provider_databricks.restrict_workspace_admins_setting import *
    from cdktf_cdktf_provider_databricks.rfa_access_request_destinations import *
    from cdktf_cdktf_provider_databricks.schema import *
    from cdktf_cdktf_provider_databricks.secret_acl import *
    from cdktf_cdktf_provider_databricks.secret_scope import *
    from cdktf_cdktf_provider_databricks.service_principal import *
    from cdktf_cdktf_provider_databricks.service_principal_federation_policy import *
    from cdktf_cdktf_provider_databricks.sql_endpoint import *
    from cdktf_cdktf_provider_databricks.sql_table import *
    from cdktf_cdktf_provider_databricks.storage_credential import *
    from cdktf_cdktf_provider_databricks.system_schema import *
    from cdktf_cdktf_provider_databricks.tag_policy import *
    from cdktf_cdktf_provider_databricks.volume import *
    from cdktf_cdktf_provider_databricks.workspace_binding import *
    from cdktf_cdktf_provider_databricks.workspace_conf import *
    from cdktf_cdktf_provider_databricks.workspace_file import *
    from cdktf_cdktf_provider_databricks.workspace_network_option import *
else:

    def __getattr__(name: str) -> object:
        found = find_class(name)
        globals()[name] = found
        return found
