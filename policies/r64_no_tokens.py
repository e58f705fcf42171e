"""R64: Terraform makes no access token

Severity: HIGH

Why
    A token made here is in the state in clear, and whoever reads the state is then the one it was made for. Without a
    lifetime it works until somebody thinks of it.

Anti-pattern
    resource:
      databricks_token:
        ci:
          comment: for the pipeline
      databricks_obo_token:
        deploy:
          application_id: 00000000-0000-0000-0000-000000000000
          lifetime_seconds: 3600

Best practice
    resource:
      databricks_service_principal_federation_policy:
        deploy:
          service_principal_id: 1234
          oidc_policy:
            issuer: https://token.actions.githubusercontent.com
            audiences: [00000000-0000-0000-0000-000000000000]
            subject: repo:acme/platform:environment:prod

Sources
    Security Analysis Tool, IA-4; KICS indefinitely_token and indefinitely_obo_token. That a short lifetime is no
    excuse is judgement.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, Rule, failed, passed

_TOKENS = ("databricks_obo_token", "databricks_token")


class NoTokens(Rule):
    """A federation policy may be declared, a token may not."""

    resources = ("databricks_service_principal_federation_policy", *_TOKENS)

    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer: the type's."""
        if block.kind in _TOKENS:
            yield failed(block.kind, "lands in the state; wanted a federation policy")
        else:
            yield passed()


RULE = NoTokens()
