"""What a finding means for those who answer for the environment, by the type of object and the attribute.

Access comes first: whoever may do more than was agreed, or a setting that kept people out and does not any more. Then
data, then what runs, then what only reads differently. Our own reading, one table.
"""

from __future__ import annotations

import re

from shipway.drift.model import Kind, Weight

__all__ = ["ADDED_MATTERS", "NOT_COMPARED", "has_data", "seen_by_plan", "weight"]

NOT_COMPARED = frozenset(
    {
        # Written by the service at every change; they say that something changed, not what.
        *("id", "etag", "created_at", "created_by", "updated_at", "updated_by", "create_time", "update_time", "url"),
        *("created_timestamp", "creator_name", "creator_user_name", "last_updated_at", "last_updated_timestamp"),
        *("full_name", "catalog_type", "securable_type", "browse_only", "metastore_id", "storage_location"),
        *("schema_id", "volume_path", "policy_id", "acl_principal_id", "setting_name", "always_running", "home"),
        *("repos", "application_id", "backend_type", "object_type", "uid", "credential_id", "storage_credential_id"),
        # Arguments of Terraform alone: the API has no such thing, so no workspace can answer with it.
        *("force_destroy", "force", "force_update", "skip_validation", "disable_as_user_deletion", "provider_config"),
        *("force_delete_repos", "force_delete_home_dir", "timeouts", "control_run_state", "allow_missing"),
    }
)
"""Attributes in which two sides differ without anything being different."""

ADDED_MATTERS = frozenset(
    {
        *("owner", "isolation_mode", "run_as", "schedule", "trigger", "continuous", "queue", "git_source"),
        *("task", "job_cluster", "environment", "parameter", "email_notifications", "webhook_notifications"),
        *("tags", "properties", "comment", "allowed_principal", "libraries", "grant", "custom_config"),
    }
)
"""Attributes that are told where only the workspace has them. Any other may be a default of Databricks' own."""

_HARDENING = re.compile(
    r"databricks_(workspace_conf|.*_setting|.*_setting_v2|ip_access_list|account_network_policy|workspace_network_option"
    r"|service_principal_federation_policy|access_control_rule_set|policy_info|entitlements|artifact_allowlist)"
)
_DATA = re.compile(r"databricks_(catalog|schema|volume|registered_model|sql_table|table|external_location)")
_ACCESS_ATTRIBUTES = frozenset({"owner", "run_as", "isolation_mode", "roles", "entitlements"})
_DATA_ATTRIBUTES = frozenset({"storage_root", "url", "credential_name", "volume_type", "properties"})
_COSMETIC = frozenset({"comment", "description", "tags", "custom_tags", "display_name", "options"})
_UNMANAGED_ACCESS = re.compile(
    r"databricks_(external_location|storage_credential|connection|share|recipient|ip_access_list|token|credential)"
)
_FRAMEWORK = frozenset({"databricks_policy_info", "databricks_tag_policy", "databricks_account_network_policy"})


def has_data(kind: str) -> bool:
    """Whether objects of this type hold data, so that deleting one loses some."""
    return _DATA.fullmatch(kind) is not None


def weight(kind: Kind, type_: str, attribute: str = "") -> Weight:
    """What a finding of that kind means."""
    match kind:
        case Kind.EXTRA | Kind.EXTRA_RIGHT | Kind.OWNER:
            return Weight.ACCESS
        case Kind.LOST_RIGHT | Kind.SCHEDULE:
            return Weight.BEHAVIOUR
        case Kind.UNMANAGED:
            return Weight.ACCESS if _UNMANAGED_ACCESS.fullmatch(type_) else _object(type_)
        case Kind.STATE_ONLY | Kind.NOT_DEPLOYED | Kind.MISSING:
            return Weight.ACCESS if _HARDENING.fullmatch(type_) else _object(type_)
    return _attribute(type_, re.split(r"[.\[{]", attribute)[0])


def _object(type_: str) -> Weight:
    return Weight.DATA if has_data(type_) else Weight.BEHAVIOUR


def _attribute(type_: str, attribute: str) -> Weight:
    if _HARDENING.fullmatch(type_) or attribute in _ACCESS_ATTRIBUTES:
        return Weight.ACCESS
    if attribute in _DATA_ATTRIBUTES:
        return Weight.DATA
    return Weight.COSMETIC if attribute in _COSMETIC else Weight.BEHAVIOUR


def seen_by_plan(type_: str, *, is_declared: bool, is_observed: bool) -> bool:
    """Whether `terraform plan` shows that an attribute changed.

    The provider's reader (StructToData in common/reflect_resource.go) keeps what the state had where the API answers
    with nothing for an optional attribute (issue 5624), and drops what the API answers for one that was never
    configured. Types written with the newer plugin framework do not go through it.
    """
    return is_declared and (is_observed or type_ in _FRAMEWORK or type_.endswith("_setting"))
