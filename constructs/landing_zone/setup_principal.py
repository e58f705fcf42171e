"""Whoever installs an environment's functions and tables: a service principal that nobody signs in as."""

from __future__ import annotations

from collections.abc import Mapping

from binding import Construct
from landing_zone.account_group import AccountGroup
from landing_zone.job_principal import job_principal

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
        self.principal = job_principal(
            self,
            name=name,
            group_id=groups[deployers].id,
            account_id=account_id,
            deployers=deployers,
            managers=managers,
            groups=groups,
        )
