"""R38: storage access is checked when it is made, and has no way around

Severity: MEDIUM

Why
    `skip_validation` makes a location that fails at the first job, `force_update` takes a credential away from the
    tables that use it, and `fallback` lets a cluster's own role read what the grants refuse.

Anti-pattern
    resource:
      databricks_external_location:
        claims:
          name: claims-prod
          url: s3://acme-prod-claims
          credential_name: claims-prod
          isolation_mode: ISOLATION_MODE_ISOLATED
          fallback: true
          skip_validation: true

Best practice
    resource:
      databricks_external_location:
        claims:
          name: claims-prod
          url: s3://acme-prod-claims
          credential_name: claims-prod
          isolation_mode: ISOLATION_MODE_ISOLATED
          fallback: false
          lifecycle:
            prevent_destroy: true

Sources
    Provider documentation of databricks_external_location and databricks_storage_credential.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, Rule, is_no


class NoSkippedValidation(Rule):
    """None of the three is true."""

    resources = (
        "databricks_credential",
        "databricks_external_location",
        "databricks_metastore_data_access",
        "databricks_storage_credential",
    )

    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer for each attribute."""
        for name in ("fallback", "force_update", "skip_validation"):
            yield block.leaf(name).must(is_no, "wanted false, the default")


RULE = NoSkippedValidation()
