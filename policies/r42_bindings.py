"""R42: what production shares with another workspace is for reading

Severity: CRITICAL

Why
    A binding that may write lets a dev notebook change production's tables. Only a catalog's binding can be for
    reading; for anything else the API refuses it in the middle of the apply.

Anti-pattern
    resource:
      databricks_workspace_binding:
        claims-to-test:
          //:
            metadata:
              path: prod-landing-zone/catalogs/claims/shared_with/test
          securable_type: catalog
          securable_name: claims_prod
          workspace_id: 1234
          binding_type: BINDING_TYPE_READ_WRITE
        credential:
          securable_type: storage_credential
          securable_name: claims-prod
          workspace_id: 1234
          binding_type: BINDING_TYPE_READ_ONLY

Best practice
    resource:
      databricks_workspace_binding:
        claims-to-test:
          //:
            metadata:
              path: prod-landing-zone/catalogs/claims/shared_with/test
          securable_type: catalog
          securable_name: claims_prod
          workspace_id: 1234
          binding_type: BINDING_TYPE_READ_ONLY

Not seen
    Which environment the other workspace is. A binding to the workspace's own, which exists by itself: declared too,
    it makes the destroy fail.

Sources
    Provider issues 4978 and 5300, and pull request 5611 on what can be bound for reading.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._place import in_production
from policies._rule import Answer, Block, Rule
from policies._values import is_absent, one_of

_READ, _WRITE = "BINDING_TYPE_READ_ONLY", "BINDING_TYPE_READ_WRITE"


class Bindings(Rule):
    """A known type; a catalog of production for reading, anything but a catalog for writing."""

    resources = ("databricks_workspace_binding",)

    def judge(self, block: Block) -> Iterator[Answer]:
        """An answer for what is bound, and one for how."""
        securable, binding = block.leaf("securable_type"), block.leaf("binding_type")
        # Left out, it is a catalog, and the binding may write.
        catalog = is_absent(securable.value) or securable.value == "catalog"
        known = one_of(None, "", "catalog", "credential", "external_location", "storage_credential")
        yield securable.must(known, "wanted catalog, credential, external_location or storage_credential")
        if catalog and in_production(block):
            yield binding.must(one_of(_READ), f"wanted {_READ}: what has a binding is another workspace")
        elif catalog:
            yield binding.must(one_of(None, "", _READ, _WRITE), f"wanted {_READ} or {_WRITE}")
        else:
            yield binding.must(one_of(None, "", _WRITE), f"wanted {_WRITE}: only a catalog is bound for reading")


RULE = Bindings()
