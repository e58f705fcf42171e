"""The secret values of a plan, from every place it keeps them: they make its taint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shipway.plan.configuration import secret_variables
from shipway.plan.masks import NOT_SECRET, SecretTree, merge, pruned, secret_parts
from shipway.plan.provider import secrets_of
from shipway.plan.values import Record, Secret, Value
from shipway.plan.wire import WireChange, WirePlan

__all__ = ["condensed", "resources_of", "secret_values", "secrets_inside"]


def secret_values(wire: WirePlan) -> Iterator[Value]:
    """Every value that is marked secret, wherever in the plan."""
    deferred = (item.resource_change for item in wire.deferred_changes)
    for resource in (*wire.resource_changes, *wire.resource_drift, *deferred):
        yield from _in_change(resource.change, secrets_of(resource.type))
    for output in wire.output_changes.values():
        yield from _in_change(output, NOT_SECRET)
    for raw in secret_variables(wire.configuration, wire.variables):
        yield merge(raw, None, None)
    for state in (wire.planned_values, _dict(wire.prior_state.get("values"))):
        for item in resources_of(state):
            yield from secret_parts(item.get("values"), item.get("sensitive_values"), secrets_of(str(item.get("type"))))
        yield from _in_outputs(_dict(state.get("outputs")))


def resources_of(state: Any) -> Iterator[dict[str, Any]]:
    """The resources of a state as a plan holds it, through all modules."""
    pending = [_dict(state).get("root_module")]
    while pending:
        module = _dict(pending.pop())
        yield from map(_dict, _list(module.get("resources")))
        pending.extend(_list(module.get("child_modules")))


def condensed(name: str, part: Any) -> Any:
    """A part of a plan as it has to be kept: of the two states, which are half of it, only what somebody reads."""
    match name, part:
        case "planned_values", {"root_module": dict(module)}:
            return {**part, "root_module": _condensed(module)}
        case "prior_state", {"values": {"root_module": dict(module)} as values}:
            return {**part, "values": {**values, "root_module": _condensed(module)}}
    return part


def _condensed(module: Mapping[str, Any]) -> dict[str, Any]:
    resources = [item for item in map(_dict, _list(module.get("resources"))) if _is_read(item)]
    children = [_condensed(_dict(child)) for child in _list(module.get("child_modules"))]
    return {"resources": resources, "child_modules": children}


def _is_read(resource: Mapping[str, Any]) -> bool:
    """Whether anything in it is secret, or a data source has read it."""
    secret = secrets_of(str(resource.get("type"))) is not NOT_SECRET or pruned(resource.get("sensitive_values"))
    return bool(secret) or resource.get("mode") == "data"


def _in_change(change: WireChange, secrets: SecretTree) -> Iterator[Value]:
    yield from secret_parts(change.before, change.before_sensitive, secrets)
    yield from secret_parts(change.after, change.after_sensitive, secrets)


def secrets_inside(value: Value) -> Iterator[Value]:
    """The parts of a value that are marked secret."""
    pending = [value]
    while pending:
        match pending.pop():
            case Secret(inner):
                yield inner
            case Record() as block:
                pending.extend(inner for inner in block.values() if isinstance(inner, _NESTED))
            case tuple() as items:
                pending.extend(inner for inner in items if isinstance(inner, _NESTED))


_NESTED = (Record, tuple, Secret)


def _in_outputs(outputs: Mapping[str, Any]) -> Iterator[Value]:
    for output in map(_dict, outputs.values()):
        if output.get("sensitive"):
            yield merge(output.get("value"), None, None)


def _dict(item: Any) -> dict[str, Any]:
    return item if isinstance(item, dict) else {}


def _list(item: Any) -> list[Any]:
    return item if isinstance(item, list) else []
