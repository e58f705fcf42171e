"""Whoever watches an environment's releases: a service principal that nobody signs in as, alone in a group."""

from __future__ import annotations

from collections.abc import Mapping

from binding import Construct, databricks
from landing_zone.account_group import AccountGroup
from landing_zone.rule_set import RuleSet
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
        self.principal = databricks.ServicePrincipal(
            self, "principal", display_name=spec.principal, allow_cluster_create=False
        )
        databricks.GroupMember(self, "member", group_id=self.group.id, member_id=self.principal.id)
        RuleSet(
            self,
            "rule_set",
            account_id=account_id,
            about=f"servicePrincipals/{self.principal.application_id}",
            # Who deploys the landing zone sets the job's run_as.
            roles={"servicePrincipal.manager": [managers], "servicePrincipal.user": [deployers]},
            groups=groups,
        )
