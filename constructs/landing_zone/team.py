"""A group of people that takes roles in use cases."""

from __future__ import annotations

from collections.abc import Mapping

from binding import Construct, databricks
from landing_zone.account_group import AccountGroup, account_group
from shipway.models.deployment import TeamSpec

__all__ = ["PeopleTeam"]


class PeopleTeam(Construct):
    """One team, a member of its roles' groups; who is in the team is the team's own matter."""

    def __init__(self, scope: Construct, id_: str, *, spec: TeamSpec, groups: Mapping[str, AccountGroup]) -> None:
        super().__init__(scope, id_)
        self.group = account_group(self, spec.group.model_copy(update={"key": "group"}))
        roles = Construct(self, "roles")
        use_cases: dict[str, Construct] = {}
        for use_case, role, name in spec.roles:
            if use_case not in use_cases:
                use_cases[use_case] = Construct(roles, use_case)
            databricks.GroupMember(use_cases[use_case], role, group_id=groups[name].id, member_id=self.group.id)
