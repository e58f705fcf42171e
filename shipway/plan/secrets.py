"""The secret values of a plan, from every place it keeps them: they make its taint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shipway.plan.configuration import secret_variables
from shipway.plan.masks import merge
from shipway.plan.provider import secrets_of
from shipway.plan.values import Record, Secret, Value
from shipway.plan.wire import WirePlan

__all__ = ["secret_values", "secrets_inside"]


def secret_values(wire: WirePlan, seen: tuple[Value, ...]) -> Iterator[Value]:
    """Every value that is marked secret: in `seen` (what of the plan was already merged) and in the rest of it."""
    for value in seen:
        yield from secrets_inside(value)
    for raw in secret_variables(wire.configuration, wire.variables):
        yield merge(raw, None, None)
    for states in (wire.planned_values, _dict(wire.prior_state.get("values"))):
        yield from _in_module(_dict(states.get("root_module")))
        yield from _in_outputs(_dict(states.get("outputs")))


def secrets_inside(value: Value) -> Iterator[Value]:
    """The parts of a value that are marked secret."""
    match value:
        case Secret():
            yield value.value
        case Record():
            for inner in value.values():
                yield from secrets_inside(inner)
        case tuple():
            for inner in value:
                yield from secrets_inside(inner)


def _in_module(module: Mapping[str, Any]) -> Iterator[Value]:
    for resource in map(_dict, _list(module.get("resources"))):
        secrets = secrets_of(str(resource.get("type")))
        yield from secrets_inside(merge(resource.get("values"), None, resource.get("sensitive_values"), secrets))
    for child in _list(module.get("child_modules")):
        yield from _in_module(_dict(child))


def _in_outputs(outputs: Mapping[str, Any]) -> Iterator[Value]:
    for output in map(_dict, outputs.values()):
        if output.get("sensitive"):
            yield merge(output.get("value"), None, None)


def _dict(item: Any) -> dict[str, Any]:
    return item if isinstance(item, dict) else {}


def _list(item: Any) -> list[Any]:
    return item if isinstance(item, list) else []
