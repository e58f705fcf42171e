"""R12B: a network policy is attached, and no workspace that is made or attached here is left out

Severity: HIGH
Scope: stack

Why
    A policy that no workspace has restricts nothing, and looks in the console as if it did. A workspace without one
    gets the account's default policy, which lets everything out unless somebody has changed it.

Anti-pattern
    resource:
      databricks_account_network_policy:
        prod:
          account_id: 5f0c9d2e-7a41-4c1e-9a57-3d1f8e6b2c40
          network_policy_id: acme-prod
          egress:
            network_access:
              restriction_mode: RESTRICTED_ACCESS
              policy_enforcement:
                enforcement_mode: ENFORCED
      databricks_metastore_assignment:
        dev:
          workspace_id: 1234
          metastore_id: 9b3e1c64-0d2f-4f7a-8c55-6e1a7d904b12
      databricks_mws_workspaces:
        prod:
          account_id: 5f0c9d2e-7a41-4c1e-9a57-3d1f8e6b2c40
          workspace_name: acme-prod

Best practice
    resource:
      databricks_account_network_policy:
        prod:
          account_id: 5f0c9d2e-7a41-4c1e-9a57-3d1f8e6b2c40
          network_policy_id: acme-prod
          egress:
            network_access:
              restriction_mode: RESTRICTED_ACCESS
              policy_enforcement:
                enforcement_mode: ENFORCED
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
      databricks_workspace_network_option:
        prod:
          workspace_id: ${databricks_mws_workspaces.prod.workspace_id}
          network_policy_id: acme-prod

Not seen
    A workspace that is neither made nor given its metastore here. Clusters in a network of one's own: their network
    decides.

Sources
    Security Analysis Tool, NS-9; Security Reference Architecture; provider documentation of
    databricks_workspace_network_option.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from policies._rule import Answer, Block, failed, passed, unknown
from policies._together import Others, StackRule

_ASSIGNMENT = "databricks_metastore_assignment"
_POLICY, _OPTION = "databricks_account_network_policy", "databricks_workspace_network_option"


@dataclass(frozen=True)
class _Seen:
    """The policies' and the workspaces' ids, and what is attached to what; None for an id that is not known."""

    names: dict[str, str | None]
    workspaces: dict[str, str | None]
    attached: frozenset[str | None]
    restricted: frozenset[str | None]


class EveryWorkspaceHasEgressPolicy(StackRule[_Seen]):
    """Each policy has a workspace, and each workspace that is made or attached has one."""

    resources = (_POLICY, _ASSIGNMENT, "databricks_mws_workspaces")
    looks_up = (_OPTION,)

    def survey(self, others: Others) -> _Seen:
        """The policies, and which workspace has which."""

        def ids(kind: str, attribute: str) -> dict[str, str | None]:
            return {block.address: others.called(block.leaf(attribute), block.file) for block in others.of(kind)}

        return _Seen(
            ids(_POLICY, "network_policy_id"),
            ids(_ASSIGNMENT, "workspace_id"),
            frozenset(ids(_OPTION, "network_policy_id").values()),
            frozenset(ids(_OPTION, "workspace_id").values()),
        )

    def compare(self, block: Block, seen: _Seen) -> Iterator[Answer]:
        """One answer for the policy or the workspace."""
        if block.kind == _POLICY:
            yield _among("network_policy_id", seen.names[block.address], seen.attached, f"no {_OPTION} attaches it")
        else:
            # A made one's id is Databricks' to give, so whoever refers to it has its address.
            mine = f"{block.file}/{block.address}" if block.kind != _ASSIGNMENT else seen.workspaces[block.address]
            yield _among("workspace_id", mine, seen.restricted, f"the workspace has no {_OPTION}")


def _among(where: str, name: str | None, known: frozenset[str | None], why: str) -> Answer:
    if name is not None and name in known:
        return passed()
    if name is None or None in known:
        return unknown(where, "whether it is attached is not known before apply")
    return failed(where, f"{why}; wanted one for {name}")


RULE = EveryWorkspaceHasEgressPolicy()
