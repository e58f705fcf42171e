"""Whoever installs an environment's functions and tables: a service principal that nobody signs in as."""

from __future__ import annotations

from collections.abc import Mapping

from binding import Construct, databricks
from landing_zone.account_group import AccountGroup
from landing_zone.rule_set import RuleSet

__all__ = ["SetupPrincipal"]


class SetupPrincipal(Construct):
    """The run-as identity of the data setup job; what it may do, it may as a member of the platform's deployers."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        account_id: str,
        deployers: str,
        managers: str,
        groups: Mapping[str, AccountGroup],
    ) -> None:
        super().__init__(scope, id_)
        self.principal = databricks.ServicePrincipal(self, "principal", display_name=name, allow_cluster_create=False)
        databricks.GroupMember(self, "member", group_id=groups[deployers].id, member_id=self.principal.id)
        RuleSet(
            self,
            "rule_set",
            account_id=account_id,
            about=f"servicePrincipals/{self.principal.application_id}",
            # Who deploys the landing zone sets the job's run_as.
            roles={"servicePrincipal.manager": [managers], "servicePrincipal.user": [deployers]},
            groups=groups,
        )
