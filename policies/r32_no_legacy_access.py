"""R32: data is reached through Unity Catalog only

Severity: HIGH

Why
    The Hive metastore has no row filter, no lineage and grants of its own; DBFS and mounts have none at all, so that
    whoever starts a cluster reads what was mounted.

Anti-pattern
    resource:
      databricks_disable_legacy_access_setting:
        hardening:
          disable_legacy_access:
            value: false
      databricks_disable_legacy_dbfs_setting:
        hardening:
          disable_legacy_dbfs:
            value: false
      databricks_default_namespace_setting:
        hardening:
          namespace:
            value: hive_metastore
      databricks_mount:
        claims:
          name: claims
          uri: s3a://acme-prod-claims

Best practice
    resource:
      databricks_disable_legacy_access_setting:
        hardening:
          disable_legacy_access:
            value: true
          lifecycle:
            prevent_destroy: true
      databricks_disable_legacy_dbfs_setting:
        hardening:
          disable_legacy_dbfs:
            value: true
          lifecycle:
            prevent_destroy: true
      databricks_default_namespace_setting:
        hardening:
          namespace:
            value: claims_prod
          lifecycle:
            prevent_destroy: true

Not seen
    A workspace without the settings: the rule judges what is declared.

Sources
    Security Analysis Tool, DP-10 and GOV-11; provider documentation of the settings.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, Rule, failed, is_yes
from policies._values import given, is_given

_NAMESPACE = "databricks_default_namespace_setting"
_ON = {
    "databricks_disable_legacy_access_setting": "disable_legacy_access",
    "databricks_disable_legacy_dbfs_setting": "disable_legacy_dbfs",
}
_NEVER = (
    "databricks_aws_s3_mount",
    "databricks_azure_adls_gen1_mount",
    "databricks_azure_adls_gen2_mount",
    "databricks_azure_blob_mount",
    "databricks_dbfs_file",
    "databricks_mount",
)


class NoLegacyAccess(Rule):
    """The two settings are on, the default catalog is not Hive's, and nothing is put on DBFS."""

    resources = (*_NEVER, *sorted(_ON), _NAMESPACE)

    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer for each setting, one for what must not be."""
        if block.kind in _NEVER:
            yield failed(block.kind, "goes around Unity Catalog; wanted a volume or an external location")
        elif block.kind == _NAMESPACE:
            for namespace in block.needed("namespace"):
                value = namespace.leaf("value")
                known = value.refers_to("databricks_catalog")
                yield given(value, "databricks_catalog") if known else value.must(_is_catalog, "wanted a catalog")
        else:
            for setting in block.needed(_ON[block.kind]):
                yield setting.leaf("value").must(is_yes, "wanted true")


def _is_catalog(name: object) -> bool:
    return is_given(name) and str(name).strip().lower() != "hive_metastore"


RULE = NoLegacyAccess()
