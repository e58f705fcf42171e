"""What must not be lost by an apply: the types that hold data or close a door, and who has said that one may go.

In a protected environment every resource of these types is synthesized with `prevent_destroy`. A waiver of R40 lifts it
for the construct paths it names; which day it is decides the scan and the plan rules, because synthesis has no clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from shipway.models.waivers import Waiver

__all__ = ["HOLDS_DATA", "KEEPS_CLOSED", "LIFTED_BY", "is_lifted", "is_protected", "lifted_paths"]

LIFTED_BY = "R40"
"""The rule whose waiver lifts protection."""

HOLDS_DATA = frozenset(
    {
        "databricks_catalog",
        "databricks_credential",
        "databricks_external_location",
        "databricks_metastore",
        # Another metastore is another set of catalogs: the workspace loses sight of all that it had.
        "databricks_metastore_assignment",
        "databricks_mws_customer_managed_keys",
        "databricks_mws_storage_configurations",
        "databricks_mws_workspaces",
        "databricks_registered_model",
        "databricks_schema",
        # Its values stand nowhere else: neither in a document nor in the state.
        "databricks_secret_scope",
        "databricks_sql_table",
        "databricks_storage_credential",
        "databricks_volume",
    }
)
"""Types that hold data, or without which data cannot be reached."""

# Deleting one restores the open default: the provider's delete of a setting calls the API's (research of 1.99.0).
KEEPS_CLOSED = frozenset(
    {
        "databricks_account_network_policy",
        "databricks_ip_access_list",
        "databricks_mws_log_delivery",
        "databricks_mws_private_access_settings",
        # A mask or a row filter: without it everybody with SELECT reads what it hid.
        "databricks_policy_info",
        # Deleting one switches the schema off, and with it the record of who read what.
        "databricks_system_schema",
        "databricks_workspace_conf",
    }
)
"""Types whose absence lowers security; every `*_setting` is one too."""

_SETTING = re.compile(r"databricks_\w+_setting(_v2)?")


def is_protected(type_name: str) -> bool:
    """Whether resources of this type must not be destroyed without a waiver."""
    return type_name in HOLDS_DATA or type_name in KEEPS_CLOSED or _SETTING.fullmatch(type_name) is not None


def lifted_paths(spoken: Iterable[tuple[str, Iterable[Waiver]]]) -> tuple[str, ...]:
    """The construct paths that waivers lift protection for; each document's come with the scope it may speak for."""
    found = set()
    for scope, waivers in spoken:
        paths = [waiver.path for waiver in waivers if waiver.rule == LIFTED_BY and waiver.path is not None]
        # A path above the scope speaks of all that is in it, and of nothing beside it.
        found |= {path if is_lifted(path, [scope]) else scope for path in paths if _overlap(path, scope)}
    return tuple(sorted(found))


def is_lifted(construct_path: str, lifted: Iterable[str]) -> bool:
    """Whether a construct path is one of those lifted, or below one."""
    # The slash keeps `prod/jobs` from covering `prod/jobs-of-others`.
    return any(f"{construct_path}/".startswith(f"{path}/") for path in lifted)


def _overlap(path: str, scope: str) -> bool:
    return is_lifted(path, [scope]) or is_lifted(scope, [path])
