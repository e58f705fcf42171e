"""R55: every secret says who renews it, and how often

Severity: MEDIUM

Why
    A secret that nobody renews is valid in every copy that was ever made of it. A scope does not know what is in it: at
    provider 1.99 a value would land in the state, so values come from elsewhere, and with them what they need.

Anti-pattern
    resource:
      databricks_secret_scope:
        claims-triage:
          name: claims-triage-prod

Best practice
    resource:
      databricks_secret_scope:
        claims-triage:
          //:
            rotation:
              claims-desk-token:
                owner: Claims Analytics
                rotate_days: 90
          name: claims-triage-prod
          lifecycle:
            prevent_destroy: true

Not seen
    Whether it was renewed: neither a stack nor a plan knows. `shipway secrets status` asks the workspace.

Sources
    Security Analysis Tool, DP-1; the longest time between two renewals, a year, is our judgement.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, Rule, failed
from policies._values import between, is_given

_LONGEST_DAYS = 365


class SecretsAreRotated(Rule):
    """The scope's metadata name each secret, its owner and the days between two renewals."""

    resources = ("databricks_secret_scope",)

    def judge(self, block: Block) -> Iterator[Answer]:
        """Two answers for each secret; a scope without any is one that nobody rotates."""
        rotations = [rotation for comment in block.blocks("//") for rotation in comment.blocks("rotation")]
        secrets = [secret for rotation in rotations for name in rotation.names() for secret in rotation.blocks(name)]
        if not secrets:
            yield failed("rotation", "names no secret; wanted each with its owner and rotate_days")
        for secret in secrets:
            yield secret.leaf("owner").must(is_given, "wanted who renews it")
            yield secret.leaf("rotate_days").must(between(1, _LONGEST_DAYS), f"wanted 1 to {_LONGEST_DAYS}")


RULE = SecretsAreRotated()
