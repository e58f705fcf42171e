"""R44: nobody holds ALL_PRIVILEGES

Severity: HIGH

Why
    It also grants what does not exist yet: a privilege that Databricks adds next year is given today, and no review
    sees it. A list says what is meant and can be compared.

Anti-pattern
    resource:
      databricks_grants:
        triage:
          schema: claims_prod.triage
          grant:
            - principal: acme-claims-data-stewards
              privileges: [ALL_PRIVILEGES]

Best practice
    resource:
      databricks_grants:
        triage:
          schema: claims_prod.triage
          grant:
            - principal: acme-claims-data-stewards
              privileges: [USE_SCHEMA, SELECT, APPLY_TAG]

Sources
    Unity Catalog best practices; the Security Reference Architecture grants it to a user.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._grants import GRANTS, grants_of, spelled
from policies._rule import Answer, Block, Rule


class NoAllPrivileges(Rule):
    """Every privilege is one by name."""

    resources = GRANTS

    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer for each privilege."""
        for grant in grants_of(block):
            for privilege in grant.each("privileges"):
                yield privilege.must(lambda name: spelled(name) != "ALL_PRIVILEGES", "wanted the privileges by name")


RULE = NoAllPrivileges()
