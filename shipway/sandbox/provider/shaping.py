"""Objects between the store's files, where people edit them, and Terraform, which wants exactly the schema's shape."""

from __future__ import annotations

from typing import assert_never

from shipway.sandbox.provider.schema import Attribute, Block, NestedBlock, Nesting, Type
from shipway.sandbox.provider.values import UNKNOWN, Object, Value

__all__ = ["ShapeError", "conform", "prune"]


class ShapeError(Exception):
    """A value that the schema does not allow: where it is, and what was wanted."""

    def __init__(self, path: str, wanted: str, got: Value) -> None:
        super().__init__(f"{path or 'the object'}: wanted {wanted}, got {got!r}"[:300])


def conform(block: Block, value: Value, path: str = "") -> Object:
    """`value` with every attribute of `block` and nothing else; raises ShapeError where a value has the wrong type."""
    if not isinstance(value, dict):
        raise ShapeError(path, "an object", value)
    shaped: Object = {}
    for name, attribute in block.attributes.items():
        shaped[name] = _attribute(attribute, value.get(name), _under(path, name))
    for name, nested in block.blocks.items():
        shaped[name] = _nested(nested, value.get(name), _under(path, name))
    return shaped


def _under(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _attribute(attribute: Attribute, value: Value, path: str) -> Value:
    if value is None or value is UNKNOWN:
        return value
    if attribute.nested is None:
        return _typed(attribute.type, value, path)
    if attribute.nesting == "single":
        return conform(attribute.nested, value, path)
    if attribute.nesting == "map":
        members = _members(value, path)
        return {key: conform(attribute.nested, item, f"{path}[{key!r}]") for key, item in members.items()}
    return [conform(attribute.nested, item, f"{path}[{index}]") for index, item in enumerate(_items(value, path))]


def _nested(nested: NestedBlock, value: Value, path: str) -> Value:
    if value is UNKNOWN:
        return value
    if nested.nesting == "single":
        return None if value is None else conform(nested.block, value, path)
    if value is None:
        return []
    return [conform(nested.block, item, f"{path}[{index}]") for index, item in enumerate(_items(value, path))]


def _items(value: Value, path: str) -> list[Value]:
    if not isinstance(value, list):
        raise ShapeError(path, "a list", value)
    return value


def _members(value: Value, path: str) -> Object:
    if not isinstance(value, dict):
        raise ShapeError(path, "a map", value)
    return value


def _typed(kind: Type, value: Value, path: str) -> Value:
    if value is None or value is UNKNOWN:
        return value
    match kind.kind:
        case "string" | "number" | "bool":
            return _primitive(kind, value, path)
        case "list" | "set":
            return [_element(kind, item, f"{path}[{index}]") for index, item in enumerate(_items(value, path))]
        case "map":
            return {key: _element(kind, item, f"{path}[{key!r}]") for key, item in _members(value, path).items()}
        case "object":
            members = _members(value, path)
            return {name: _typed(item, members.get(name), _under(path, name)) for name, item in kind.attributes.items()}
        case _:
            assert_never(kind.kind)


def _element(kind: Type, value: Value, path: str) -> Value:
    return value if kind.element is None else _typed(kind.element, value, path)


def _primitive(kind: Type, value: Value, path: str) -> Value:
    fits = {
        "string": isinstance(value, str),
        "bool": isinstance(value, bool),
        # A number too large for 64 bits travels as text.
        "number": isinstance(value, int | float | str) and not isinstance(value, bool),
    }
    if not fits[kind.kind]:
        raise ShapeError(path, f"a {kind.kind}", value)
    return value


def prune(block: Block, value: Object) -> Object:
    """`value` without what `conform` would add: null attributes and empty blocks. This is what a file shows."""
    kept: Object = {}
    for name, item in value.items():
        nested = block.blocks.get(name)
        attribute = block.attributes.get(name)
        if item is None or (nested and item == []):
            continue
        if nested:
            kept[name] = _pruned(nested.block, nested.nesting, item)
        elif attribute and attribute.nested:
            kept[name] = _pruned(attribute.nested, attribute.nesting, item)
        else:
            kept[name] = item
    return kept


def _pruned(block: Block, nesting: Nesting, value: Value) -> Value:
    if isinstance(value, list):
        return [prune(block, item) if isinstance(item, dict) else item for item in value]
    if not isinstance(value, dict):
        return value
    if nesting == "map":
        return {key: prune(block, item) if isinstance(item, dict) else item for key, item in value.items()}
    return prune(block, value)
