"""R45: only the platform team and deployers hold MANAGE

Severity: HIGH

Why
    Who holds MANAGE can grant anything on the object to anyone, drop it and rename it, so it is ownership by another
    name. An author who holds it in prod is both sides of the segregation of duties.

Anti-pattern
    resource:
      databricks_grants:
        triage:
          schema: claims_prod.triage
          grant:
            - principal: acme-claims-triage-authors
              privileges: [USE_SCHEMA, MANAGE]

Best practice
    resource:
      databricks_grants:
        triage:
          schema: claims_prod.triage
          grant:
            - principal: acme-platform-deployers
              privileges: [MANAGE]
            - principal: acme-claims-triage-deployers-prod
              privileges: [MANAGE]
            - principal: acme-claims-triage-authors
              privileges: [USE_SCHEMA]

Not seen
    Who is in the groups. They are told by the naming standard: `<organisation>-platform-admins`,
    `<organisation>-platform-deployers` and `<organisation>-<use-case>-deployers-<environment>`.

Sources
    Unity Catalog best practices.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._grants import GRANTS, grants_of, is_administering_group, spelled
from policies._rule import Answer, Block, Rule, passed


class ManageOnlyAdministrators(Rule):
    """A privilege is not MANAGE, or its principal administers."""

    resources = GRANTS

    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer for each privilege."""
        for grant in grants_of(block):
            principal = grant.leaf("principal")
            for privilege in grant.each("privileges"):
                if is_administering_group(principal.value):
                    yield passed()
                elif not privilege.unknown and spelled(privilege.value) == "MANAGE":
                    yield principal.must(is_administering_group, "holds MANAGE; wanted a platform or deployers group")
                else:
                    yield privilege.must(lambda _: True, "may be MANAGE")


RULE = ManageOnlyAdministrators()
