"""R12: serverless compute reaches only what is listed

Severity: HIGH

Why
    With full access a notebook sends what it reads to any address there is. A dry run only writes down that it did.

Anti-pattern
    resource:
      databricks_account_network_policy:
        prod:
          account_id: 00000000-0000-0000-0000-000000000000
          network_policy_id: acme-prod
          egress:
            network_access:
              restriction_mode: RESTRICTED_ACCESS
              policy_enforcement:
                enforcement_mode: DRY_RUN

Best practice
    resource:
      databricks_account_network_policy:
        prod:
          account_id: 00000000-0000-0000-0000-000000000000
          network_policy_id: acme-prod
          egress:
            network_access:
              restriction_mode: RESTRICTED_ACCESS
              policy_enforcement:
                enforcement_mode: ENFORCED
          lifecycle:
            prevent_destroy: true

Not seen
    Which workspaces have the policy. While a dry run is meant, a waiver says until when.

Sources
    Security Analysis Tool, NS-9; Security Reference Architecture; provider documentation of
    databricks_account_network_policy.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, Rule
from policies._values import is_absent, one_of


class RestrictedEgress(Rule):
    """RESTRICTED_ACCESS, and enforced, which is the default."""

    resources = ("databricks_account_network_policy",)

    def judge(self, block: Block) -> Iterator[Answer]:
        """An answer for the mode, and one for the enforcement where it is given."""
        for egress in block.needed("egress"):
            for access in egress.needed("network_access"):
                mode = access.leaf("restriction_mode")
                yield mode.must(one_of("RESTRICTED_ACCESS"), "wanted RESTRICTED_ACCESS")
                for enforcement in access.blocks("policy_enforcement"):
                    yield enforcement.leaf("enforcement_mode").must(_is_enforced, "wanted ENFORCED")


def _is_enforced(mode: object) -> bool:
    return is_absent(mode) or mode == "ENFORCED"


RULE = RestrictedEgress()
