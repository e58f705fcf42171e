"""The facts about the real provider, packed once into what a provider process reads in a moment.

Facts are two files beside this module: what `terraform providers schema -json` prints for databricks/databricks 1.99.0,
and per attribute what that schema leaves out. Packed: one file per type, and Terraform's answer for the whole schema.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from shipway.sandbox.provider.messages import Capabilities
from shipway.sandbox.provider.schema_messages import (
    AttributeSchema,
    BlockSchema,
    NestedBlockSchema,
    ObjectSchema,
    Schema,
    SchemaEntry,
    SchemaResponse,
)
from shipway.sandbox.provider.types import DATA_SOURCES, RESOURCES, SCHEMA
from shipway.sandbox.provider.wire import encode

__all__ = ["PROVIDER_VERSION", "facts_digest", "pack", "provider_schema"]

PROVIDER_VERSION = "1.99.0"
_FACTS = Path(__file__).parent / "facts"
_SCHEMA_FILE = _FACTS / f"provider-schema-{PROVIDER_VERSION}.json.xz"
_BEHAVIOUR_FILE = _FACTS / f"provider-behaviour-{PROVIDER_VERSION}.json.xz"
_NESTING = {"single": 1, "list": 2, "set": 3, "map": 4}
# Counts how the packed files are made: one more whenever this module changes what it writes.
_FORMAT = b"1"


def facts_digest() -> str:
    """Names the packed files: other facts or another format, another digest."""
    return hashlib.sha256(_SCHEMA_FILE.read_bytes() + _BEHAVIOUR_FILE.read_bytes() + _FORMAT).hexdigest()[:16]


def provider_schema() -> dict[str, Any]:
    """What `terraform providers schema -json` prints of the real provider: its block, its types, its data sources."""
    document = json.loads(lzma.decompress(_SCHEMA_FILE.read_bytes()))
    schema: dict[str, Any]
    (schema,) = document["provider_schemas"].values()
    return schema


def pack(folder: Path) -> None:
    """Write the packed facts to `folder`, whole or not at all; nothing to do where they are."""
    if folder.is_dir():
        return
    schema = provider_schema()
    behaviour = json.loads(lzma.decompress(_BEHAVIOUR_FILE.read_bytes()))
    beside = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(beside, ignore_errors=True)
    for kind, types, facts in (
        (RESOURCES, schema["resource_schemas"], behaviour),
        (DATA_SOURCES, schema["data_source_schemas"], {}),
    ):
        (beside / kind).mkdir(parents=True)
        for name, item in types.items():
            whole = {"schema": item, "facts": facts.get(name, {})}
            (beside / kind / f"{name}.json").write_text(json.dumps(whole, separators=(",", ":")))
    (beside / SCHEMA).write_bytes(encode(_response(schema)))
    _move(beside, folder)


def _move(beside: Path, folder: Path) -> None:
    try:
        beside.rename(folder)
    except OSError:
        # Another process packed the same facts at the same moment.
        shutil.rmtree(beside, ignore_errors=True)
        if not folder.is_dir():
            raise


def _response(schema: dict[str, Any]) -> SchemaResponse:
    return SchemaResponse(
        provider=_schema(schema["provider"]),
        resource_schemas=list(_entries(schema["resource_schemas"])),
        data_source_schemas=list(_entries(schema["data_source_schemas"])),
        server_capabilities=Capabilities(get_provider_schema_optional=True),
    )


def _entries(types: dict[str, Any]) -> Iterator[SchemaEntry]:
    for name, item in types.items():
        yield SchemaEntry(name, _schema(item))


def _schema(raw: dict[str, Any]) -> Schema:
    return Schema(raw.get("version", 0), _block(raw["block"]))


def _block(raw: dict[str, Any]) -> BlockSchema:
    return BlockSchema(
        attributes=_attributes(raw),
        block_types=[
            NestedBlockSchema(
                name,
                _block(item["block"]),
                _NESTING[item["nesting_mode"]],
                item.get("min_items", 0),
                item.get("max_items", 0),
            )
            for name, item in sorted(raw.get("block_types", {}).items())
        ],
        description=raw.get("description", ""),
        deprecated=raw.get("deprecated", False),
    )


def _attributes(raw: dict[str, Any]) -> list[AttributeSchema]:
    return [_attribute(name, item) for name, item in sorted(raw.get("attributes", {}).items())]


def _attribute(name: str, raw: dict[str, Any]) -> AttributeSchema:
    flags = {flag: raw.get(flag, False) for flag in ("required", "optional", "computed", "sensitive", "deprecated")}
    nested = raw.get("nested_type")
    if nested:
        shape = ObjectSchema(_attributes(nested), _NESTING[nested["nesting_mode"]])
        return AttributeSchema(name, description=raw.get("description", ""), nested_type=shape, **flags)
    kind = json.dumps(raw["type"], separators=(",", ":")).encode()
    return AttributeSchema(name, kind, description=raw.get("description", ""), **flags)
