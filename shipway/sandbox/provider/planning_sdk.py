"""Planning as the older framework (SDKv2) does it, with its habits.

It takes null, zero and empty for the same; a collection that the configuration drops plans as empty, not as null; what
the workspace may fill in is unknown only while the object is created.
"""

from __future__ import annotations

from collections.abc import Sequence

from shipway.sandbox.provider.schema import Attribute, Block, NestedBlock
from shipway.sandbox.provider.suppress import suppressed
from shipway.sandbox.provider.values import UNKNOWN, Object, Value, is_zero

__all__ = ["equivalent", "plan_sdk"]


def plan_sdk(
    block: Block, prior: Object | None, proposed: Object, *, creating: bool | None = None, in_set: bool = False
) -> Object:
    """The planned value of `block`. `creating` is whether the whole object is new, `in_set` whether a set is above."""
    new = prior is None if creating is None else creating
    before = prior or {}
    planned: Object = {
        name: _attribute(attribute, before.get(name), proposed[name], creating=new, in_set=in_set)
        for name, attribute in block.attributes.items()
    }
    for name, nested in block.blocks.items():
        planned[name] = _blocks(nested, prior, name, proposed[name], creating=new, in_set=in_set)
    return planned


def _attribute(attribute: Attribute, prior: Value, proposed: Value, *, creating: bool, in_set: bool) -> Value:
    if proposed is UNKNOWN:
        return UNKNOWN
    unset = proposed is None or (proposed in ("", []) and attribute.computed and creating)
    value = _left_out(attribute, prior, creating=creating, in_set=in_set) if unset else proposed
    if value is UNKNOWN or value == prior:
        return value
    return prior if suppressed(attribute.rules, prior, value, explicit=proposed is not None) else value


def _left_out(attribute: Attribute, prior: Value, *, creating: bool, in_set: bool) -> Value:
    """What an attribute becomes that the configuration does not set."""
    if attribute.rules.default is not None:
        return attribute.rules.default
    if attribute.computed:
        return UNKNOWN if creating or (in_set and prior is None) else prior
    if in_set and attribute.type.kind == "string":
        return ""
    if in_set and not attribute.type.primitive and attribute.type.kind != "map":
        return []
    if isinstance(prior, list):
        return []
    if isinstance(prior, dict):
        return {}
    return prior if is_zero(prior) else None


def _blocks(
    nested: NestedBlock, prior: Object | None, name: str, proposed: Value, *, creating: bool, in_set: bool
) -> Value:
    if nested.nesting == "single" or proposed is UNKNOWN:
        return proposed
    before = (prior or {}).get(name)
    if not proposed:
        return _no_blocks(nested, before, proposed, new=creating or prior is None)
    old = before if isinstance(before, list) else []
    items = proposed if isinstance(proposed, list) else []
    if nested.nesting == "list":
        pairs: list[tuple[Value, Value]] = [(_at(old, index), item) for index, item in enumerate(items)]
        return [_item(nested.block, was, item, creating=creating, in_set=in_set) for was, item in pairs]
    return [_member(nested.block, old, item, creating=creating) for item in items]


def _no_blocks(nested: NestedBlock, prior: Value, proposed: Value, *, new: bool) -> Value:
    if nested.rules.computed:
        return UNKNOWN if new else prior or []
    if prior and suppressed(nested.rules, prior, proposed, explicit=False):
        return prior
    return proposed


def _item(block: Block, prior: Value, proposed: Value, *, creating: bool, in_set: bool) -> Value:
    if not isinstance(proposed, dict):
        return proposed
    return plan_sdk(block, prior if isinstance(prior, dict) else None, proposed, creating=creating, in_set=in_set)


def _member(block: Block, prior: Sequence[Value], proposed: Value, *, creating: bool) -> Value:
    if proposed in prior:
        return proposed
    was = next((item for item in prior if _configured_alike(proposed, item)), None)
    return _item(block, was, proposed, creating=creating, in_set=True)


def _at(items: Sequence[Value], index: int) -> Value:
    return items[index] if index < len(items) else None


def _configured_alike(proposed: Value, prior: Value) -> bool:
    """Whether `prior` can be the set's member that `proposed` configures: what is left null may be anything."""
    if proposed is None:
        return True
    if isinstance(proposed, dict) and isinstance(prior, dict):
        return all(_configured_alike(value, prior.get(key)) for key, value in proposed.items())
    if isinstance(proposed, list) and isinstance(prior, list):
        return len(proposed) == len(prior) and all(map(_configured_alike, proposed, prior))
    return proposed == prior


def equivalent(one: Value, other: Value) -> bool:
    """Whether the framework sees no difference: null, zero and empty are one thing to it."""
    if one is UNKNOWN or other is UNKNOWN:
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return all(equivalent(one.get(key), other.get(key)) for key in one.keys() | other.keys())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equivalent, one, other))
    return one == other or (is_zero(one) and is_zero(other))
