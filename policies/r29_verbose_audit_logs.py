"""R29: the audit log says what was run, not only that something was

Severity: MEDIUM

Why
    Without verbose audit logs no notebook command and no query text is recorded, and after an incident nobody can say
    what was read.

Anti-pattern
    resource:
      databricks_workspace_conf:
        hardening:
          custom_config:
            enableVerboseAuditLogs: "false"

Best practice
    resource:
      databricks_workspace_conf:
        hardening:
          custom_config:
            enableTokensConfig: "false"
            enableVerboseAuditLogs: "true"
          lifecycle:
            prevent_destroy: true

Not seen
    A workspace without any databricks_workspace_conf: the rule judges what is declared.

Sources
    Security Analysis Tool, GOV-15.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, Rule, failed, is_yes


class VerboseAuditLogs(Rule):
    """The setting is there and true; it is off by default."""

    resources = ("databricks_workspace_conf",)

    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer for each map of settings."""
        configs = list(block.blocks("custom_config"))
        if not configs:
            yield failed("custom_config", "is missing, wanted enableVerboseAuditLogs = true")
        for config in configs:
            yield config.leaf("enableVerboseAuditLogs").must(is_yes, "wanted true")


RULE = VerboseAuditLogs()
