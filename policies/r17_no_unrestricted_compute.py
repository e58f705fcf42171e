"""R17: nobody may start compute outside a cluster policy

Severity: MEDIUM

Why
    `allow_cluster_create` and `allow_instance_pool_create` let a principal start anything of any size, in any access
    mode, with any init script: every cluster policy is then advice.

Anti-pattern
    resource:
      databricks_group:
        authors:
          display_name: acme-claims-authors
          allow_cluster_create: true

Best practice
    resource:
      databricks_group:
        authors:
          display_name: acme-claims-authors
          allow_cluster_create: false

Sources
    Security Analysis Tool; security best practices of Databricks.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, Rule, is_no


class NoUnrestrictedCompute(Rule):
    """Neither entitlement is given, to whatever kind of principal."""

    resources = (
        "databricks_entitlements",
        "databricks_group",
        "databricks_service_principal",
        "databricks_user",
    )

    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer for each of the two entitlements."""
        for name in ("allow_cluster_create", "allow_instance_pool_create"):
            yield block.leaf(name).must(is_no, "wanted false: compute is made under a cluster policy")


RULE = NoUnrestrictedCompute()
