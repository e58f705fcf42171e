"""Which changes need a new object: the paths whose rule says so and whose value changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from shipway.sandbox.provider.schema import Attribute, Block, NestedBlock
from shipway.sandbox.provider.values import UNKNOWN, Object, Value, is_zero

__all__ = ["Path", "replaced"]

Path: TypeAlias = "tuple[str | int, ...]"


def replaced(block: Block, prior: Object, planned: Object, above: Path = ()) -> Iterator[Path]:
    """The paths of `block` that change from `prior` to `planned` and cannot change in place."""
    for name, attribute in block.attributes.items():
        yield from _attribute(attribute, prior.get(name), planned.get(name), (*above, name))
    for name, nested in block.blocks.items():
        if nested.nesting != "single":
            yield from _blocks(nested, prior.get(name), planned.get(name), (*above, name))


def _attribute(attribute: Attribute, old: Value, new: Value, path: Path) -> Iterator[Path]:
    if old == new or (is_zero(old) and is_zero(new)):
        return
    if attribute.rules.force_new:
        yield path
    elif attribute.nested and attribute.nesting == "single" and isinstance(new, dict):
        yield from replaced(attribute.nested, old if isinstance(old, dict) else {}, new, path)


def _blocks(nested: NestedBlock, old: Value, new: Value, path: Path) -> Iterator[Path]:
    before, after = _items(old), _items(new)
    if before == after and new is not UNKNOWN:
        return
    if nested.rules.force_new and (new is UNKNOWN or len(before) != len(after)):
        yield path
    if new is UNKNOWN:
        return
    if nested.nesting == "set":
        # A member of a set has no place of its own: the set as a whole is what changes.
        changed = [item for item in [*before, *after] if not (item in before and item in after)]
        if any(True for item in changed for _ in replaced(nested.block, {}, item)):
            yield path
        return
    for index in range(max(len(before), len(after))):
        yield from replaced(nested.block, _at(before, index), _at(after, index), (*path, index))


def _items(value: Value) -> list[Object]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _at(items: list[Object], index: int) -> Object:
    return items[index] if index < len(items) else {}
