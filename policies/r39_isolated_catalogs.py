"""R39: a catalog is bound to workspaces and has storage of its own

Severity: CRITICAL

Why
    An open catalog is seen from every workspace: a dev notebook reads prod data with the reader's own grants. Without
    a storage root its tables lie in the metastore's storage beside everyone else's, and neither a bucket policy nor a
    deletion can tell them apart.

Anti-pattern
    resource:
      databricks_catalog:
        claims:
          name: claims_prod
          isolation_mode: OPEN

Best practice
    resource:
      databricks_catalog:
        claims:
          name: claims_prod
          isolation_mode: ISOLATED
          storage_root: s3://acme-prod-claims/managed
          lifecycle:
            prevent_destroy: true

Not seen
    Whether two environments share a storage root: each stack is judged alone.

Sources
    Unity Catalog best practices.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, Rule

# The data of these lies elsewhere, so they have no storage of their own.
_ELSEWHERE = ("connection_name", "provider_name", "share_name")


class IsolatedCatalogs(Rule):
    """ISOLATED, and a storage root unless the catalog is somebody else's."""

    resources = ("databricks_catalog",)

    def judge(self, block: Block) -> Iterator[Answer]:
        """An answer for the mode, and one for the storage."""
        yield block.leaf("isolation_mode").must(lambda mode: mode == "ISOLATED", "wanted ISOLATED")
        if all(block.leaf(name).value is None for name in _ELSEWHERE):
            yield block.leaf("storage_root").must(_is_given, "wanted a location of its own")


def _is_given(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


RULE = IsolatedCatalogs()
