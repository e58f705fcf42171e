"""R16: people come from the identity provider, never from Terraform

Severity: MEDIUM

Why
    A user made here stays after the person has left: the identity provider does not know of the account and removes
    nothing. Roles given to one user are rights that no group shows.

Anti-pattern
    resource:
      databricks_user:
        jane:
          user_name: jane@example.com
      databricks_user_role:
        jane-role:
          user_id: "1234"
          role: account_admin

Best practice
    resource:
      databricks_group:
        authors:
          display_name: acme-claims-authors
          external_id: 00000000-0000-0000-0000-000000000000

Sources
    Unity Catalog best practices; CIS Microsoft Azure Foundations v5.0.0, 2.1.4.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, Rule, failed, passed

_PEOPLE = frozenset({"databricks_user", "databricks_user_role", "databricks_user_instance_profile"})


class NoUsers(Rule):
    """A group may be declared, a user may not."""

    resources = (*sorted(_PEOPLE), "databricks_group")

    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer: the type's."""
        if block.kind in _PEOPLE:
            yield failed(block.kind, "is one person's; let the identity provider provision users and grant to groups")
        else:
            yield passed()


RULE = NoUsers()
