"""R07: making a workspace makes no token

Severity: HIGH

Why
    The `token` block makes a personal access token of whoever applies, an account administrator, and writes it to the
    state in clear.

Anti-pattern
    resource:
      databricks_mws_workspaces:
        prod:
          account_id: 00000000-0000-0000-0000-000000000000
          workspace_name: acme-prod
          token:
            comment: first sign-in

Best practice
    resource:
      databricks_mws_workspaces:
        prod:
          account_id: 00000000-0000-0000-0000-000000000000
          workspace_name: acme-prod
          aws_region: eu-central-1
          pricing_tier: ENTERPRISE
          network_id: ${databricks_mws_networks.prod.network_id}
          private_access_settings_id: ${databricks_mws_private_access_settings.prod.private_access_settings_id}
          managed_services_customer_managed_key_id: ${databricks_mws_customer_managed_keys.a.customer_managed_key_id}
          storage_customer_managed_key_id: ${databricks_mws_customer_managed_keys.b.customer_managed_key_id}
          lifecycle:
            prevent_destroy: true

Sources
    Provider documentation of databricks_mws_workspaces; its schema, where the token's value is kept.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, Rule, failed, passed, unknown


class NoWorkspaceToken(Rule):
    """There is no `token` block."""

    resources = ("databricks_mws_workspaces",)

    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer for each such block, or one that there is none."""
        for token in list(block.blocks("token")):
            yield unknown("token", "not known before apply") if token.unknown else failed("token", "lands in the state")
        if not list(block.blocks("token")):
            yield passed()


RULE = NoWorkspaceToken()
