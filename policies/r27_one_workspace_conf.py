"""R27: a workspace's settings are in one databricks_workspace_conf

Severity: MEDIUM
Scope: stack

Why
    Deleting a `databricks_workspace_conf` sets every boolean it has to false, so where two have one setting, removing
    either switches it off, the IP access lists and the verbose audit log included. A workspace that is hardened
    otherwise and has none keeps the defaults of Databricks for all that is set there only.

Anti-pattern
    resource:
      databricks_workspace_conf:
        audit:
          custom_config:
            enableVerboseAuditLogs: "true"
        tokens:
          custom_config:
            enableTokensConfig: "false"

Best practice
    resource:
      databricks_workspace_conf:
        hardening:
          custom_config:
            enableVerboseAuditLogs: "true"
            enableTokensConfig: "false"
            enableDeprecatedClusterNamedInitScripts: "false"
            enableDeprecatedGlobalInitScripts: "false"
            enableDbfsFileBrowser: "false"
            enableExportNotebook: "false"
            enableFileStoreEndpoint: "false"
            enableNotebookTableClipboard: "false"
            enableResultsDownloading: "false"
            storeInteractiveNotebookResultsInCustomerAccount: "true"
          lifecycle:
            prevent_destroy: true

Sources
    Provider documentation and source of databricks_workspace_conf.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, failed, passed
from policies._together import Others, StackRule

_CONF = "databricks_workspace_conf"


class OneWorkspaceConf(StackRule[tuple[Block, ...]]):
    """One for the provider's workspace; none is missed where another setting is."""

    resources = (_CONF, "databricks_disable_legacy_access_setting", "databricks_restrict_workspace_admins_setting")

    def survey(self, others: Others) -> tuple[Block, ...]:
        """Those of the stack."""
        return tuple(others.of(_CONF))

    def compare(self, block: Block, seen: tuple[Block, ...]) -> Iterator[Answer]:
        """An answer for each other one, or one for there being any."""
        if block.kind != _CONF:
            yield passed() if seen else failed(block.address, "the stack has no databricks_workspace_conf; wanted one")
            return
        yield passed()
        for other in seen:
            if other.is_other_than(block) and _provider(other) == _provider(block):
                yield failed(block.address, f"{other.address} sets the same workspace; wanted one for all settings")


def _provider(block: Block) -> str:
    return str(block.leaf("provider").value)


RULE = OneWorkspaceConf()
