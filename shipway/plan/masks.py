"""Puts together what a plan says in four places: a value, what of it is unknown, what is secret, its expressions.

Where a mask does not fit its value, the whole value is taken for secret: a misread mask must not show anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from shipway.plan.values import Record, Secret, Unknown, Value

__all__ = ["NOT_SECRET", "Sources", "merge", "secret_tree"]

SecretTree: TypeAlias = "Mapping[str, SecretTree] | None"
"""Secret attributes of a type by name; None marks a secret, an empty mapping nothing."""

NOT_SECRET: SecretTree = {}


def secret_tree(paths: Sequence[str]) -> SecretTree:
    """The tree of dotted paths such as `task.new_cluster.password`; lists are passed through."""
    tree: dict[str, Any] = {}
    for path in paths:
        *parents, last = path.split(".")
        node = tree
        for name in parents:
            node = node.setdefault(name, {})
        node[last] = None
    return tree


@dataclass(frozen=True, slots=True)
class Sources:
    """The expressions of one block of the configuration, as plain JSON: what each attribute is made of."""

    node: Any = None

    def step(self, key: str | int) -> Sources:
        """The expressions one level further in."""
        node = self.node
        if isinstance(node, dict):
            if "references" in node or "constant_value" in node:
                return self
            if isinstance(key, str):
                return Sources(node.get(key))
            return self
        if isinstance(node, list) and isinstance(key, int) and key < len(node):
            return Sources(node[key])
        return Sources()

    def refs(self) -> tuple[str, ...]:
        """The references that this value is made of, only the most specific of each chain."""
        node = self.node
        found = node.get("references", []) if isinstance(node, dict) else []
        names = [name for name in found if isinstance(name, str)]
        return tuple(name for name in names if not any(other.startswith(f"{name}.") for other in names))


def _any_true(mask: Any) -> bool:
    if isinstance(mask, dict):
        return any(map(_any_true, mask.values()))
    if isinstance(mask, list):
        return any(map(_any_true, mask))
    return mask is True


def merge(
    raw: Any, unknown: Any, sensitive: Any, secrets: SecretTree = NOT_SECRET, sources: Sources | None = None
) -> Value:
    """The value with its unknown and secret parts as types of their own."""
    sources = sources or Sources()
    if secrets is None or sensitive is True:
        return _secret(merge(raw, unknown, None, NOT_SECRET, sources))
    if unknown is True:
        return Unknown(sources.refs())
    if isinstance(raw, dict) or (raw is None and isinstance(unknown, dict) and _any_true(unknown)):
        if _any_true(sensitive) and not isinstance(sensitive, dict):
            return _secret(merge(raw, unknown, None, NOT_SECRET, sources))
        return _record(raw or {}, unknown, sensitive, secrets, sources)
    if isinstance(raw, list):
        if _any_true(sensitive) and not isinstance(sensitive, list):
            return _secret(merge(raw, unknown, None, NOT_SECRET, sources))
        return tuple(
            merge(item, _at(unknown, place), _at(sensitive, place), secrets, sources.step(place))
            for place, item in enumerate(raw)
        )
    if raw is None and _any_true(unknown):
        return Unknown(sources.refs())
    scalar: Value = raw
    return _secret(scalar) if _any_true(sensitive) else scalar


def _record(raw: Mapping[str, Any], unknown: Any, sensitive: Any, secrets: SecretTree, sources: Sources) -> Record:
    unknowns = unknown if isinstance(unknown, dict) else {}
    marks = sensitive if isinstance(sensitive, dict) else {}
    # A part that is unknown as a whole is left out of the value and stands only in the mask.
    names = [*raw, *(name for name, mask in unknowns.items() if name not in raw and _any_true(mask))]
    tree = secrets or {}
    return Record(
        {
            name: merge(
                raw.get(name), unknowns.get(name), marks.get(name), tree.get(name, NOT_SECRET), sources.step(name)
            )
            for name in names
        }
    )


def _secret(value: Value) -> Value:
    # An unset attribute is no secret: shown as one, it would look as if there were a value.
    return None if value is None else Secret(value)


def _at(mask: Any, place: int) -> Any:
    return mask[place] if isinstance(mask, list) and place < len(mask) else None
