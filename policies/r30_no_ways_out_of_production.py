"""R30: data does not leave production by the user interface

Severity: MEDIUM

Why
    Each of these is on unless it is turned off, and each carries rows past every grant and log: a download, an
    exported notebook with its results, a copied table, a file browser.

Anti-pattern
    resource:
      databricks_workspace_conf:
        hardening:
          //:
            metadata:
              path: prod-landing-zone/hardening/workspace-conf
          custom_config:
            enableTokensConfig: "false"
            enableVerboseAuditLogs: "true"
            enableResultsDownloading: "true"

Best practice
    resource:
      databricks_workspace_conf:
        hardening:
          //:
            metadata:
              path: prod-landing-zone/hardening/workspace-conf
          custom_config:
            enableTokensConfig: "false"
            enableVerboseAuditLogs: "true"
            enableResultsDownloading: "false"
            enableExportNotebook: "false"
            enableFileStoreEndpoint: "false"
            enableNotebookTableClipboard: "false"
            enableDbfsFileBrowser: "false"
            storeInteractiveNotebookResultsInCustomerAccount: "true"
          lifecycle:
            prevent_destroy: true

Not seen
    Stacks of dev, test and other environments below production, by their names.

Sources
    Security Analysis Tool, DP-5, DP-6, DP-7, DP-8 and DP-13.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._place import in_production
from policies._rule import Answer, Block, Rule, is_no, is_yes, passed

_OFF = (
    "enableDbfsFileBrowser",
    "enableExportNotebook",
    "enableFileStoreEndpoint",
    "enableNotebookTableClipboard",
    "enableResultsDownloading",
)
_ON = ("storeInteractiveNotebookResultsInCustomerAccount",)


class NoWaysOutOfProduction(Rule):
    """In production each setting is there and has its safe value."""

    resources = ("databricks_workspace_conf",)

    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer for each setting."""
        if not in_production(block):
            yield passed()
            return
        for config in block.needed("custom_config"):
            for name in _OFF:
                yield config.leaf(name).must(lambda value: value is not None and is_no(value), "wanted false")
            for name in _ON:
                yield config.leaf(name).must(is_yes, "wanted true")


RULE = NoWaysOutOfProduction()
