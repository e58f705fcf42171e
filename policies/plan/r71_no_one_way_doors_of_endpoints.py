"""R71: no change of an endpoint is one that cannot be taken back

Severity: HIGH

Why
    A rollback is the old configuration applied again. It brings nothing back where the change was final: an endpoint
    that was deleted for its name or its route optimization, an inference table that was turned off, an external model
    that was put in or out, a configuration that the provider leaves as it is. Guardrails that go away let through what
    they were there to stop, and fallback in a canary answers a failing candidate's requests from the other version.

Anti-pattern
    resource_changes:
      - address: databricks_model_serving.triage
        type: databricks_model_serving
        change:
          actions: [delete, create]
          before: {name: claims-triage-prod, route_optimized: false}
          after: {name: claims-triage-prod, route_optimized: true}
          replace_paths: [[route_optimized]]
      - address: databricks_model_serving.capture
        type: databricks_model_serving
        change:
          actions: [update]
          before: {name: a, config: [{auto_capture_config: [{enabled: true, schema_name: triage}]}]}
          after: {name: a, config: [{auto_capture_config: [{enabled: false, schema_name: triage}]}]}
      - address: databricks_model_serving.external
        type: databricks_model_serving
        change:
          actions: [update]
          before: {name: a, config: [{served_entities: [{name: blue, entity_version: "7"}]}]}
          after: {name: a, config: [{served_entities: [{name: blue, external_model: [{name: gpt, task: chat}]}]}]}
      - address: databricks_model_serving.guardrails
        type: databricks_model_serving
        change:
          actions: [update]
          before: {name: a, ai_gateway: [{guardrails: [{input: [{safety: true, pii: [{behavior: BLOCK}]}]}]}]}
          after: {name: a, ai_gateway: [{guardrails: [{input: [{safety: true}]}]}]}
      - address: databricks_model_serving.fallback
        type: databricks_model_serving
        change:
          actions: [update]
          before: {name: a, ai_gateway: [{fallback_config: [{enabled: false}]}]}
          after:
            name: a
            ai_gateway: [{fallback_config: [{enabled: true}]}]
            config: [{traffic_config: [{routes: [{traffic_percentage: 95}, {traffic_percentage: 5}]}]}]

Best practice
    resource_changes:
      - address: databricks_model_serving.triage
        type: databricks_model_serving
        change:
          actions: [update]
          before:
            name: claims-triage-prod
            ai_gateway: [{guardrails: [{input: [{safety: true}]}]}]
            config:
              - served_entities: [{name: blue, entity_version: "7"}, {name: green, entity_version: "8"}]
                traffic_config: [{routes: [{traffic_percentage: 100}, {traffic_percentage: 0}]}]
          after:
            name: claims-triage-prod
            ai_gateway: [{guardrails: [{input: [{safety: true}]}]}]
            config:
              - served_entities: [{name: blue, entity_version: "7"}, {name: green, entity_version: "8"}]
                traffic_config: [{routes: [{traffic_percentage: 95}, {traffic_percentage: 5}]}]

Not seen
    Environments that are not protected. An endpoint that is destroyed on purpose: its model and its tables stay.

Sources
    Provider 1.99.0 on what replaces an endpoint; its documentation on capture, external models and a configuration that
    is left out; its source on an ai_gateway block that is removed, which its update does not expect. That fallback
    hides a failing candidate follows from what it does.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies.plan._rule import Answer, Change, Leaf, failed, passed, unknown

KINDS = ("databricks_model_serving", "databricks_model_serving_provisioned_throughput")

_CAPTURE = "config.auto_capture_config.enabled"
_EXTERNAL = "config.served_entities.external_model.name"
_FALLBACK = "ai_gateway.fallback_config.enabled"
_SHARE = "config.traffic_config.routes.traffic_percentage"
# A place that was filled and is empty afterwards, and what that means.
_KEPT = {
    "config.served_entities.name": "without a configuration the provider changes nothing",
    "config.auto_capture_config.schema_name": "what was recorded there never goes on",
    "ai_gateway.inference_table_config.enabled": "the record of requests would end",
    **{
        f"ai_gateway.guardrails.{side}.{what}": "a guardrail would go"
        for side in ("input", "output")
        for what in ("safety", "pii.behavior", "invalid_keywords", "valid_topics")
    },
}


def judge(change: Change) -> Iterator[Answer]:
    """Answers for the endpoint as a whole and for each door."""
    if change.action == "unrecognized":
        yield unknown("nobody knows what this action does to it")
    elif change.action == "replace" and change.protected:
        because = f" for its {', '.join(change.forced_by)}" if change.forced_by else ""
        yield failed(f"would be deleted and made anew{because}: nobody is answered meanwhile")
    elif change.action == "update" and change.protected:
        yield passed()
        yield from _doors(change)
    else:
        yield passed()


def _doors(change: Change) -> Iterator[Answer]:
    for path, why in _KEPT.items():
        yield from _kept(path, why, list(change.before(path)), list(change.after(path)))
    yield from _capture(change)
    yield from _external(change)
    yield from _fallback(change)


def _kept(path: str, why: str, before: list[Leaf], after: list[Leaf]) -> Iterator[Answer]:
    had = [leaf.value for leaf in before if _on(leaf)]
    have = [leaf.value for leaf in after if _on(leaf)]
    if had and any(leaf.unknown for leaf in after):
        yield unknown(f"{path} is not known before the apply")
    elif len(have) < len(had):
        yield failed(f"{path} goes from {_shown(had)} to {_shown(have)}: {why}")


def _capture(change: Change) -> Iterator[Answer]:
    was = any(_on(leaf) for leaf in change.before(_CAPTURE))
    if any(leaf.unknown for leaf in change.after(_CAPTURE)) and was:
        yield unknown(f"{_CAPTURE} is not known before the apply")
    elif was and not any(_on(leaf) for leaf in change.after(_CAPTURE)):
        yield failed(f"{_CAPTURE} goes off: it can never be turned on again")


def _external(change: Change) -> Iterator[Answer]:
    after = list(change.after(_EXTERNAL))
    if any(leaf.unknown for leaf in after):
        yield unknown(f"{_EXTERNAL} is not known before the apply")
        return
    had, has = any(map(_on, change.before(_EXTERNAL))), any(map(_on, after))
    served = any(map(_on, change.after("config.served_entities.name")))
    if had != has and served:
        yield failed(f"an external model is {'put in' if has else 'taken out'}: Databricks refuses it, and no way back")


def _fallback(change: Change) -> Iterator[Answer]:
    leaves = list(change.after(_FALLBACK))
    shares = [leaf for leaf in change.after(_SHARE) if leaf.unknown or leaf.value]
    if len(shares) < 2:
        return
    if any(leaf.unknown for leaf in leaves):
        yield unknown(f"{_FALLBACK} is not known before the apply")
    elif any(map(_on, leaves)):
        yield failed(f"{_FALLBACK} is on while two versions share the traffic: a candidate that fails looks well")


def _on(leaf: Leaf) -> bool:
    return leaf.value not in (None, "", False, "NONE")


def _shown(values: list[object]) -> str:
    return ", ".join(map(repr, values)) or "nothing"
