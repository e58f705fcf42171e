"""R31: no script runs on every cluster

Severity: HIGH

Why
    A global init script runs as root on each cluster of the workspace, before anything that isolates one user from
    another. The old kinds run from a folder that every user may write to.

Anti-pattern
    resource:
      databricks_global_init_script:
        agent:
          name: agent
          enabled: true
          content_base64: ZWNobyBoZWxsbwo=
      databricks_workspace_conf:
        hardening:
          custom_config:
            enableTokensConfig: "false"
            enableVerboseAuditLogs: "true"
            enableDeprecatedGlobalInitScripts: "true"

Best practice
    resource:
      databricks_workspace_conf:
        hardening:
          custom_config:
            enableTokensConfig: "false"
            enableVerboseAuditLogs: "true"
            enableDeprecatedGlobalInitScripts: "false"
            enableDeprecatedClusterNamedInitScripts: "false"
          lifecycle:
            prevent_destroy: true

Not seen
    A workspace in which they are on and that says nothing of them.

Sources
    Security Analysis Tool, INFO-5; provider documentation of databricks_global_init_script.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, Rule, failed, is_no

_SCRIPT = "databricks_global_init_script"


class NoGlobalInitScripts(Rule):
    """No such script, not even a disabled one, and neither of the two old kinds is on."""

    resources = (_SCRIPT, "databricks_workspace_conf")

    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer for a script, two for a workspace's settings."""
        if block.kind == _SCRIPT:
            yield failed(_SCRIPT, "runs on every cluster; wanted one that a cluster policy names")
            return
        for config in block.needed("custom_config"):
            for name in ("enableDeprecatedClusterNamedInitScripts", "enableDeprecatedGlobalInitScripts"):
                yield config.leaf(name).must(is_no, "wanted false")


RULE = NoGlobalInitScripts()
