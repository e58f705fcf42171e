"""R08: a workspace is encrypted with keys of its owner

Severity: MEDIUM

Why
    With keys of one's own, access to notebooks, secrets, query results and disks can be withdrawn from everybody at
    once, Databricks included. A key added later covers only what is written after it.

Anti-pattern
    resource:
      databricks_mws_workspaces:
        prod:
          account_id: 00000000-0000-0000-0000-000000000000
          workspace_name: acme-prod
          managed_services_customer_managed_key_id: ${databricks_mws_customer_managed_keys.a.customer_managed_key_id}

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

Not seen
    Which environment the workspace is for: the account's stack does not say. Below production this is what a waiver is
    for.

Sources
    Security Analysis Tool, DP-3; CIS Microsoft Azure Foundations v5.0.0, 2.1.8.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, Rule
from policies._values import given

_KEYS = "databricks_mws_customer_managed_keys"


class WorkspaceOwnKeys(Rule):
    """Both keys are given; a serverless workspace has no storage in the owner's account to encrypt."""

    resources = ("databricks_mws_workspaces",)

    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer for each key."""
        yield given(block.leaf("managed_services_customer_managed_key_id"), _KEYS)
        if block.leaf("compute_mode").value != "SERVERLESS":
            yield given(block.leaf("storage_customer_managed_key_id"), _KEYS)


RULE = WorkspaceOwnKeys()
