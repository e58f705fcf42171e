"""R02: the delivery of audit logs stays on

Severity: HIGH

Why
    A delivery that is disabled leaves everything looking as before. In a plan it is one word among others, and it must
    be known before the apply.

Anti-pattern
    resource_changes:
      - address: databricks_mws_log_delivery.audit
        type: databricks_mws_log_delivery
        change:
          actions: [update]
          before: {config_name: audit, log_type: AUDIT_LOGS, status: ENABLED}
          after: {config_name: audit, log_type: AUDIT_LOGS, status: DISABLED}

Best practice
    resource_changes:
      - address: databricks_mws_log_delivery.audit
        type: databricks_mws_log_delivery
        change:
          actions: [create]
          after: {config_name: audit, log_type: AUDIT_LOGS, status: ENABLED}

Not seen
    A delivery that is destroyed: R40 refuses that.

Sources
    Security Analysis Tool, GOV-3; CIS Microsoft Azure Foundations v5.0.0, 2.1.7.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies.plan._rule import Answer, Change, failed, passed, unknown

KINDS = ("databricks_mws_log_delivery",)


def judge(change: Change) -> Iterator[Answer]:
    """One answer for each status that will be."""
    yield unknown("nobody knows what this action does to it") if change.action == "unrecognized" else passed()
    for leaf in change.after("status"):
        if leaf.unknown:
            yield unknown(f"{leaf.path} is not known before the apply")
        elif leaf.value not in (None, "", "ENABLED"):
            yield failed(f"{leaf.path} would be {leaf.value!r}, wanted ENABLED")
