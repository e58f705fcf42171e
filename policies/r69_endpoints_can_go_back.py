"""R69: the next version of an endpoint comes in, and goes out again, in place

Severity: HIGH

Why
    An endpoint that two versions stand in is released by moving percentages, and taken back the same way. Some of its
    attributes cannot be undone: once off, the old inference table never comes on again, and its place is fixed. A
    version that is not written down is another one tomorrow. Fallback answers a failing candidate's requests from the
    stable version, so that a canary looks well while it fails.

Anti-pattern
    resource:
      databricks_model_serving:
        triage:
          name: claims-triage-prod
          ai_gateway:
            - fallback_config: [{enabled: true}]
          config:
            auto_capture_config:
              catalog_name: claims_prod
              schema_name: triage
              enabled: true
            served_entities:
              - name: blue
                entity_name: claims_prod.triage.claims_triage
                entity_version: "7"
              - name: green
                entity_name: claims_prod.triage.claims_triage
            traffic_config:
              routes:
                - served_entity_name: blue
                  traffic_percentage: 95
      databricks_model_serving_provisioned_throughput:
        letters:
          name: claims-letters-prod
          config:
            served_entities:
              - entity_name: system.ai.llama_v3_2_3b_instruct
                entity_version: latest
                provisioned_model_units: 50

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
                workload_size: Small
                scale_to_zero_enabled: false
              - name: green
                entity_name: claims_prod.triage.claims_triage
                entity_version: "8"
                workload_size: Small
                scale_to_zero_enabled: false
            traffic_config:
              routes:
                - served_entity_name: blue
                  traffic_percentage: 95
                - served_entity_name: green
                  traffic_percentage: 5

Not seen
    A feature specification has no version: serve it under a waiver. Which version an external model's provider runs.

Sources
    Provider 1.99.0 and its documentation of databricks_model_serving: what replaces an endpoint, what is final, that
    each entity needs a route. Databricks: since February 2026 the inference tables of auto_capture_config cannot be
    turned on any more. That fallback hides a failing candidate follows from what it does.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies._rule import Answer, Block, Leaf, Rule, failed, is_no, passed, unknown
from policies._values import between, given, is_given, whole


class EndpointsCanGoBack(Rule):
    """Pinned versions in named entities, a route for each that make a hundred, and nothing that is final."""

    resources = ("databricks_model_serving", "databricks_model_serving_provisioned_throughput")

    def judge(self, block: Block) -> Iterator[Answer]:
        """Answers for what is final, each entity, and the routes."""
        for config in block.needed("config"):
            if config.unknown:
                yield unknown("config", "not known before apply")
                continue
            yield from _final(config)
            entities = list(config.blocks("served_entities"))
            if not entities:
                yield failed("config.served_entities", "is missing, wanted the versions that are served")
            for entity in entities:
                yield from _pinned(entity)
            if len(entities) > 1:
                yield from _routes(config, entities)
                yield from _no_fallback(block)


def _final(config: Block) -> Iterator[Answer]:
    for name, instead in (("auto_capture_config", "ai_gateway.inference_table_config"), ("served_models", "entities")):
        if list(config.blocks(name)):
            yield failed(f"config.{name}", f"wanted {instead}")


def _pinned(entity: Block) -> Iterator[Answer]:
    external = list(entity.blocks("external_model"))
    if external:
        hidden = any(model.unknown for model in external)
        yield unknown(f"{entity.path}.external_model", "not known before apply") if hidden else passed()
        return
    yield given(entity.leaf("entity_name"), "databricks_registered_model")
    yield entity.leaf("entity_version").must(lambda version: bool(whole(version)), "wanted a version's number")


def _routes(config: Block, entities: list[Block]) -> Iterator[Answer]:
    names = [entity.leaf("name") for entity in entities]
    yield from (name.must(is_given, "wanted a name: a route finds its entity by it") for name in names)
    routes = [route for traffic in config.needed("traffic_config") for route in traffic.needed("routes")]
    targets = [leaf for route in routes for leaf in (route.leaf("served_entity_name"), route.leaf("served_model_name"))]
    yield from (leaf.must(lambda _: True, "") for leaf in targets)
    if not any(leaf.unknown for leaf in (*names, *targets)):
        routed = sorted(str(leaf.value) for leaf in targets if leaf.value is not None)
        served = sorted(str(name.value) for name in names)
        where = "config.traffic_config.routes"
        yield passed() if routed == served else failed(where, f"go to {routed}, wanted one to each of {served}")
    yield from _hundred([route.leaf("traffic_percentage") for route in routes])


def _hundred(shares: list[Leaf]) -> Iterator[Answer]:
    yield from (share.must(between(0, 100), "wanted a whole number from 0 to 100") for share in shares)
    numbers = [whole(share.value) for share in shares]
    if None not in numbers:
        total = sum(number for number in numbers if number is not None)
        where = "config.traffic_config.routes.traffic_percentage"
        yield passed() if total == 100 else failed(where, f"they make {total}, wanted 100")


def _no_fallback(block: Block) -> Iterator[Answer]:
    for gateway in block.blocks("ai_gateway"):
        for fallback in gateway.blocks("fallback_config"):
            yield fallback.leaf("enabled").must(is_no, "wanted false: it hides a candidate that fails")


RULE = EndpointsCanGoBack()
