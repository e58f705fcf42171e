"""What a workspace would have answered: values for everything that was unknown when the change was planned.

The values are plausible, not real: an id, a time, a URL of the right form, and the same ones for the same content.
"""

from __future__ import annotations

from dataclasses import dataclass

from shipway.sandbox.provider.identity import digest, id_attribute, new_id, uuid
from shipway.sandbox.provider.schema import Attribute, Block, NestedBlock, Resource, Type
from shipway.sandbox.provider.values import UNKNOWN, Object, Value, without_unknowns

__all__ = ["WHO", "fill"]

WHO = "sandbox@example.com"
"""The user that everything is done as."""

_WHO = {
    "owner",
    "created_by",
    "updated_by",
    "creator",
    "creator_name",
    "creator_user_name",
    "effective_owner",
    "updater",
}
_TIME, _TIMESTAMP = "2024-01-01T00:00:00Z", 1_704_067_200_000


@dataclass(frozen=True)
class _Answer:
    resource: Resource
    host: str
    digest: str
    id: str

    @property
    def zeros(self) -> bool:
        """The older framework keeps zeros, not nulls, in the state of a block."""
        return self.resource.framework == "sdkv2"


def fill(resource: Resource, planned: Object, host: str, attempt: int = 0) -> Object:
    """`planned` with nothing unknown in it; `attempt` counts ids that were taken."""
    drawn = digest(resource.name, planned, attempt)
    known = planned.get("id")
    answer = _Answer(resource, host, drawn, known if isinstance(known, str) else new_id(resource.name, planned, drawn))
    return _block(resource.block, planned, answer, zeros=False)


def _block(block: Block, planned: Object, answer: _Answer, *, zeros: bool) -> Object:
    filled: Object = {}
    for name, attribute in block.attributes.items():
        filled[name] = _attribute(attribute, name, planned.get(name), answer, zeros=zeros)
    for name, nested in block.blocks.items():
        filled[name] = _nested(nested, planned.get(name), answer)
    return filled


def _attribute(attribute: Attribute, name: str, value: Value, answer: _Answer, *, zeros: bool) -> Value:
    if value is UNKNOWN:
        return _answered(attribute, name, answer)
    if value is None:
        return _zero(attribute.type) if zeros and attribute.nested is None else None
    if attribute.nested is None:
        return without_unknowns(value)
    if attribute.nesting == "map" and isinstance(value, dict):
        return {key: _item(attribute.nested, item, answer, zeros=False) for key, item in value.items()}
    if isinstance(value, list):
        return [_item(attribute.nested, item, answer, zeros=False) for item in value]
    return _item(attribute.nested, value, answer, zeros=False)


def _nested(nested: NestedBlock, value: Value, answer: _Answer) -> Value:
    if nested.nesting == "single":
        return _item(nested.block, value, answer, zeros=False)
    items = value if isinstance(value, list) else []
    return [_item(nested.block, item, answer, zeros=answer.zeros) for item in items]


def _item(block: Block, value: Value, answer: _Answer, *, zeros: bool) -> Value:
    return _block(block, value, answer, zeros=zeros) if isinstance(value, dict) else None


def _zero(kind: Type) -> Value:
    zero: dict[str, Value] = {"string": "", "number": 0, "bool": False, "map": {}}
    return zero.get(kind.kind, [])


def _answered(attribute: Attribute, name: str, answer: _Answer) -> Value:
    if attribute.nested is not None:
        return None if attribute.nesting in ("single", "map") else []
    match attribute.type.kind:
        case "string":
            return _text(name, answer)
        case "number":
            if name == "workspace_id" and answer.id.isdigit():
                # A workspace that was just made: others are attached to it by this number.
                return int(answer.id)
            return _TIMESTAMP if name.endswith(("_at", "_time", "_timestamp")) else 0
        case _:
            return _zero(attribute.type)


def _text(name: str, answer: _Answer) -> str:
    if name in ("id", id_attribute(answer.resource.name)):
        return answer.id
    if name in _WHO:
        return WHO
    if name == "url":
        return f"{answer.host}/#{answer.resource.name.removeprefix('databricks_')}/{answer.id}"
    if name == "workspace_url":
        return f"https://dbc-{answer.digest[:8]}-{answer.digest[8:12]}.cloud.databricks.com"
    if name in ("state", "status"):
        return "RUNNING"
    if name.endswith("_time"):
        return _TIME
    return uuid(answer.digest) if name.endswith("_id") or name in ("uuid", "uid", "etag") else ""
