"""R37: storage is reached by a role, never by a key

Severity: HIGH

Why
    A key in one of these blocks lands in the state in clear, works from anywhere and until somebody replaces it. A
    role or a managed identity has nothing to copy.

Anti-pattern
    resource:
      databricks_storage_credential:
        claims:
          name: claims-prod
          isolation_mode: ISOLATION_MODE_ISOLATED
          azure_service_principal:
            directory_id: 00000000-0000-0000-0000-000000000000
            application_id: 00000000-0000-0000-0000-000000000000
            client_secret: correct horse battery staple

Best practice
    resource:
      databricks_storage_credential:
        claims:
          name: claims-prod
          isolation_mode: ISOLATION_MODE_ISOLATED
          aws_iam_role:
            role_arn: arn:aws:iam::000000000000:role/claims-prod
          lifecycle:
            prevent_destroy: true

Sources
    Provider schema 1.99.0, which marks what is in these blocks as sensitive and required.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, Rule, failed, passed, unknown

_KEYED = ("azure_service_principal", "cloudflare_api_token", "gcp_service_account_key")


class NoStorageKeys(Rule):
    """None of the blocks that hold a key is there."""

    resources = ("databricks_credential", "databricks_metastore_data_access", "databricks_storage_credential")

    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer for each kind of block."""
        for name in _KEYED:
            found = list(block.blocks(name))
            if any(not keyed.unknown for keyed in found):
                yield failed(name, "holds a key that lands in the state; wanted a role or a managed identity")
            else:
                yield unknown(name, "not known before apply; may hold a key") if found else passed()


RULE = NoStorageKeys()
