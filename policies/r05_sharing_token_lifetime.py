"""R05: a token for data shared outside lives at most 90 days

Severity: HIGH

Why
    Whoever has a recipient's token reads the shared tables, from anywhere, with no sign-in. A lifetime of 0 is no
    limit at all.

Anti-pattern
    resource:
      databricks_metastore:
        primary:
          name: acme-eu-central-1
          owner: acme-platform-admins
          delta_sharing_scope: INTERNAL_AND_EXTERNAL
          delta_sharing_recipient_token_lifetime_in_seconds: 0

Best practice
    resource:
      databricks_metastore:
        primary:
          name: acme-eu-central-1
          owner: acme-platform-admins
          delta_sharing_scope: INTERNAL_AND_EXTERNAL
          delta_sharing_recipient_token_lifetime_in_seconds: 2592000
          lifecycle:
            prevent_destroy: true

Sources
    Security Analysis Tool, GOV-17; provider documentation of databricks_metastore on 0.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, Rule, either
from policies._values import between, is_absent

_LONGEST_DAYS = 90
_SECONDS = 24 * 60 * 60


class SharingTokenLifetime(Rule):
    """Nothing is shared outside, or the lifetime is 1 second to 90 days."""

    resources = ("databricks_metastore",)

    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer: the better of scope and lifetime, since one suffices."""
        scope = block.leaf("delta_sharing_scope")
        lifetime = block.leaf("delta_sharing_recipient_token_lifetime_in_seconds")
        short = lifetime.must(between(1, _LONGEST_DAYS * _SECONDS), f"wanted 1 to {_LONGEST_DAYS * _SECONDS}")
        yield either(short, scope.must(lambda value: is_absent(value) or value == "INTERNAL", ""))


RULE = SharingTokenLifetime()
