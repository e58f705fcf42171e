"""R15: egress destinations are hosts by name, and the policy can be made

Severity: HIGH

Why
    A wildcard lists hosts nobody has looked at, and under most domains anyone can have one. Without `account_id` the
    provider plans the policy anew each time and then deletes it, and a longer id is refused in the middle of the apply.

Anti-pattern
    resource:
      databricks_account_network_policy:
        prod:
          account_id: 00000000-0000-0000-0000-000000000000
          network_policy_id: acme-prod
          egress:
            network_access:
              restriction_mode: RESTRICTED_ACCESS
              allowed_internet_destinations:
                - internet_destination_type: DNS_NAME
                  destination: "*.example.com"

Best practice
    resource:
      databricks_account_network_policy:
        prod:
          account_id: 00000000-0000-0000-0000-000000000000
          network_policy_id: acme-prod
          egress:
            network_access:
              restriction_mode: RESTRICTED_ACCESS
              allowed_internet_destinations:
                - internet_destination_type: DNS_NAME
                  destination: files.example.com
          lifecycle:
            prevent_destroy: true

Sources
    Security Reference Architecture; provider issue 5477 on account_id; the length was tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies._rule import Answer, Block, Rule
from policies._values import given

_LONGEST_ID = 32
_HOST = re.compile(r"([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}")


class EgressDestinations(Rule):
    """`account_id` and a short id are given, and every destination is a full host name."""

    resources = ("databricks_account_network_policy",)

    def judge(self, block: Block) -> Iterator[Answer]:
        """Two answers for the policy, and one for each destination."""
        yield given(block.leaf("account_id"))
        yield block.leaf("network_policy_id").must(_is_short, f"wanted 1 to {_LONGEST_ID} characters")
        for egress in block.blocks("egress"):
            for access in egress.blocks("network_access"):
                for allowed in access.blocks("allowed_internet_destinations"):
                    yield allowed.leaf("destination").must(_is_host, "wanted a host's full name")


def _is_short(value: object) -> bool:
    return isinstance(value, str) and len(value.strip()) >= 1 and len(value) <= _LONGEST_ID


def _is_host(value: object) -> bool:
    return isinstance(value, str) and bool(_HOST.fullmatch(value))


RULE = EgressDestinations()
