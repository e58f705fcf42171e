"""R59: a SQL warehouse stops when idle, and says whose it is

Severity: LOW

Why
    Left out, a warehouse waits two hours before it stops, and 0 means that it never does. A classic one has no row
    filters, and one without tags is nobody's on the bill.

Anti-pattern
    resource:
      databricks_sql_endpoint:
        reports:
          name: reports
          cluster_size: Small
          auto_stop_mins: 0

Best practice
    resource:
      databricks_sql_endpoint:
        reports:
          name: reports
          cluster_size: Small
          warehouse_type: PRO
          auto_stop_mins: 15
          tags:
            custom_tags:
              - key: cost_center
                value: CC-4711

Sources
    Provider 1.99.0: the default of auto_stop_mins is 120, and warehouse_type takes PRO or CLASSIC. The limit of 30
    minutes is judgement.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, Rule
from policies._values import between, is_given, one_of

_LONGEST_IDLE = 30


class WarehousesStop(Rule):
    """1 to 30 minutes, PRO, and at least one tag."""

    resources = ("databricks_sql_endpoint",)

    def judge(self, block: Block) -> Iterator[Answer]:
        """An answer for each of these, one for each tag."""
        yield block.leaf("auto_stop_mins").must(between(1, _LONGEST_IDLE), f"wanted 1 to {_LONGEST_IDLE}")
        yield block.leaf("warehouse_type").must(one_of("PRO"), "wanted PRO")
        for tags in block.needed("tags"):
            for tag in tags.needed("custom_tags"):
                yield tag.leaf("key").must(is_given, "wanted at least one tag")
                yield tag.leaf("value").must(is_given, "wanted a tag's value")


RULE = WarehousesStop()
