"""R66: the provider block holds no credential

Severity: CRITICAL

Why
    What stands in the provider block is in the repository, in the synthesized stack and in every plan file. The
    deploy identity signs in by OIDC with what the CI environment gives it, and nothing is stored anywhere.

Anti-pattern
    provider:
      databricks:
        - host: https://acme-prod.cloud.databricks.com
          token: not-a-real-token

Best practice
    provider:
      databricks:
        - host: https://acme-prod.cloud.databricks.com

Not seen
    Credentials in the state backend's block, and in environment variables of whoever runs Terraform.

Sources
    Judgement; the provider marks four of these attributes as sensitive.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, ProviderRule, failed, passed

_CREDENTIALS = (
    "access_key",
    "actions_id_token_request_token",
    "azure_client_secret",
    "client_secret",
    "google_credentials",
    "password",
    "secret_key",
    "token",
    "username",
)


class NoProviderCredentials(ProviderRule):
    """None of the attributes that hold a credential is there, not even as a reference."""

    # Every provider: a block's name is the stack's own choice, and an alias of it is another name.
    providers = ("*",)

    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer for each such attribute, and one for the way to sign in."""
        for name in _CREDENTIALS:
            # The value is not repeated: a report is read by more people than the stack is.
            given = block.leaf(name).value is not None
            yield failed(name, "is given, wanted none: credentials come from CI") if given else passed()
        yield block.leaf("auth_type").must(lambda kind: kind not in ("basic", "pat"), "wanted OIDC")


RULE = NoProviderCredentials()
