"""R03: a group owns the metastore

Severity: HIGH

Why
    The owner can take every object in it. Left out, it is whoever ran the first apply; a person leaves, and a service
    principal's key is then the key to all data.

Anti-pattern
    resource:
      databricks_metastore:
        primary:
          name: acme-eu-central-1
          owner: jane@example.com

Best practice
    resource:
      databricks_metastore:
        primary:
          name: acme-eu-central-1
          owner: acme-platform-admins
          lifecycle:
            prevent_destroy: true

Not seen
    Who is in the group. A metastore that is used and not declared.

Sources
    Security Analysis Tool, GOV-21.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._grants import is_administering_group
from policies._rule import Answer, Block, Rule


class MetastoreOwner(Rule):
    """The owner is given, and is a platform group."""

    resources = ("databricks_metastore",)

    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer: the owner's."""
        yield block.leaf("owner").must(is_administering_group, "wanted a platform group by the naming standard")


RULE = MetastoreOwner()
