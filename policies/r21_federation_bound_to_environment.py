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
    Whether the environment in the subject is the one that the service principal deploys to, and whether it is guarded:
    an environment by protection rules, a branch of GitLab by being protected, a pipeline of Azure DevOps by approvals.

Sources
    Databricks, workload identity federation with GitHub; GitHub, hardening deployments with OpenID Connect.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from policies._rule import Answer, Block, Rule, failed

_NAME = r"[A-Za-z0-9][A-Za-z0-9_.-]*"
# Who signs, and what then stands for a guarded place: GitLab's token has no environment in its subject, so there it is
# a branch; Azure DevOps names the pipeline.
_SUBJECTS = {
    r"https://token\.actions\.githubusercontent\.com": rf"repo:[A-Za-z0-9-]+/[A-Za-z0-9_.-]+:environment:{_NAME}",
    r"https://gitlab\.com": rf"project_path:{_NAME}(/{_NAME})+:ref_type:branch:ref:{_NAME}(/{_NAME})*",
    r"https://vstoken\.dev\.azure\.com/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}": (
        r"p://[A-Za-z0-9-]+/[A-Za-z0-9_. -]*[A-Za-z0-9_.-]/[A-Za-z0-9][A-Za-z0-9_. -]*"
    ),
}


class FederationBoundToEnvironment(Rule):
    """Issuer from the list, subject of one environment, and the claim is the subject's own."""

    resources = ("databricks_service_principal_federation_policy",)

    def judge(self, block: Block) -> Iterator[Answer]:
        """Three answers for each policy."""
        policies = list(block.blocks("oidc_policy"))
        if not policies:
            yield failed("oidc_policy", "is missing, wanted issuer and subject")
        for policy in policies:
            issuer, subject = policy.leaf("issuer"), policy.leaf("subject")
            forms = [form for signer, form in _SUBJECTS.items() if issuer.unknown or _is(signer, issuer.value)]
            yield issuer.must(partial(_is_any, list(_SUBJECTS)), "wanted one that is known")
            wanted = "wanted the subject of one guarded place: of GitHub repo:<owner>/<name>:environment:<environment>"
            yield subject.must(partial(_is_any, forms), wanted)
            # With another claim the subject above is compared with something else.
            yield policy.leaf("subject_claim").must(lambda claim: claim in (None, "sub"), "wanted sub, the default")


def _is_any(forms: list[str], value: object) -> bool:
    return any(_is(form, value) for form in forms)


def _is(form: str, value: object) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(form, value))


RULE = FederationBoundToEnvironment()
