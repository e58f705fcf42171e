"""R28: personal access tokens are off, or live at most 90 days

Severity: HIGH

Why
    A personal access token is a password that no second factor guards and no sign-in shows. Left to itself it lives
    for ever.

Anti-pattern
    resource:
      databricks_workspace_conf:
        hardening:
          custom_config:
            enableTokensConfig: "true"
            maxTokenLifetimeDays: "730"

Best practice
    resource:
      databricks_workspace_conf:
        hardening:
          custom_config:
            enableTokensConfig: "false"
            maxTokenLifetimeDays: "30"
            enableVerboseAuditLogs: "true"
          lifecycle:
            prevent_destroy: true

Not seen
    A workspace without any databricks_workspace_conf: the rule judges what is declared.

Sources
    Security Analysis Tool, IA-5 and IA-8; CIS Microsoft Azure Foundations v5.0.0, 2.1.6.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, Rule, either, failed, is_no

_LONGEST_DAYS = 90


class NoLongLivedTokens(Rule):
    """Off, or a lifetime of 1 to 90 days; 0 means no limit."""

    resources = ("databricks_workspace_conf",)

    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer for each map of settings: the lifetime counts only where tokens are not off."""
        configs = list(block.blocks("custom_config"))
        if not configs:
            yield failed("custom_config", "is missing, wanted enableTokensConfig = false")
        for config in configs:
            enabled = config.leaf("enableTokensConfig")
            # Absent is not off here: the workspace's own default is on.
            off = enabled.must(lambda value: value is not None and is_no(value), "")
            lifetime = config.leaf("maxTokenLifetimeDays")
            wanted = f"wanted enableTokensConfig = false or 1 to {_LONGEST_DAYS} days"
            short = lifetime.must(_is_short, wanted)
            yield either(short, off)


def _is_short(value: object) -> bool:
    text = str(value)
    return len(text) <= 4 and text.isascii() and text.isdigit() and 1 <= int(text) <= _LONGEST_DAYS


RULE = NoLongLivedTokens()
