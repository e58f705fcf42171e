"""The messages of the plugin protocol that carry a provider's schema: written once, when the sandbox is prepared."""

# ruff: noqa: RUF009 - `wire` makes a dataclass's field
from __future__ import annotations

from dataclasses import dataclass

from shipway.sandbox.provider.messages import Capabilities, Empty
from shipway.sandbox.provider.wire import wire

__all__ = [
    "AttributeSchema",
    "BlockSchema",
    "NestedBlockSchema",
    "ObjectSchema",
    "Schema",
    "SchemaEntry",
    "SchemaResponse",
]


@dataclass(eq=False, repr=False)
class ObjectSchema:
    """The attributes of a nested attribute. `attributes` holds AttributeSchema, which is declared after it."""

    attributes: list[AttributeSchema] = wire(1, Empty, many=True)
    nesting: int = wire(3, int)


@dataclass(eq=False, repr=False)
class AttributeSchema:
    """An attribute: `type` is its type as JSON, unless it is nested."""

    name: str = wire(1, str)
    type: bytes = wire(2)
    description: str = wire(3, str)
    required: bool = wire(4, bool)
    optional: bool = wire(5, bool)
    computed: bool = wire(6, bool)
    sensitive: bool = wire(7, bool)
    deprecated: bool = wire(9, bool)
    nested_type: ObjectSchema | None = wire(10, ObjectSchema)


@dataclass(eq=False, repr=False)
class BlockSchema:
    """Attributes and blocks. `block_types` holds NestedBlockSchema, which is declared after it."""

    version: int = wire(1, int)
    attributes: list[AttributeSchema] = wire(2, AttributeSchema, many=True)
    block_types: list[NestedBlockSchema] = wire(3, Empty, many=True)
    description: str = wire(4, str)
    deprecated: bool = wire(6, bool)


@dataclass(eq=False, repr=False)
class NestedBlockSchema:
    """A block in a block."""

    type_name: str = wire(1, str)
    block: BlockSchema | None = wire(2, BlockSchema)
    nesting: int = wire(3, int)
    min_items: int = wire(4, int)
    max_items: int = wire(5, int)


@dataclass(eq=False, repr=False)
class Schema:
    """A resource type's, a data source's or the provider's own."""

    version: int = wire(1, int)
    block: BlockSchema | None = wire(2, BlockSchema)


@dataclass(eq=False, repr=False)
class SchemaEntry:
    """A protobuf map's entry."""

    key: str = wire(1, str)
    value: Schema | None = wire(2, Schema)


@dataclass(eq=False, repr=False)
class SchemaResponse:
    """Everything the provider knows."""

    provider: Schema | None = wire(1, Schema)
    resource_schemas: list[SchemaEntry] = wire(2, SchemaEntry, many=True)
    data_source_schemas: list[SchemaEntry] = wire(3, SchemaEntry, many=True)
    server_capabilities: Capabilities | None = wire(6, Capabilities)
