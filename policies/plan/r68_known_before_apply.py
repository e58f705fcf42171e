"""R68: what decides on access in production is known before it is applied

Severity: HIGH

Why
    A reviewer approves what the plan shows. A principal, a privilege or a mode that is only known on apply is approved
    unseen. A synthesized stack cannot tell: an expression may be known by the time of the plan, or not.

Anti-pattern
    resource_changes:
      - address: databricks_grants.triage
        type: databricks_grants
        change:
          actions: [update]
          before: {schema: claims_prod.triage, grant: [{principal: halyard-audit, privileges: [SELECT]}]}
          after: {schema: claims_prod.triage, grant: [{privileges: [SELECT]}]}
          after_unknown: {grant: [{principal: true}]}

Best practice
    resource_changes:
      - address: databricks_grants.triage
        type: databricks_grants
        change:
          actions: [update]
          before: {schema: claims_prod.triage, grant: [{principal: halyard-audit, privileges: [SELECT]}]}
          after: {schema: claims_prod.triage, grant: [{principal: halyard-audit, privileges: [BROWSE, SELECT]}]}

Not seen
    Environments that are not protected. Attributes that no configuration sets: Databricks fills them. A service
    principal's application id: Databricks gives it out, and the reference says whose it is.

Sources
    Judgement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies.plan._rule import Answer, Change, Leaf, passed, unknown

_OWNER = ("owner",)
_DECIDING: dict[str, tuple[str, ...]] = {
    "databricks_access_control_rule_set": ("grant_rules.principals", "grant_rules.role"),
    "databricks_account_network_policy": (
        "egress.network_access.restriction_mode",
        "egress.network_access.policy_enforcement.enforcement_mode",
    ),
    "databricks_catalog": ("isolation_mode", "owner"),
    "databricks_credential": ("isolation_mode", "owner"),
    "databricks_external_location": ("isolation_mode", "owner"),
    "databricks_grant": ("principal", "privileges"),
    "databricks_grants": ("grant.principal", "grant.privileges"),
    "databricks_ip_access_list": ("enabled", "ip_addresses", "list_type"),
    "databricks_metastore": ("delta_sharing_scope", "owner"),
    "databricks_mws_permission_assignment": ("permissions",),
    "databricks_permissions": (
        "access_control.group_name",
        "access_control.permission_level",
        "access_control.service_principal_name",
        "access_control.user_name",
    ),
    "databricks_policy_info": ("except_principals", "to_principals"),
    "databricks_registered_model": _OWNER,
    "databricks_schema": _OWNER,
    "databricks_secret_acl": ("permission", "principal"),
    "databricks_service_principal_federation_policy": (
        "oidc_policy.audiences",
        "oidc_policy.issuer",
        "oidc_policy.subject",
    ),
    "databricks_sql_table": _OWNER,
    "databricks_storage_credential": ("isolation_mode", "owner"),
    "databricks_volume": _OWNER,
    "databricks_workspace_binding": ("binding_type",),
}
KINDS = tuple(_DECIDING)

_PRINCIPAL_ID = re.compile(r"(data\.)?databricks_service_principal\.[\w-]+(\[[^\]]*\])?\.application_id")


def judge(change: Change) -> Iterator[Answer]:
    """One answer for each deciding value that will be, and one that all were looked at."""
    yield unknown("nobody knows what this action does to it") if change.action == "unrecognized" else passed()
    if change.protected and change.planned:
        for path in _DECIDING[change.kind]:
            yield from (_judged(leaf) for leaf in change.after(path))


def _judged(leaf: Leaf) -> Answer:
    if not leaf.unknown or (leaf.sources and all(map(_PRINCIPAL_ID.fullmatch, leaf.sources))):
        return passed()
    source = f", it comes from {', '.join(leaf.sources)}" if leaf.sources else ""
    return unknown(f"{leaf.path} is not known before the apply{source}")
