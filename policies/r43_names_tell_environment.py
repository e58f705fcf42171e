"""R43: a name tells the environment that it is in

Severity: MEDIUM

Why
    Workspaces of one metastore see each other's catalogs by name. One that is called `claims_dev` in production's
    stack is what somebody cleans up, or writes test data to.

Anti-pattern
    resource:
      databricks_catalog:
        claims:
          //:
            metadata:
              path: prod-landing-zone/catalogs/claims/catalog
          name: claims_dev
          isolation_mode: ISOLATED
          storage_root: s3://acme-prod-claims/managed
      databricks_schema:
        triage:
          //:
            metadata:
              path: prod-landing-zone/catalogs/claims/schemas/triage/schema
          catalog_name: claims_test
          name: triage

Best practice
    resource:
      databricks_catalog:
        claims:
          //:
            metadata:
              path: prod-landing-zone/catalogs/claims/catalog
          name: claims_prod
          isolation_mode: ISOLATED
          storage_root: s3://acme-prod-claims/managed
          lifecycle:
            prevent_destroy: true
      databricks_schema:
        triage:
          //:
            metadata:
              path: prod-landing-zone/catalogs/claims/schemas/triage/schema
          catalog_name: ${databricks_catalog.claims.name}
          name: triage
          lifecycle:
            prevent_destroy: true

Not seen
    The account's stack, which is of no environment, and the catalog that a data source looks up.

Sources
    The naming standard, docs/naming.md.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._place import environments
from policies._rule import Answer, Block, Rule, passed
from policies._values import is_given

# The attribute that ends with the environment, and what stands before it there.
_NAMED = {
    "databricks_catalog": ("name", "_"),
    "databricks_cluster_policy": ("name", "-"),
    "databricks_job": ("name", "-"),
    "databricks_registered_model": ("catalog_name", "_"),
    "databricks_schema": ("catalog_name", "_"),
    "databricks_secret_scope": ("name", "-"),
    "databricks_volume": ("catalog_name", "_"),
}


class NamesTellEnvironment(Rule):
    """The name ends with the stack's environment; one taken from an object of the stack is that object's matter."""

    resources = tuple(sorted(_NAMED))

    def judge(self, block: Block) -> Iterator[Answer]:
        """One answer: the name's. In a stack of no environment any name will do."""
        attribute, separator = _NAMED[block.kind]
        name, told = block.leaf(attribute), sorted(environments(block))
        if attribute == "catalog_name" and name.refers_to("databricks_catalog", "databricks_schema"):
            yield passed()
            return
        endings = [separator + environment for environment in told]
        yield name.must(
            lambda text: not endings or (is_given(text) and all(str(text).endswith(ending) for ending in endings)),
            f"wanted one that ends with {' and '.join(endings)}",
        )


RULE = NamesTellEnvironment()
