"""R10: a workspace is reached over private endpoints only

Severity: MEDIUM

Why
    On the public network a stolen session works from anywhere. Left out, public access is off on AWS and on with
    Google Cloud, so it has to be said.

Anti-pattern
    resource:
      databricks_mws_private_access_settings:
        prod:
          private_access_settings_name: acme-prod
          region: eu-central-1
          public_access_enabled: true
      databricks_mws_workspaces:
        prod:
          account_id: 00000000-0000-0000-0000-000000000000
          workspace_name: acme-prod

Best practice
    resource:
      databricks_mws_private_access_settings:
        prod:
          private_access_settings_name: acme-prod
          region: eu-central-1
          public_access_enabled: false
          lifecycle:
            prevent_destroy: true
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
    Security Analysis Tool, NS-3; CIS Microsoft Azure Foundations v5.0.0, 2.1.10 and 2.1.11; provider documentation of
    databricks_mws_private_access_settings on the defaults.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, Rule, is_no
from policies._values import given

_SETTINGS = "databricks_mws_private_access_settings"


class PrivateAccess(Rule):
    """The settings say no to public access, and the workspace has settings."""

    resources = (_SETTINGS, "databricks_mws_workspaces")

    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer for either type."""
        if block.kind == _SETTINGS:
            public = block.leaf("public_access_enabled")
            yield public.must(lambda value: value is not None and is_no(value), "wanted false")
        else:
            yield given(block.leaf("private_access_settings_id"), _SETTINGS)


RULE = PrivateAccess()
