"""Puts together what a plan says in four places: a value, what of it is unknown, what is secret, its expressions.

Where a mask does not fit its value, the whole value is taken for secret: a misread mask must not show anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from shipway.plan.values import Record, Secret, Unknown, Value

__all__ = ["NOT_SECRET", "SecretTree", "Sources", "merge", "pruned", "secret_parts", "secret_tree"]

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
        if node is None:
            return self
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


def secret_parts(raw: Any, sensitive: Any, secrets: SecretTree = NOT_SECRET) -> Iterator[Value]:
    """What `merge` would make a Secret of, found without making anything of the rest: most of a plan is no secret."""
    return _secret_parts(raw, pruned(sensitive), secrets)


def _secret_parts(raw: Any, mask: Any, secrets: SecretTree) -> Iterator[Value]:
    if raw is None or (mask is None and secrets is NOT_SECRET):
        return
    if secrets is None or mask is True or (mask is not None and not isinstance(raw, type(mask))):
        yield _frozen(raw)
    elif isinstance(raw, dict):
        marks = mask or {}
        for name in {**marks, **secrets}:
            yield from _secret_parts(raw.get(name), marks.get(name), secrets.get(name, NOT_SECRET))
    elif isinstance(raw, list):
        for place, item in enumerate(raw):
            yield from _secret_parts(item, _at(mask, place), secrets)


def merge(
    raw: Any, unknown: Any, sensitive: Any, secrets: SecretTree = NOT_SECRET, sources: Sources | None = None
) -> Value:
    """The value with its unknown and secret parts as types of their own."""
    return _merge(raw, pruned(unknown), pruned(sensitive), secrets, sources or Sources())


def pruned(mask: Any) -> Any:
    """The mask without the parts that mark nothing; None if that is all of it."""
    # Nearly every mask is a skeleton of empty objects and lists: its text tells so faster than a walk through it.
    return _pruned(mask) if "True" in repr(mask) else None


def _pruned(mask: Any) -> Any:
    if mask is True:
        return True
    if isinstance(mask, dict):
        return {name: inner for name, part in mask.items() if (inner := _pruned(part)) is not None} or None
    if isinstance(mask, list):
        parts = list(map(_pruned, mask))
        return None if all(part is None for part in parts) else parts
    return None


def _merge(raw: Any, unknown: Any, sensitive: Any, secrets: SecretTree, sources: Sources) -> Value:
    if secrets is None or sensitive is True:
        return _secret(_merge(raw, unknown, None, NOT_SECRET, sources))
    if unknown is None and sensitive is None and secrets is NOT_SECRET:
        return _frozen(raw)
    if unknown is True:
        return Unknown(sources.refs())
    if sensitive is not None and not isinstance(raw, type(sensitive)):
        return _secret(_merge(raw, unknown, None, NOT_SECRET, sources))
    if isinstance(raw, dict) or (raw is None and isinstance(unknown, dict)):
        return _record(raw or {}, unknown, sensitive, secrets, sources)
    if isinstance(raw, list):
        return tuple(
            _merge(item, _at(unknown, place), _at(sensitive, place), secrets, sources.step(place))
            for place, item in enumerate(raw)
        )
    return Unknown(sources.refs()) if raw is None and unknown is not None else _frozen(raw)


def _frozen(raw: Any) -> Value:
    # Without a call for each scalar: nine in ten values of a plan are one.
    if isinstance(raw, list):
        return tuple([_frozen(item) if isinstance(item, _NESTED) else item for item in raw]) if raw else ()
    if isinstance(raw, dict):
        return Record.owning({name: _frozen(item) if isinstance(item, _NESTED) else item for name, item in raw.items()})
    scalar: Value = raw
    return scalar


_NESTED = (dict, list)


def _record(raw: Mapping[str, Any], unknown: Any, sensitive: Any, secrets: SecretTree, sources: Sources) -> Record:
    unknowns = unknown if isinstance(unknown, dict) else {}
    marks = sensitive if isinstance(sensitive, dict) else {}
    tree = secrets or {}
    special = {**unknowns, **marks, **tree}
    items = {
        name: _frozen(item) if isinstance(item, _NESTED) and name not in special else item for name, item in raw.items()
    }
    for name in special:
        # A part that is unknown as a whole is left out of the value and stands only in the mask.
        if name in raw or name in unknowns:
            inner = tree.get(name, NOT_SECRET)
            items[name] = _merge(raw.get(name), unknowns.get(name), marks.get(name), inner, sources.step(name))
    return Record.owning(items)


def _secret(value: Value) -> Value:
    # An unset attribute is no secret: shown as one, it would look as if there were a value.
    return None if value is None else Secret(value)


def _at(mask: Any, place: int) -> Any:
    return mask[place] if isinstance(mask, list) and place < len(mask) else None
