"""R09: clusters run in a network of the owner

Severity: MEDIUM

Why
    In a network that Databricks makes, nobody can say where a cluster may connect to: no firewall, no endpoint policy,
    no flow log.

Anti-pattern
    resource:
      databricks_mws_workspaces:
        prod:
          account_id: 00000000-0000-0000-0000-000000000000
          workspace_name: acme-prod
          aws_region: eu-central-1

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
    What the network lets through.

Sources
    Security Analysis Tool, NS-4; CIS Microsoft Azure Foundations v5.0.0, 2.1.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, Rule, passed
from policies._values import given


class WorkspaceOwnNetwork(Rule):
    """`network_id` is given, unless all compute is serverless."""

    resources = ("databricks_mws_workspaces",)

    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer: the network's."""
        if block.leaf("compute_mode").value == "SERVERLESS":
            yield passed()
        else:
            yield given(block.leaf("network_id"), "databricks_mws_networks")


RULE = WorkspaceOwnNetwork()
