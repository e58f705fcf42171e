"""What the provider takes from the API's answer when it reads an object again.

Most resource types of the older framework are read by one function (StructToData, common/reflect_resource.go in the
provider's repository): where the API answers with nothing for an optional attribute, the state's own value stays; where
it answers with something that nobody configured and that the provider does not compute, the answer is dropped. So a
plan sees no schedule that was removed in the console (issue 5624), and none that was added. Blocks inside are taken
whole.

Only the types below: their reading is known from the source. The others take what is there.
"""

from __future__ import annotations

from shipway.sandbox.provider.schema import Resource
from shipway.sandbox.provider.values import Object, Value

__all__ = ["as_read"]

_BY_STRUCT = frozenset({"databricks_catalog", "databricks_job", "databricks_schema"})


def as_read(resource: Resource, state: Object, answered: Object) -> Object:
    """The object as the state has it after reading `answered`."""
    if resource.name not in _BY_STRUCT:
        return answered
    read = dict(answered)
    for name in (*resource.block.attributes, *resource.block.blocks):
        before, now = state.get(name), answered.get(name)
        attribute = resource.block.attributes.get(name)
        optional = attribute.optional if attribute else True
        computed = attribute.computed if attribute else False
        if (optional and _nothing(now)) or (not computed and optional and _zero(before)):
            read[name] = before
    return read


def _nothing(value: Value) -> bool:
    return value is None or (isinstance(value, (str, list, dict)) and not value)


def _zero(value: Value) -> bool:
    return _nothing(value) or value is False or value == 0
