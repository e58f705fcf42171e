"""R01B: an account with workspaces says that legacy features are off

Severity: HIGH
Scope: project

Why
    Nothing is found wrong with a setting that nobody declares. Until an account has it, every workspace that is made
    begins with a Hive metastore and DBFS mounts.

Anti-pattern
    resource:
      databricks_metastore_assignment:
        prod:
          workspace_id: 1234
          metastore_id: 9b3e1c64-0d2f-4f7a-8c55-6e1a7d904b12

Best practice
    resource:
      databricks_disable_legacy_features_setting:
        account:
          disable_legacy_features:
            value: true
          lifecycle:
            prevent_destroy: true
      databricks_metastore_assignment:
        prod:
          workspace_id: 1234
          metastore_id: 9b3e1c64-0d2f-4f7a-8c55-6e1a7d904b12
          lifecycle:
            prevent_destroy: true

Not seen
    What the setting says, which is R01's business, and a project that declares no workspace.

Sources
    Security Analysis Tool, GOV-37; Security Reference Architecture.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, failed, passed
from policies._together import Others, ProjectRule

_SETTING = "databricks_disable_legacy_features_setting"


class LegacyFeaturesAreDecided(ProjectRule[bool]):
    """The setting is there, in whichever stack, where a workspace is made or attached."""

    resources = ("databricks_metastore_assignment", "databricks_mws_workspaces")
    looks_up = (_SETTING,)

    def survey(self, others: Others) -> bool:
        """Whether any stack has the setting."""
        return any(True for _ in others.of(_SETTING))

    def compare(self, block: Block, seen: bool) -> Iterator[Answer]:
        """One answer for each workspace."""
        yield passed() if seen else failed(block.address, f"no stack has a {_SETTING}; wanted one, in the account's")


RULE = LegacyFeaturesAreDecided()
