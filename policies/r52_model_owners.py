"""R52: only a deployer decides which model is live

Severity: CRITICAL

Why
    Whoever owns a registered model sets its aliases, so an author who owns it is the release process. In production it
    is run by what serves it and by nobody else.

Anti-pattern
    resource:
      databricks_registered_model:
        triage:
          catalog_name: claims_prod
          schema_name: triage
          name: claims_triage
          owner: acme-claims-triage-authors
      databricks_grants:
        triage:
          //:
            metadata:
              path: prod-claims-triage/model/grants
          model: claims_prod.triage.claims_triage
          grant:
            - principal: acme-claims-triage-authors
              privileges: [EXECUTE]

Best practice
    resource:
      databricks_registered_model:
        triage:
          catalog_name: claims_prod
          schema_name: triage
          name: claims_triage
          owner: acme-claims-triage-deployers-prod
          lifecycle:
            prevent_destroy: true
      databricks_grants:
        triage:
          //:
            metadata:
              path: prod-claims-triage/model/grants
          model: claims_prod.triage.claims_triage
          grant:
            - principal: acme-claims-triage-runners-prod
              privileges: [EXECUTE]

Not seen
    Models whose EXECUTE is inherited from a schema's or a catalog's grants.

Sources
    Databricks, upgrade of workflows to models in Unity Catalog, on who sets an alias.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies._grants import GRANTS, grants_of, is_administering_group, spelled
from policies._place import in_production
from policies._rule import Answer, Block, Leaf, Rule, passed

_RUNS = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*-(consumers|deployers|runners)(-[a-z0-9]+)?")


class ModelOwners(Rule):
    """A deployers group or a service principal owns it; in production only what runs it may execute it."""

    resources = (*GRANTS, "databricks_registered_model")

    def judge(self, block: Block) -> Iterator[Answer]:
        """An answer for a model's owner, or one for each privilege on a model."""
        if block.kind not in GRANTS:
            owner = block.leaf("owner")
            yield passed() if owner.is_principal_id else owner.must(is_administering_group, "wanted a deployers group")
            return
        yield passed()
        if block.leaf("model").value is not None and in_production(block):
            for grant in grants_of(block):
                for privilege in grant.each("privileges"):
                    yield _judged(grant.leaf("principal"), privilege)


def _judged(principal: Leaf, privilege: Leaf) -> Answer:
    if principal.is_principal_id or (not privilege.unknown and spelled(privilege.value) != "EXECUTE"):
        return passed()
    return principal.must(_runs, "may EXECUTE it; wanted runners, consumers or deployers")


def _runs(name: object) -> bool:
    # The role is what the name ends with, so a use case called `x-runners` has authors and no runners by that.
    return isinstance(name, str) and bool(_RUNS.fullmatch(name)) and not name.endswith(("-authors", "-operators"))


RULE = ModelOwners()
