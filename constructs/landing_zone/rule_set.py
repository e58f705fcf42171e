"""Who may use or manage an object of the account: one rule set for each, since two would take turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from binding import Construct, databricks
from landing_zone.account_group import AccountGroup

__all__ = ["RuleSet"]


class RuleSet(Construct):
    """All rules of one object; whoever is not listed loses the role on the next apply."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        account_id: str,
        about: str,
        roles: Mapping[str, Sequence[str]],
        groups: Mapping[str, AccountGroup],
    ) -> None:
        """`about` is `servicePrincipals/<application id>` or its like; `roles` has the groups' names by role."""
        super().__init__(scope, id_)
        named = sorted({name for names in roles.values() for name in names})
        databricks.AccessControlRuleSet(
            self,
            "rules",
            name=f"accounts/{account_id}/{about}/ruleSets/default",
            grant_rules=[
                databricks.AccessControlRuleSetGrantRules(
                    role=f"roles/{role}", principals=[f"groups/{name}" for name in names]
                )
                for role, names in roles.items()
                if names
            ],
            # By name, so that who reads the plan sees who it is; so Terraform is told that the groups come first.
            depends_on=[groups[name] for name in named],
        )
