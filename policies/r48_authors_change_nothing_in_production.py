"""R48: who writes the code changes nothing in production

Severity: CRITICAL

Why
    An author who can write in production needs no review: the reviewed release and what is there are then two things,
    and the audit shows only the first.

Anti-pattern
    resource:
      databricks_grants:
        triage:
          //:
            metadata:
              path: prod-landing-zone/catalogs/claims/schemas/triage/grants
          schema: claims_prod.triage
          grant:
            - principal: acme-claims-triage-authors
              privileges: [USE_SCHEMA, SELECT, MODIFY]

Best practice
    resource:
      databricks_grants:
        triage:
          //:
            metadata:
              path: prod-landing-zone/catalogs/claims/schemas/triage/grants
          schema: claims_prod.triage
          grant:
            - principal: acme-claims-triage-authors
              privileges: [USE_SCHEMA, SELECT]
            - principal: acme-claims-triage-runners-prod
              privileges: [USE_SCHEMA, SELECT, MODIFY]

Not seen
    Who is in the groups, and other groups of people that write code. Stacks of environments below production, by their
    names.

Sources
    Judgement: segregation of duties.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies._grants import GRANTS, grants_of, spelled
from policies._place import in_production
from policies._rule import Answer, Block, Leaf, Rule, passed

_CHANGES = re.compile(r"MODIFY|CREATE.*|WRITE_.*|APPLY_TAG|MANAGE|ALL_PRIVILEGES")


class AuthorsChangeNothingInProduction(Rule):
    """In production a group of authors holds no privilege that changes anything."""

    resources = GRANTS

    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer for each privilege."""
        strict = in_production(block)
        for grant in grants_of(block):
            principal = grant.leaf("principal")
            for privilege in grant.each("privileges"):
                yield _judged(principal, privilege) if strict else passed()


def _judged(principal: Leaf, privilege: Leaf) -> Answer:
    if principal.is_principal_id or _is_another(principal.value, principal.unknown):
        return passed()
    if not privilege.unknown and _changes(privilege.value):
        return principal.must(lambda _: False, f"authors hold {spelled(privilege.value)} in production")
    return privilege.must(lambda _: True, "")


def _is_another(name: object, unknown: bool) -> bool:
    return not unknown and not str(name).strip().lower().endswith("-authors")


def _changes(privilege: object) -> bool:
    return bool(_CHANGES.fullmatch(spelled(privilege)))


RULE = AuthorsChangeNothingInProduction()
