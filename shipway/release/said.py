"""What an object says of an aspect of its line, read by meaning: job parameters, wheels, views, traffic, files.

Whatever is written in another way than Shipway writes it is Unreadable, and then nothing is moved.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from shipway.models.names import Slot
from shipway.plan.access_readers import blocks
from shipway.plan.values import Record
from shipway.pointer import file_form, json_form, view
from shipway.pointer.pointer import BadPointer, Pointer

__all__ = [
    "Said",
    "Unreadable",
    "endpoint_traffic",
    "entity_content",
    "entity_runs",
    "file_content",
    "file_pointer",
    "file_shadow",
    "job_content",
    "job_pointer",
    "job_runs",
    "view_pointer",
]


class Unreadable(ValueError):
    """An object does not hold an aspect in the way it is written here; the message says what it holds."""


@dataclass(frozen=True, slots=True)
class Said:
    """What an object says of an aspect: what follows from the manifest, and what no move may change beside it."""

    facts: Mapping[str, str]
    fixed: tuple[str, ...] = ()


_WHEEL = re.compile(
    r"(?P<folder>/.*)/(?P<sha>[0-9a-f]{16})/(?P<package>[a-z_0-9]+)-(?P<version>[0-9.]+)-py3-none-any\.whl"
)


def job_content(job: Record, slot: Slot) -> Said:
    """The release in a slot's job: its parameters, and the wheel of each task by digest."""
    wheels = [library.get("whl") for task in blocks(job.get("task")) for library in blocks(task.get("library"))]
    matched = [_WHEEL.fullmatch(wheel) if isinstance(wheel, str) else None for wheel in wheels]
    found = [one for one in matched if one]
    if not found or len(found) < len(matched):
        raise Unreadable("its tasks name no wheel by digest")
    facts = {name: _parameter(job, name) for name in ("release", "model_version")}
    for name in ("sha", "version"):
        facts[f"wheel {name}"] = " and ".join(sorted({one[name] for one in found}))
    return Said(facts, tuple(sorted({f"{one['folder']} {one['package']}" for one in found})))


def job_runs(router: Record, slot: Slot) -> Said:
    """Whether the router starts the slot."""
    return Said({"runs": _parameter(router, slot.value)})


def job_pointer(router: Record, slot: Slot) -> Said:
    """The pointer in the router's parameter."""
    return _said(lambda: json_form.parse(_parameter(router, "pointer")))


def view_pointer(table: Record, slot: Slot) -> Said:
    """The pointer in a view's definition; the table, the key and the columns stay as they are."""
    try:
        found = view.parse(_text(table, "view_definition"))
        return Said(_facts(found.pointer.pointer()), (repr(found.shape),))
    except BadPointer as error:
        raise Unreadable(error.message) from error


def entity_content(endpoint: Record, slot: Slot) -> Said:
    """The model version that a slot's entity serves."""
    entity = _entity(endpoint, slot)
    return Said({"model_version": _text(entity, "entity_version")}, (_text(entity, "entity_name"),))


def entity_runs(endpoint: Record, slot: Slot) -> Said:
    """Whether a slot's entity is kept warm."""
    zero = _entity(endpoint, slot).get("scale_to_zero_enabled")
    if not isinstance(zero, bool):
        raise Unreadable(f"the entity {slot.value} does not say whether it goes to zero")
    return Said({"runs": "off" if zero else "on"})


def endpoint_traffic(endpoint: Record, slot: Slot) -> Said:
    """Of a hundred requests, how many each slot gets."""
    routes = [
        route
        for config in blocks(endpoint.get("config"))
        for traffic in blocks(config.get("traffic_config"))
        for route in blocks(traffic.get("routes"))
    ]
    shares = {str(one.get("served_entity_name")): str(one.get("traffic_percentage")) for one in routes}
    if len(routes) != len(Slot) or set(shares) != {one.value for one in Slot}:
        raise Unreadable(f"its traffic goes to {', '.join(sorted(shares)) or 'nothing'}, wanted blue and green")
    return Said(shares)


def file_content(file: Record, slot: Slot) -> Said:
    """The release in a slot of an agent's file."""
    found = _file(file).content(slot)
    parts = ("release", "version", "wheel_sha256", "model_version", "prompt_version", "prompt_sha256")
    return Said({name: str(getattr(found, name)) for name in parts})


def file_shadow(file: Record, slot: Slot) -> Said:
    """Whether the other slot of an agent works in the shadow."""
    return Said({"runs": "on" if _file(file).shadow else "off"})


def file_pointer(file: Record, slot: Slot) -> Said:
    """The pointer in an agent's file."""
    return Said(_facts(_file(file).pointer), (_text(file, "path"),))


def _file(file: Record) -> file_form.AgentFile:
    try:
        content = base64.b64decode(_text(file, "content_base64"), validate=True)
        found = file_form.parse(content.decode())
    except BadPointer as error:
        raise Unreadable(error.message) from error
    except ValueError as error:
        raise Unreadable(f"its content is no text: {error}") from error
    if _text(file, "md5") != hashlib.md5(content, usedforsecurity=False).hexdigest():
        raise Unreadable("its md5 is not that of its content")
    return found


def _said(read: Callable[[], Pointer]) -> Said:
    try:
        return Said(_facts(read()))
    except BadPointer as error:
        raise Unreadable(error.message) from error


def _facts(pointer: Pointer) -> dict[str, str]:
    return {
        "active": pointer.active,
        "candidate": pointer.candidate or "",
        "percent": str(pointer.percent),
        "salt": pointer.salt,
    }


def _entity(endpoint: Record, slot: Slot) -> Record:
    found = [
        entity
        for config in blocks(endpoint.get("config"))
        for entity in blocks(config.get("served_entities"))
        if entity.get("name") == slot.value
    ]
    if len(found) != 1:
        raise Unreadable(f"it has {len(found)} entities {slot.value}, wanted one")
    return found[0]


def _parameter(job: Record, name: str) -> str:
    found = [one.get("default") for one in blocks(job.get("parameter")) if one.get("name") == name]
    if len(found) != 1 or not isinstance(found[0], str):
        raise Unreadable(f"it has no parameter {name}, or not one that is known")
    return found[0]


def _text(own: Record, name: str) -> str:
    value = own.get(name)
    if not isinstance(value, str):
        raise Unreadable(f"{name} is no text that is known")
    return value
