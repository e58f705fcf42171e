"""R36: credentials and external locations are bound to workspaces

Severity: HIGH

Why
    An open storage credential or external location can be used from every workspace of the metastore: dev code then
    reaches prod files with prod's own cloud role, whatever the catalogs say.

Anti-pattern
    resource:
      databricks_storage_credential:
        claims:
          name: claims-prod
          isolation_mode: ISOLATION_MODE_OPEN

Best practice
    resource:
      databricks_storage_credential:
        claims:
          name: claims-prod
          isolation_mode: ISOLATION_MODE_ISOLATED
          lifecycle:
            prevent_destroy: true

Not seen
    To which workspaces they are bound.

Sources
    Security Reference Architecture; provider issue 5299 on what the default does.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, Rule

_WANTED = "ISOLATION_MODE_ISOLATED"


class IsolatedStorageAccess(Rule):
    """The mode is there and isolated; absent, Databricks makes it open."""

    resources = ("databricks_credential", "databricks_external_location", "databricks_storage_credential")

    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer: the mode's."""
        yield block.leaf("isolation_mode").must(lambda mode: mode == _WANTED, f"wanted {_WANTED}")


RULE = IsolatedStorageAccess()
