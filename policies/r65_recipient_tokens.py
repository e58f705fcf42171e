"""R65: a recipient's token ends, and works from its recipient's addresses

Severity: HIGH

Why
    The token is a file that a partner keeps. Without an end and a list of addresses, whoever copies it reads the share
    for as long as it exists.

Anti-pattern
    resource:
      databricks_recipient:
        reinsurer:
          name: reinsurer
          authentication_type: TOKEN
          ip_access_list:
            allowed_ip_addresses: [0.0.0.0/0]

Best practice
    resource:
      databricks_recipient:
        reinsurer:
          name: reinsurer
          authentication_type: TOKEN
          expiration_time: 1798675200000
          ip_access_list:
            allowed_ip_addresses: [198.51.100.0/24]

Not seen
    How far away the end is: a rule knows no clock.

Sources
    Security Analysis Tool, GOV-18 and GOV-19; provider documentation of databricks_recipient.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, Rule, failed
from policies._values import is_narrow_range, one_of, whole


class RecipientTokens(Rule):
    """Another Databricks account, or a token with an end and narrow addresses."""

    resources = ("databricks_recipient",)

    def judge(self, block: Block) -> Iterator[Answer]:
        """An answer for the kind; for a token one for its end and one for each address."""
        kind = block.leaf("authentication_type")
        yield kind.must(one_of("DATABRICKS", "TOKEN"), "wanted DATABRICKS or TOKEN")
        if kind.value == "DATABRICKS":
            return
        yield block.leaf("expiration_time").must(lambda end: (whole(end) or 0) > 0, "wanted when it ends")
        for addresses in block.needed("ip_access_list"):
            allowed = list(addresses.each("allowed_ip_addresses"))
            if not allowed:
                yield failed(f"{addresses.path}.allowed_ip_addresses", "is missing, wanted the recipient's addresses")
            for address in allowed:
                yield address.must(is_narrow_range, "wanted an address, or a range no wider than /8")


RULE = RecipientTokens()
