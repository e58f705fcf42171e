"""Whoever installs an environment's functions and tables: a service principal that nobody signs in as."""

from __future__ import annotations

from binding import Construct, databricks
from landing_zone.account_group import AccountGroup

__all__ = ["SetupPrincipal"]


class SetupPrincipal(Construct):
    """The run-as identity of the data setup job; what it may do, it may as a member of the platform's deployers."""

    def __init__(self, scope: Construct, id_: str, *, name: str, deployers: AccountGroup) -> None:
        super().__init__(scope, id_)
        self.principal = databricks.ServicePrincipal(self, "principal", display_name=name, allow_cluster_create=False)
        databricks.GroupMember(self, "member", group_id=deployers.id, member_id=self.principal.id)
