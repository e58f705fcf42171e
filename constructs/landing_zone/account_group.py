"""A group of the account: made here, or made by the identity provider and found."""

from __future__ import annotations

from typing import TypeAlias

from binding import Construct, databricks
from shipway.models.deployment import GroupSpec

__all__ = ["AccountGroup", "account_group"]

# As text: touching a class here would start Node whenever the package is imported.
AccountGroup: TypeAlias = "databricks.Group | databricks.DataDatabricksGroup"


def account_group(scope: Construct, spec: GroupSpec) -> AccountGroup:
    """The group of that spec, under its key."""
    if spec.found:
        return databricks.DataDatabricksGroup(scope, spec.key, display_name=spec.name)
    return databricks.Group(scope, spec.key, display_name=spec.name, allow_cluster_create=False)
