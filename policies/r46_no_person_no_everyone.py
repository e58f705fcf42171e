"""R46: a grant names a group, neither a person nor everyone

Severity: HIGH

Why
    A person leaves and the grant stays. `account users` is everybody in the account, contractors and the service
    principals of other teams among them. BROWSE for everyone is the exception: it shows that data exists so that
    access can be asked for.

Anti-pattern
    resource:
      databricks_grants:
        triage:
          schema: claims_prod.triage
          grant:
            - principal: account users
              privileges: [USE_SCHEMA, SELECT]
            - principal: jane@example.com
              privileges: [SELECT]

Best practice
    resource:
      databricks_grants:
        claims:
          catalog: claims_prod
          grant:
            - principal: account users
              privileges: [BROWSE]
            - principal: acme-claims-triage-consumers
              privileges: [USE_CATALOG]

Sources
    Unity Catalog best practices.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._grants import GRANTS, grants_of, spelled
from policies._rule import Answer, Block, Rule, passed

_EVERYONE = frozenset({"account users", "users"})


class NoPersonNoEveryone(Rule):
    """The principal is a group or a service principal; everyone only browses."""

    resources = GRANTS

    def judge(self, block: Block) -> Iterator[Answer]:
        """An answer for each principal, and one for each privilege of everyone."""
        for grant in grants_of(block):
            principal = grant.leaf("principal")
            if principal.is_principal_id:
                yield passed()
            elif _is_everyone(principal.value):
                for privilege in grant.each("privileges"):
                    yield privilege.must(
                        lambda name: spelled(name) == "BROWSE", "for everyone; wanted BROWSE at most, or a group"
                    )
            else:
                yield principal.must(_is_group, "wanted a group")


def _is_everyone(name: object) -> bool:
    return isinstance(name, str) and " ".join(name.lower().split()) in _EVERYONE


def _is_group(name: object) -> bool:
    return isinstance(name, str) and bool(name.strip()) and "@" not in name


RULE = NoPersonNoEveryone()
