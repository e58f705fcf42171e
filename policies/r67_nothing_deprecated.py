"""R67: nothing is declared that the provider is about to drop

Severity: LOW

Why
    The upgrade that removes a type removes what was made with it from the state's reach: nobody can change it or take
    it down by a plan. A default credential of a metastore is replaced by every apply.

Anti-pattern
    resource:
      databricks_catalog_workspace_binding:
        claims:
          catalog_name: claims_prod
          workspace_id: 1234
      databricks_sql_query:
        claims:
          data_source_id: "1234"
          name: claims
          query: SELECT 1

Best practice
    resource:
      databricks_workspace_binding:
        claims:
          securable_type: catalog
          securable_name: claims_prod
          workspace_id: 1234
          binding_type: BINDING_TYPE_READ_ONLY

Not seen
    Types that R16 and R32 refuse anyway.

Sources
    Provider 1.99.0 marks most of these as deprecated. databricks_sql_permissions grants on tables of the Hive metastore
    only, and the service behind databricks_online_table ended in January 2026. Provider issue 4053 on is_default.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, Rule, failed, is_no

_DEPRECATED = (
    "databricks_catalog_workspace_binding",
    "databricks_group_instance_profile",
    "databricks_lakehouse_monitor",
    "databricks_online_table",
    "databricks_sql_alert",
    "databricks_sql_dashboard",
    "databricks_sql_permissions",
    "databricks_sql_query",
    "databricks_sql_visualization",
    "databricks_sql_widget",
    "databricks_table",
)


class NothingDeprecated(Rule):
    """None of the types, and no attribute that stands for what replaced it."""

    resources = (*_DEPRECATED, "databricks_metastore_data_access", "databricks_workspace_binding")

    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer: the type's, or the attribute's."""
        if block.kind in _DEPRECATED:
            yield failed(block.kind, "is deprecated; its page in the provider's documentation says what replaces it")
        elif block.kind == "databricks_workspace_binding":
            yield block.leaf("catalog_name").must(lambda name: name is None, "wanted securable_name and securable_type")
        else:
            yield block.leaf("is_default").must(is_no, "wanted false: each apply replaces the default one")


RULE = NothingDeprecated()
