"""Planning as the newer framework (plugin framework) does it.

As soon as anything changes, every attribute that the workspace computes and the configuration leaves out becomes
unknown, unless its rule is to keep what the state says.
"""

from __future__ import annotations

from shipway.sandbox.provider.schema import Attribute, Block
from shipway.sandbox.provider.values import UNKNOWN, Object, Value

__all__ = ["plan_framework"]


def plan_framework(block: Block, prior: Value, proposed: Object, config: Value) -> Object:
    """The planned value of `block`, something in the object having changed."""
    planned: Object = {}
    for name, attribute in block.attributes.items():
        planned[name] = _attribute(attribute, _get(prior, name), proposed[name], _get(config, name))
    for name, nested in block.blocks.items():
        whole = proposed[name]
        single = nested.nesting == "single"
        planned[name] = whole if single else _items(nested.block, _get(prior, name), whole, _get(config, name))
    return planned


def _attribute(attribute: Attribute, prior: Value, proposed: Value, config: Value) -> Value:
    if proposed is UNKNOWN:
        return UNKNOWN
    if config is None and attribute.computed:
        return prior if attribute.rules.keeps_state and prior is not None else UNKNOWN
    if proposed is None or attribute.nested is None:
        return proposed
    if attribute.nesting == "single" and isinstance(proposed, dict):
        return plan_framework(attribute.nested, prior, proposed, config)
    return _items(attribute.nested, prior, proposed, config)


def _items(block: Block, prior: Value, proposed: Value, config: Value) -> Value:
    if isinstance(proposed, dict):
        return {key: _item(block, _get(prior, key), item, _get(config, key)) for key, item in proposed.items()}
    if not isinstance(proposed, list):
        return proposed
    return [_item(block, _at(prior, index), item, _at(config, index)) for index, item in enumerate(proposed)]


def _item(block: Block, prior: Value, proposed: Value, config: Value) -> Value:
    return plan_framework(block, prior, proposed, config) if isinstance(proposed, dict) else proposed


def _get(value: Value, name: str) -> Value:
    if value is UNKNOWN:
        return UNKNOWN
    return value.get(name) if isinstance(value, dict) else None


def _at(value: Value, index: int) -> Value:
    return value[index] if isinstance(value, list) and index < len(value) else None
