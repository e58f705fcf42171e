"""R02: the delivery of audit logs is on

Severity: HIGH

Why
    A delivery cannot be deleted, only disabled, so this one word turns the audit trail off and leaves everything
    looking as before. Audit logs come as JSON only.

Anti-pattern
    resource:
      databricks_mws_log_delivery:
        audit:
          account_id: 00000000-0000-0000-0000-000000000000
          config_name: audit
          credentials_id: log-writer
          storage_configuration_id: log-bucket
          log_type: AUDIT_LOGS
          output_format: JSON
          status: DISABLED

Best practice
    resource:
      databricks_mws_log_delivery:
        audit:
          account_id: 00000000-0000-0000-0000-000000000000
          config_name: audit
          credentials_id: log-writer
          storage_configuration_id: log-bucket
          log_type: AUDIT_LOGS
          output_format: JSON
          status: ENABLED
          lifecycle:
            prevent_destroy: true

Not seen
    An account without any delivery, which is R02B's business, and which workspaces a filter leaves out.

Sources
    Security Analysis Tool, GOV-3; CIS Microsoft Azure Foundations v5.0.0, 2.1.7; provider documentation of
    databricks_mws_log_delivery.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, Rule
from policies._values import is_absent, one_of


class AuditLogsDelivered(Rule):
    """A known kind of log; audit logs are JSON and not disabled."""

    resources = ("databricks_mws_log_delivery",)

    def judge(self, block: Block) -> Iterator[Answer]:
        """An answer for the kind, and two more unless it is billing."""
        kind = block.leaf("log_type")
        yield kind.must(one_of("AUDIT_LOGS", "BILLABLE_USAGE"), "wanted AUDIT_LOGS or BILLABLE_USAGE")
        if kind.value != "BILLABLE_USAGE":
            yield block.leaf("status").must(lambda status: is_absent(status) or status == "ENABLED", "wanted ENABLED")
            yield block.leaf("output_format").must(one_of("JSON"), "wanted JSON")


RULE = AuditLogsDelivered()
