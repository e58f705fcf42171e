"""R70: what an endpoint was asked and what it answered is recorded

Severity: MEDIUM

Why
    Without a record nobody can say what a customer was told, compare a candidate with the stable version, or find the
    answers of a version that was taken back.

Anti-pattern
    resource:
      databricks_model_serving:
        triage:
          name: claims-triage-prod
          config:
            served_entities:
              - name: blue
                entity_name: claims_prod.triage.claims_triage
                entity_version: "7"

Best practice
    resource:
      databricks_model_serving:
        triage:
          name: claims-triage-prod
          ai_gateway:
            - inference_table_config:
                - enabled: true
                  catalog_name: claims_prod
                  schema_name: triage
                  table_name_prefix: claims_triage_endpoint
          config:
            served_entities:
              - name: blue
                entity_name: claims_prod.triage.claims_triage
                entity_version: "7"

Not seen
    Who may read the table, which R47 and the grants on its schema are about.

Sources
    NIST AI RMF, MEASURE; Databricks' documentation of inference tables of the AI gateway, which it has for endpoints of
    all kinds. That every endpoint has one is judgement.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, Rule, is_yes
from policies._values import given

_PLACE = {
    "catalog_name": ("databricks_catalog",),
    "schema_name": ("databricks_schema",),
    "table_name_prefix": (),
}


class EndpointsAreRecorded(Rule):
    """An inference table of the AI gateway that is on, in a place that is written down."""

    resources = ("databricks_model_serving", "databricks_model_serving_provisioned_throughput")

    def judge(self, block: Block) -> Iterator[Answer]:
        """An answer for whether it is on, and for each part of where it lies."""
        for gateway in block.needed("ai_gateway"):
            for table in gateway.needed("inference_table_config"):
                yield table.leaf("enabled").must(is_yes, "wanted true")
                yield from (given(table.leaf(name), *kinds) for name, kinds in _PLACE.items())


RULE = EndpointsAreRecorded()
