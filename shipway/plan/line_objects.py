"""Objects that hold a whole line: an endpoint with an entity for each slot, and an agent's pointer file.

What of them is the pointer, what a slot holds, and whether one works; and the same object without what a review tells
of it, so that all else that differs is seen. An object that is not as Shipway writes it is none of these.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from shipway.models.slot import Slot
from shipway.plan.access_readers import blocks
from shipway.plan.values import Record, Value
from shipway.pointer import file_form
from shipway.pointer.file_form import AgentFile
from shipway.pointer.pointer import BadPointer
from shipway.pointer.traffic import Traffic

__all__ = [
    "ENDPOINT",
    "FILE",
    "POINTER",
    "agent_file",
    "endpoint_without",
    "entities_that_run",
    "file_without",
    "shares_of",
    "versions_of",
]

ENDPOINT, FILE = "databricks_model_serving", "databricks_file"
POINTER = "pointer"
"""Stands for the pointer among the slots that are told elsewhere."""

_OF_POINTER = ("active", "candidate", "percent", "salt")


def shares_of(endpoint: Record) -> Traffic | None:
    """How an endpoint's requests are shared; None where not between blue and green, or nobody knows yet."""
    routes = [route for config in blocks(endpoint.get("config")) for route in _routes(config)]
    named = [(route.get("served_entity_name") or route.get("served_model_name"), route) for route in routes]
    found = {name: _whole(route.get("traffic_percentage")) for name, route in named if isinstance(name, str)}
    shares = {name: share for name, share in found.items() if share is not None}
    if len(shares) != len(routes):
        return None
    try:
        return Traffic.parse(shares)
    except BadPointer:
        return None


def _routes(config: Record) -> list[Record]:
    return [route for traffic in blocks(config.get("traffic_config")) for route in blocks(traffic.get("routes"))]


def _whole(value: Value) -> int | None:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _entities(endpoint: Record) -> dict[str, Record]:
    found = [one for config in blocks(endpoint.get("config")) for one in blocks(config.get("served_entities"))]
    named = {str(one.get("name")): one for one in found}
    return named if len(named) == len(found) and set(named) == set(map(str, Slot)) else {}


def versions_of(endpoint: Record) -> Mapping[str, str]:
    """The model's version in each slot; nothing for an endpoint without slots, or where nobody knows yet."""
    found = {slot: one.get("entity_version") for slot, one in _entities(endpoint).items()}
    return {slot: version for slot, version in found.items() if isinstance(version, str)}


def entities_that_run(endpoint: Record) -> Mapping[str, bool]:
    """Whether each slot is kept warm; empty for an endpoint without slots, or where nobody knows yet."""
    found = {slot: one.get("scale_to_zero_enabled") for slot, one in _entities(endpoint).items()}
    return {slot: not sleeps for slot, sleeps in found.items() if isinstance(sleeps, bool)}


def agent_file(file: Record) -> AgentFile | None:
    """What an agent's pointer file says; None for any other file."""
    content = _content(file)
    if content is None:
        return None
    try:
        return file_form.parse(content.decode())
    except (BadPointer, UnicodeDecodeError):
        return None


def _content(file: Record) -> bytes | None:
    text = file.get("content_base64")
    try:
        return base64.b64decode(text, validate=True) if isinstance(text, str) else None
    except ValueError:
        return None


def endpoint_without(endpoint: Record, told: Collection[str]) -> Record:
    """The endpoint without the shares, where the pointer is told, and without whether the told slots are warm."""
    return _each(endpoint, "config", lambda config: _config_without(config, told))


def _config_without(config: Record, told: Collection[str]) -> Record:
    kept = _each(
        config,
        "served_entities",
        lambda one: one.without("scale_to_zero_enabled") if one.get("name") in told else one,
    )
    if POINTER not in told:
        return kept
    return _each(
        kept,
        "traffic_config",
        lambda traffic: _each(traffic, "routes", lambda route: route.without("traffic_percentage")),
    )


def _each(own: Record, name: str, change: Callable[[Record], Record]) -> Record:
    return Record({**own, name: tuple(map(change, blocks(own.get(name))))}) if name in own else own


def file_without(file: Record, told: Collection[str]) -> Record:
    """The file without the pointer, where it is told, and without whether the other slot works, where a slot is.

    Its digest goes too where it is that of its content: it says nothing of its own.
    """
    content = _content(file)
    if content is None:
        return file
    said: dict[str, Any] = json.loads(content)
    gone = {*(_OF_POINTER if POINTER in told else ()), *(("shadow",) if set(told) - {POINTER} else ())}
    rest = json.dumps({name: value for name, value in said.items() if name not in gone}, sort_keys=True)
    own = {**file, "content_base64": base64.b64encode(rest.encode()).decode()}
    if file.get("md5") == hashlib.md5(content, usedforsecurity=False).hexdigest():
        del own["md5"]
    return Record(own)
