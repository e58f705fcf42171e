"""Whom a job of the landing zone runs as: a service principal that nobody signs in as, in one group."""

from __future__ import annotations

from collections.abc import Mapping

from binding import Construct, databricks
from landing_zone.account_group import AccountGroup
from landing_zone.rule_set import RuleSet

__all__ = ["job_principal"]


def job_principal(
    scope: Construct,
    *,
    name: str,
    group_id: str,
    account_id: str,
    deployers: str,
    managers: str,
    groups: Mapping[str, AccountGroup],
) -> databricks.ServicePrincipal:
    """The principal `name`, in the group with this id; what it may do, it may as a member. `groups` has all by name."""
    principal = databricks.ServicePrincipal(scope, "principal", display_name=name, allow_cluster_create=False)
    databricks.GroupMember(scope, "member", group_id=group_id, member_id=principal.id)
    RuleSet(
        scope,
        "rule_set",
        account_id=account_id,
        about=f"servicePrincipals/{principal.application_id}",
        # Who deploys the landing zone sets the job's run_as.
        roles={"servicePrincipal.manager": [managers], "servicePrincipal.user": [deployers]},
        groups=groups,
    )
    return principal
