"""What a plan's `configuration` tells about a resource: the expressions it is made of, and its provisioners.

Configurations from JSON (as cdktf writes them) carry `references` beside a `constant_value` that is only the raw
template, so only `references` are believed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from shipway.plan.masks import Sources

__all__ = ["ConfiguredResource", "bare_address", "configured_resources", "secret_variables"]

# An instance key may itself hold brackets and escaped quotes: `x.y["a]\"b"]`.
_INDEX = re.compile(r'\[(?:"(?:[^"\\]|\\.)*"|[^\]"]*)\]')


@dataclass(frozen=True, slots=True)
class ConfiguredResource:
    """A resource block of the configuration."""

    sources: Sources = field(default_factory=Sources)
    provisioners: tuple[str, ...] = ()
    attributes: frozenset[str] = frozenset()
    references: frozenset[str] = frozenset()
    """The addresses of the blocks that it is made of or waits for."""


def bare_address(address: str) -> str:
    """The address of the block that an instance comes from: without its keys."""
    return _INDEX.sub("", address) if "[" in address else address


def configured_resources(configuration: Mapping[str, Any]) -> dict[str, ConfiguredResource]:
    """Every resource block by its address, through all modules."""
    return dict(_module(_dict(configuration.get("root_module")), ""))


def secret_variables(configuration: Mapping[str, Any], variables: Mapping[str, Any]) -> Iterator[Any]:
    """The values of the root module's variables that are declared sensitive: the plan holds them in clear."""
    declared = _dict(_dict(configuration.get("root_module")).get("variables"))
    for name, value in variables.items():
        if _dict(declared.get(name)).get("sensitive"):
            yield _dict(value).get("value")


def _module(module: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, ConfiguredResource]]:
    for resource in filter(_is_resource, _list(module.get("resources"))):
        yield f"{prefix}{resource['address']}", _configured(resource, prefix)
    for name, call in _dict(module.get("module_calls")).items():
        yield from _module(_dict(_dict(call).get("module")), f"{prefix}module.{name}.")


def _is_resource(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("address"), str)


def _configured(resource: Mapping[str, Any], prefix: str) -> ConfiguredResource:
    expressions = _dict(resource.get("expressions"))
    provisioners = (_dict(item).get("type") for item in _list(resource.get("provisioners")))
    return ConfiguredResource(
        # References are relative to their module; those of the root module, nearly all there are, are complete.
        sources=Sources(expressions) if not prefix else Sources(),
        provisioners=tuple(str(name) for name in provisioners if name),
        attributes=frozenset(expressions),
        references=frozenset(f"{prefix}{found}" for found in map(_block, _referred(resource)) if found),
    )


def _referred(node: Any) -> Iterator[str]:
    """Every reference below a resource block's expressions, and what it waits for."""
    pending = [node]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            for name, inner in item.items():
                if name in ("references", "depends_on") and isinstance(inner, list):
                    yield from (text for text in inner if isinstance(text, str))
                elif isinstance(inner, (dict, list)):
                    pending.append(inner)
        elif isinstance(item, list):
            pending.extend(inner for inner in item if isinstance(inner, (dict, list)))


_NO_BLOCKS = ("var", "local", "each", "count", "self", "path", "terraform", "module")


def _block(reference: str) -> str:
    """The address of the block that a reference such as `databricks_job.x.id` goes to; empty for anything else."""
    parts = bare_address(reference).split(".")
    length = 3 if parts[0] == "data" else 2
    return ".".join(parts[:length]) if len(parts) >= length and parts[0] not in _NO_BLOCKS else ""


def _dict(item: Any) -> dict[str, Any]:
    return item if isinstance(item, dict) else {}


def _list(item: Any) -> list[Any]:
    return item if isinstance(item, list) else []
