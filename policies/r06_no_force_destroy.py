"""R06: nothing that holds data is deleted with what is in it

Severity: HIGH

Why
    With `force_destroy` a destroy, or a replacement by a changed name, deletes every table, model and file below the
    object. Without it Databricks refuses while something is in it, which is when somebody looks.

Anti-pattern
    resource:
      databricks_catalog:
        claims:
          name: claims_prod
          force_destroy: true

Best practice
    resource:
      databricks_catalog:
        claims:
          name: claims_prod
          isolation_mode: ISOLATED
          storage_root: s3://acme-prod-claims/managed
          force_destroy: false
          lifecycle:
            prevent_destroy: true

Sources
    Judgement; the Security Reference Architecture and most public landing zones set it to true.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, Rule, is_no


class NoForceDestroy(Rule):
    """`force_destroy` is absent or false."""

    resources = (
        "databricks_catalog",
        "databricks_credential",
        "databricks_external_location",
        "databricks_metastore",
        "databricks_metastore_data_access",
        "databricks_schema",
        "databricks_storage_credential",
    )

    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer: the attribute's."""
        yield block.leaf("force_destroy").must(is_no, "wanted false: a destroy would take the data along")


RULE = NoForceDestroy()
