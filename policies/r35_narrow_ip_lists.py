"""R35: a list of addresses does not hold the internet

Severity: HIGH

Why
    `0.0.0.0/0` in an allow list is a perimeter that lets everybody in and looks like one; two halves do the same. A
    disabled list is not there.

Anti-pattern
    resource:
      databricks_ip_access_list:
        offices:
          label: offices
          list_type: ALLOW
          ip_addresses: [0.0.0.0/0]

Best practice
    resource:
      databricks_ip_access_list:
        offices:
          label: offices
          list_type: ALLOW
          ip_addresses: [198.51.100.0/24, 203.0.113.7]
          lifecycle:
            prevent_destroy: true

Not seen
    Whether enableIpAccessLists is on in the workspace, without which no list counts: R35B does.

Sources
    Security Analysis Tool, NS-5 and NS-11; KICS unrestricted_acl. That nothing wider than /8 is taken is judgement.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, Rule, failed, is_yes
from policies._values import is_narrow_range, one_of


class NarrowIpLists(Rule):
    """Enabled, of a known kind, and every entry an address or a narrow range."""

    resources = ("databricks_ip_access_list",)

    def judge(self, block: Block) -> Iterator[Answer]:
        """Two answers for the list, and one for each entry."""
        yield block.leaf("enabled").must(lambda value: value is None or is_yes(value), "wanted true, the default")
        yield block.leaf("list_type").must(one_of("ALLOW", "BLOCK"), "wanted ALLOW or BLOCK")
        entries = list(block.each("ip_addresses"))
        if not entries:
            yield failed("ip_addresses", "is empty")
        for entry in entries:
            yield entry.must(is_narrow_range, "wanted an address, or a range no wider than /8")


RULE = NarrowIpLists()
