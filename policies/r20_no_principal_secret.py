"""R20: a service principal has no secret

Severity: HIGH

Why
    A secret is a password that somebody copies: left alone it lives two years, and it lands in the state in clear. A
    federation policy needs none.

Anti-pattern
    resource:
      databricks_service_principal_secret:
        deploy:
          service_principal_id: "1234"

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
    Security Analysis Tool, IA-9; provider documentation of databricks_service_principal_secret on the lifetime.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, Rule, failed, passed

_FORBIDDEN = "databricks_service_principal_secret"


class NoPrincipalSecret(Rule):
    """A federation policy may be declared, a secret may not."""

    resources = ("databricks_service_principal_federation_policy", _FORBIDDEN)

    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer: the type's."""
        if block.kind == _FORBIDDEN:
            yield failed(_FORBIDDEN, "lands in the state; wanted a federation policy")
        else:
            yield passed()


RULE = NoPrincipalSecret()
