"""A stack's state seen through what its author wrote.

Server-computed attributes (ids, time stamps, serials) differ between two states that are the same to everybody who uses
them. What the synthesized stack sets does not: two states are equal where these attributes are, with every reference
resolved to the value it had.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["authored", "digest"]

_META = frozenset({"//", "depends_on", "lifecycle", "provider", "count", "for_each", "provisioner", "connection"})

Authored = dict[str, dict[str, Any]]


def authored(stack: Mapping[str, Any], state: Mapping[str, Any]) -> Authored:
    """By address, the values in `state` of the attributes that `stack` sets.

    `stack` is a cdk.tf.json, `state` what `terraform show -json` prints for its state. A resource that the stack has
    and the state has not is in the result with nothing, so that a lost one is a difference.
    """
    values = {resource["address"]: resource["values"] for resource in _resources(state)}
    return {
        address: {key: values[address].get(key) for key in sorted(keys)} if address in values else {}
        for address, keys in sorted(_set_by(stack))
    }


def digest(projection: Authored) -> str:
    """SHA-256 over the canonical JSON of a projection."""
    canonical = json.dumps(projection, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _set_by(stack: Mapping[str, Any]) -> Iterator[tuple[str, set[str]]]:
    for kind, resources in stack.get("resource", {}).items():
        for name, body in resources.items():
            yield f"{kind}.{name}", set(body) - _META


def _resources(state: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    root = state.get("values", {}).get("root_module", {})
    yield from (resource for resource in root.get("resources", ()) if resource.get("mode") == "managed")
