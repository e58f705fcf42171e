"""R04: the metastore has no storage of its own

Severity: MEDIUM

Why
    With a storage root in the metastore, whatever is made in a catalog without one lands there, dev beside prod, in a
    bucket that no environment's policy covers. Without it such a catalog is refused.

Anti-pattern
    resource:
      databricks_metastore:
        primary:
          name: acme-eu-central-1
          owner: acme-platform-admins
          storage_root: s3://acme-metastore/root

Best practice
    resource:
      databricks_metastore:
        primary:
          name: acme-eu-central-1
          owner: acme-platform-admins
          lifecycle:
            prevent_destroy: true

Sources
    Unity Catalog best practices; Security Reference Architecture, issue 30.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, Rule
from policies._values import is_absent


class NoMetastoreStorage(Rule):
    """`storage_root` is not set."""

    resources = ("databricks_metastore",)

    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer: the attribute's."""
        yield block.leaf("storage_root").must(is_absent, "wanted none: each catalog has its own")


RULE = NoMetastoreStorage()
