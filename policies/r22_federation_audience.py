"""R22: a federated token is meant for this account, and signed by its issuer

Severity: MEDIUM

Why
    A token without a named audience may have been made for somebody else and passed on. Keys written into the policy
    stay trusted when the issuer has long replaced them, or were never the issuer's.

Anti-pattern
    resource:
      databricks_service_principal_federation_policy:
        deploy:
          service_principal_id: 1234
          oidc_policy:
            issuer: https://token.actions.githubusercontent.com
            subject: repo:acme/platform:environment:prod
            jwks_json: '{"keys": []}'

Best practice
    resource:
      databricks_service_principal_federation_policy:
        deploy:
          service_principal_id: 1234
          oidc_policy:
            issuer: https://token.actions.githubusercontent.com
            audiences: [00000000-0000-0000-0000-000000000000]
            subject: repo:acme/platform:environment:prod

Not seen
    Whether the audience is this account's.

Sources
    Provider documentation of databricks_service_principal_federation_policy; that keys from another address are
    refused too is judgement.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, Rule, failed
from policies._values import is_absent, is_given


class FederationAudience(Rule):
    """At least one audience, none of them empty, and no keys but the issuer's."""

    resources = ("databricks_account_federation_policy", "databricks_service_principal_federation_policy")

    def judge(self, block: Block) -> Iterator[Answer]:
        """An answer for each audience, and one for each way to bring keys."""
        for policy in block.needed("oidc_policy"):
            audiences = list(policy.each("audiences"))
            if not audiences:
                yield failed(f"{policy.path}.audiences", "is missing, wanted the account's id")
            for audience in audiences:
                yield audience.must(is_given, "wanted the account's id")
            for name in ("jwks_json", "jwks_uri"):
                yield policy.leaf(name).must(is_absent, "wanted none: the issuer publishes its keys")


RULE = FederationAudience()
