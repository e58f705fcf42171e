"""Whoever watches an environment's releases: a service principal that nobody signs in as, alone in a group."""

from __future__ import annotations

from collections.abc import Mapping

from binding import Construct, databricks
from landing_zone.account_group import AccountGroup
from landing_zone.job_principal import job_principal
from shipway.models.deployment import WatchPrincipalSpec

__all__ = ["WatchPrincipal"]


class WatchPrincipal(Construct):
    """The run-as identity of the watcher's job; what it may do is granted to its group. `groups` has all by name."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        spec: WatchPrincipalSpec,
        account_id: str,
        deployers: str,
        managers: str,
        groups: Mapping[str, AccountGroup],
    ) -> None:
        super().__init__(scope, id_)
        self.group = databricks.Group(self, "group", display_name=spec.group, allow_cluster_create=False)
        self.principal = job_principal(
            self,
            name=spec.principal,
            group_id=self.group.id,
            account_id=account_id,
            deployers=deployers,
            managers=managers,
            groups=groups,
        )
