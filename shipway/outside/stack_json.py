"""Reads a cdk.tf.json for the scanner, and refuses what the scanner would overlook.

checkov's conversion leaves out a list that mixes blocks and values and a list of lists; a JSON parser keeps one of two
equal keys, of which Terraform uses both. Each could hide something from the rules, and cdktf writes none of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from shipway.scan.scanner import ScanError

__all__ = ["read_stack"]

_HINT = "run `shipway synth` again; scan reads what cdktf writes"


def read_stack(name: str, text: bytes) -> dict[str, Any]:
    """The stack in `text`; raises ScanError naming `name` if it is not JSON as cdktf writes it."""
    try:
        stack = json.loads(text.decode("utf-8"), object_pairs_hook=_no_twice, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise ScanError(f"{name} is not a synthesized stack: {error}", _HINT) from error
    if not isinstance(stack, dict):
        raise ScanError(f"{name} is not a synthesized stack: got {type(stack).__name__}, wanted an object", _HINT)
    for where, block in _blocks(name, stack):
        if not isinstance(block, dict):
            raise ScanError(f"{name}: {where} is {type(block).__name__}, wanted an object", _HINT)
        for path in _overlooked(block, where):
            raise ScanError(f"{name}: {path} is a list of lists or mixes values and blocks; rules cannot see it", _HINT)
        # checkov asks every block for its lines; ours have none worth naming.
        block.update({"__startline__": 1, "__endline__": 1})
    return stack


def _blocks(name: str, stack: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every resource and provider block with its address."""
    for kind, named in _object(name, "resource", stack.get("resource", {})).items():
        for label, block in _object(name, kind, named).items():
            if label != "//":
                yield f"{kind}.{label}", block
    for kind, blocks in _object(name, "provider", stack.get("provider", {})).items():
        for block in blocks if isinstance(blocks, list) else [blocks]:
            yield f"provider.{kind}", block


def _object(name: str, where: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ScanError(f"{name}: {where} is {type(value).__name__}, wanted an object", _HINT)
    return value


def _overlooked(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key != "//":
                yield from _overlooked(inner, f"{path}.{key}")
    elif isinstance(value, list):
        kinds = {dict if isinstance(item, dict) else list if isinstance(item, list) else str for item in value}
        if list in kinds or len(kinds) > 1:
            yield path
        for item in value:
            yield from _overlooked(item, path)


def _no_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice!r} stands twice in one object")
    return found


def _no_constant(constant: str) -> float:
    raise ValueError(f"{constant} is no JSON")
