"""The blocks of an authoritative list of grants.

A securable that a stack owns has one such list: what is missing in it is revoked on the next apply. Two of them on one
securable, or one beside a single grant, take turns at revoking each other's.
"""

from __future__ import annotations

from binding import databricks
from shipway.models.deployment import Grant

__all__ = ["grant_list"]


def grant_list(specs: tuple[Grant, ...]) -> list[databricks.GrantsGrant]:
    """The blocks of a `databricks_grants`, in the order that resolve fixed."""
    return [databricks.GrantsGrant(principal=spec.principal, privileges=list(spec.privileges)) for spec in specs]
