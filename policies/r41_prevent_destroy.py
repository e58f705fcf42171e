"""R41: what holds data or closes a door cannot be destroyed by a plan

Severity: HIGH

Why
    A renamed key in a document is a destroy and a create, and the data goes with it; a setting that is deleted goes
    back to Databricks' open default. With `prevent_destroy` such a plan is refused, and lifting it is a change that
    somebody reviews.

Anti-pattern
    resource:
      databricks_schema:
        triage:
          //:
            metadata:
              path: prod-landing-zone/catalogs/claims/schemas/triage/schema
          catalog_name: ${databricks_catalog.claims.name}
          name: triage
          lifecycle:
            prevent_destroy: false

Best practice
    resource:
      databricks_schema:
        triage:
          //:
            metadata:
              path: prod-landing-zone/catalogs/claims/schemas/triage/schema
          catalog_name: ${databricks_catalog.claims.name}
          name: triage
          lifecycle:
            prevent_destroy: true

Not seen
    A block that vanished from the document: Terraform then has no lifecycle to read. The rule R40 reads the plan.
    Below production, by the environment's name, `false` is taken for the decision that it is; leaving it out is not.
    A waiver of R40 for a path is one of this rule too: it is what lifts the protection there.

Sources
    Judgement; none of the public landing zones has it. Terraform takes nothing but the literal for it.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._place import below_production
from policies._protected import PROTECTED
from policies._rule import Answer, Block, Rule


class PreventDestroy(Rule):
    """The lifecycle says so in as many words."""

    resources = PROTECTED

    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer for each lifecycle, or that there is none."""
        lax = below_production(block)
        wanted = "wanted true or false" if lax else "wanted true"
        for lifecycle in block.needed("lifecycle"):
            said = lifecycle.leaf("prevent_destroy")
            yield said.must(lambda value: value is True or (lax and value is False), wanted)


RULE = PreventDestroy()
