"""R61: whoever lacks access to a catalog can ask for it

Severity: LOW
Scope: stack

Why
    Without a destination for requests people ask whoever they know, who grants by hand what the next apply revokes, or
    grants more than was asked for.

Anti-pattern
    resource:
      databricks_catalog:
        claims:
          name: claims_prod
          isolation_mode: ISOLATED
          storage_root: s3://acme-prod-claims/managed

Best practice
    resource:
      databricks_catalog:
        claims:
          name: claims_prod
          isolation_mode: ISOLATED
          storage_root: s3://acme-prod-claims/managed
          lifecycle:
            prevent_destroy: true
      databricks_rfa_access_request_destinations:
        claims:
          securable:
            type: CATALOG
            full_name: claims_prod
          destinations:
            - destination_type: EMAIL
              destination_id: claims-data@acme.example

Not seen
    Whether anybody reads what is sent there.

Sources
    Judgement; provider documentation of databricks_rfa_access_request_destinations.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, failed, passed, unknown
from policies._together import NAMED, Others, StackRule

_DESTINATIONS = "databricks_rfa_access_request_destinations"

_Seen = tuple[frozenset[str | None], dict[str, str | None]]
"""The catalogs that have a destination, None for one that is not known yet; and what each catalog is called."""


class AccessCanBeAskedFor(StackRule[_Seen]):
    """Each catalog has request destinations in its stack."""

    resources = ("databricks_catalog",)
    looks_up = (*NAMED, _DESTINATIONS)

    def survey(self, others: Others) -> _Seen:
        """The catalogs with at least one destination."""
        asked: set[str | None] = set()
        for block in others.of(_DESTINATIONS):
            destinations = list(block.blocks("destinations"))
            for securable in block.blocks("securable"):
                kind = securable.leaf("type")
                if kind.unknown or any(destination.unknown for destination in destinations):
                    asked.add(None)
                elif str(kind.value).upper() == "CATALOG" and destinations:
                    asked.add(others.called(securable.leaf("full_name"), block.file))
        names = {block.address: others.called(block.leaf("name"), block.file) for block in others.of(*self.resources)}
        return frozenset(asked), names

    def compare(self, block: Block, seen: _Seen) -> Iterator[Answer]:
        """One answer for the catalog."""
        asked, name = seen[0], seen[1][block.address]
        if name is not None and name in asked:
            yield passed()
        elif name is None or None in asked:
            yield unknown("name", "whether it has request destinations is not known before apply")
        else:
            yield failed("name", f"{name} has no {_DESTINATIONS}; wanted one")


RULE = AccessCanBeAskedFor()
