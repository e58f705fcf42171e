"""R11: the pricing tier has what the workspace uses

Severity: LOW

Why
    Private access and keys of one's own are in the ENTERPRISE tier on AWS; in a lower one the apply fails half way,
    with the network made and no workspace in it.

Anti-pattern
    resource:
      databricks_mws_workspaces:
        prod:
          account_id: 00000000-0000-0000-0000-000000000000
          workspace_name: acme-prod
          aws_region: eu-central-1
          pricing_tier: PREMIUM
          private_access_settings_id: ${databricks_mws_private_access_settings.prod.private_access_settings_id}

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
    The account's own tier, which counts where none is given.

Sources
    Security Reference Architecture; provider documentation of databricks_mws_private_access_settings, with PREMIUM in
    its example for Google Cloud.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, Rule, passed

_USES = (
    "managed_services_customer_managed_key_id",
    "private_access_settings_id",
    "storage_customer_managed_key_id",
)


class TierHasWhatIsUsed(Rule):
    """ENTERPRISE, or PREMIUM on Google Cloud, where one of the features is used."""

    resources = ("databricks_mws_workspaces",)

    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer: the tier's, which the provider compares without regard to case."""
        # Only on Google Cloud does a workspace have a location.
        google = block.leaf("location").value is not None
        tiers = ("ENTERPRISE", "PREMIUM") if google else ("ENTERPRISE",)
        if all(block.leaf(name).value is None for name in _USES):
            yield passed()
        else:
            tier = block.leaf("pricing_tier")
            yield tier.must(lambda value: str(value).upper() in tiers, f"wanted {' or '.join(tiers)}")


RULE = TierHasWhatIsUsed()
