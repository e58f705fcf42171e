"""R18: no machine administers the account

Severity: CRITICAL

Why
    An account administrator makes itself anything else. A service principal that is one turns every workflow that can
    sign in as it into the keys of all workspaces.

Anti-pattern
    resource:
      databricks_service_principal_role:
        deploy:
          service_principal_id: "1234"
          role: account_admin

Best practice
    resource:
      databricks_service_principal_role:
        deploy:
          service_principal_id: "1234"
          role: arn:aws:iam::000000000000:instance-profile/claims-prod

Not seen
    A service principal that is in a group with the role, and a role given by its id.

Sources
    Judgement; provider documentation of databricks_service_principal_role on what a role can be.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, Rule


class NoAccountAdminPrincipal(Rule):
    """The role is another one."""

    resources = ("databricks_service_principal_role",)

    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer: the role's."""
        yield block.leaf("role").must(_is_smaller, "wanted a role below the account's administrator")


def _is_smaller(role: object) -> bool:
    return isinstance(role, str) and role.strip().lower() not in ("", "account_admin")


RULE = NoAccountAdminPrincipal()
