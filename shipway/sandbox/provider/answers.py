"""What a workspace answers that follows from what it was asked for, so that a plan is quiet here where it is there."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable

from shipway.sandbox.provider.values import Object, Value

__all__ = ["answered", "file_content"]


def answered(resource: str, new: Object, host: str) -> Object:
    """`new`, an object that was just written, with what a workspace would say of it."""
    answer = _ANSWERS.get(resource)
    return {**new, **answer(new, host)} if answer else new


def file_content(file: Object) -> bytes | None:
    """What a `databricks_file` uploads; None where that is a file of the machine, or not base64."""
    content = file.get("content_base64")
    if not isinstance(content, str) or not content:
        return None
    try:
        return base64.b64decode(content, validate=True)
    except binascii.Error:
        return None


def _endpoint(new: Object, host: str) -> Object:
    return {
        "endpoint_url": f"{host.rstrip('/')}/serving-endpoints/{new.get('name')}/invocations",
        "config": [_config(item) for item in _items(new.get("config"))],
    }


def _config(config: Value) -> Value:
    if not isinstance(config, dict):
        return config
    return {**config, "traffic_config": [_traffic(item) for item in _items(config.get("traffic_config"))]}


def _traffic(traffic: Value) -> Value:
    if not isinstance(traffic, dict):
        return traffic
    return {**traffic, "routes": [_route(item) for item in _items(traffic.get("routes"))]}


def _route(route: Value) -> Value:
    # Both names, though one is asked for (provider 1.99, serving.suppressRouteModelEntityNameDiff).
    if not isinstance(route, dict):
        return route
    name = route.get("served_entity_name") or route.get("served_model_name")
    return {**route, "served_entity_name": name, "served_model_name": name}


def _file(new: Object, host: str) -> Object:
    content = file_content(new)
    return {} if content is None else {"file_size": len(content)}


def _items(value: Value) -> list[Value]:
    return value if isinstance(value, list) else []


_ANSWERS: dict[str, Callable[[Object, str], Object]] = {
    "databricks_file": _file,
    "databricks_model_serving": _endpoint,
}
