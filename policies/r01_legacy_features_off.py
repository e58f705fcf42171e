"""R01: legacy features are off for every new workspace

Severity: HIGH

Why
    A workspace made while they are on has a Hive metastore, DBFS mounts and access modes without isolation from its
    first day: ways to data that Unity Catalog's grants do not see.

Anti-pattern
    resource:
      databricks_disable_legacy_features_setting:
        account:
          disable_legacy_features:
            value: false

Best practice
    resource:
      databricks_disable_legacy_features_setting:
        account:
          disable_legacy_features:
            value: true
          lifecycle:
            prevent_destroy: true

Not seen
    An account without the setting, which is R01B's business, and workspaces that are older than it.

Sources
    Security Analysis Tool, GOV-37; Security Reference Architecture.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, Rule, is_yes


class LegacyFeaturesOff(Rule):
    """The setting's value is true."""

    resources = ("databricks_disable_legacy_features_setting",)

    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer: the value's."""
        for setting in block.needed("disable_legacy_features"):
            yield setting.leaf("value").must(is_yes, "wanted true")


RULE = LegacyFeaturesOff()
