"""R21: a deploy identity trusts exactly one environment of one repository

Severity: CRITICAL

Why
    Whoever can mint a token that matches the subject is the service principal. A subject for a branch or a pull
    request can be had by anyone who may push or open one; an environment's cannot be had without its protection rules.
    An issuer nobody here knows mints what it likes.

Anti-pattern
    resource:
      databricks_service_principal_federation_policy:
        deploy:
          service_principal_id: 1234
          oidc_policy:
            issuer: https://token.actions.githubusercontent.com
            audiences: [00000000-0000-0000-0000-000000000000]
            subject: repo:acme/platform:pull_request

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
    Whether the environment in the subject is the one that the service principal deploys to, and whether that
    environment has protection rules at all.

Sources
    Databricks, workload identity federation with GitHub; GitHub, hardening deployments with OpenID Connect.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies._rule import Answer, Block, Rule, failed

_ISSUERS = ("https://token.actions.githubusercontent.com",)
_SUBJECT = re.compile(r"repo:[A-Za-z0-9-]+/[A-Za-z0-9_.-]+:environment:[A-Za-z0-9_-]+")


class FederationBoundToEnvironment(Rule):
    """Issuer from the list, subject of one environment, and the claim is the subject's own."""

    resources = ("databricks_service_principal_federation_policy",)

    def judge(self, block: Block) -> Iterator[Answer]:
        """Three answers for each policy."""
        policies = list(block.blocks("oidc_policy"))
        if not policies:
            yield failed("oidc_policy", "is missing, wanted issuer and subject")
        for policy in policies:
            known = ", ".join(sorted(_ISSUERS))
            yield policy.leaf("issuer").must(lambda issuer: issuer in _ISSUERS, f"wanted one of {known}")
            yield policy.leaf("subject").must(_is_environment, "wanted repo:<owner>/<name>:environment:<environment>")
            # With another claim the subject above is compared with something else.
            yield policy.leaf("subject_claim").must(lambda claim: claim in (None, "sub"), "wanted sub, the default")


def _is_environment(subject: object) -> bool:
    return isinstance(subject, str) and bool(_SUBJECT.fullmatch(subject))


RULE = FederationBoundToEnvironment()
