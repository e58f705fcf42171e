"""What a resource type or data source looks like, and how the real provider behaves where the schema does not say it.

Read from the packed facts: for every type its schema as `terraform providers schema -json` prints it, and for every
path in it what the provider's code does with it (replace on change, default, what is not a difference, ...).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from shipway.sandbox.provider.values import Value

__all__ = [
    "NO_RULES",
    "Attribute",
    "Block",
    "Framework",
    "NestedBlock",
    "Nesting",
    "Resource",
    "Rules",
    "Type",
    "read_resource",
]

Framework = Literal["sdkv2", "pluginfw"]
Nesting = Literal["single", "list", "set", "map"]
Kind = Literal["string", "number", "bool", "list", "set", "map", "object"]


@dataclass(frozen=True)
class Type:
    """The type of a value. `element` is that of a collection's members, `attributes` those of an object."""

    kind: Kind
    element: Type | None = None
    attributes: Mapping[str, Type] = field(default_factory=dict)

    @property
    def primitive(self) -> bool:
        """Whether it is text, a number or a truth value."""
        return self.kind in ("string", "number", "bool")


@dataclass(frozen=True)
class Rules:
    """What the provider does at a path, beyond what its schema says."""

    force_new: bool = False
    default: Value = None
    keeps_state: bool = False
    """Stays as it is on an update instead of becoming unknown."""
    suppress: str = ""
    """Name of the provider's function that hides differences."""
    hidden: frozenset[str] = frozenset()
    """Classes of differences that function was seen to hide."""
    computed: bool = False
    """A block that the workspace fills where the configuration has none."""
    allowed: tuple[str, ...] = ()
    at_least: int | None = None
    at_most: int | None = None
    max_length: int | None = None
    conflicts_with: tuple[str, ...] = ()
    exactly_one_of: tuple[str, ...] = ()
    at_least_one_of: tuple[str, ...] = ()
    required_with: tuple[str, ...] = ()
    deprecated: str = ""


NO_RULES = Rules()


@dataclass(frozen=True)
class Attribute:
    """An attribute: of a `type`, or itself an object or a collection of objects (`nested`)."""

    required: bool
    optional: bool
    computed: bool
    rules: Rules
    type: Type
    nesting: Nesting = "single"
    nested: Block | None = None


@dataclass(frozen=True)
class Block:
    """Attributes and blocks by their names."""

    attributes: Mapping[str, Attribute]
    blocks: Mapping[str, NestedBlock]


@dataclass(frozen=True)
class NestedBlock:
    """A block in a block: one, a list of them or a set, of `least` members at least."""

    nesting: Nesting
    least: int
    block: Block
    rules: Rules


@dataclass(frozen=True)
class Resource:
    """A resource type; a data source is one that nobody plans."""

    name: str
    framework: Framework
    importable: bool
    deprecated: str
    block: Block


def read_resource(name: str, packed: bytes) -> Resource:
    """The resource type in `packed`: `{"schema": ..., "facts": ...}` as `pack` writes it."""
    data = json.loads(packed)
    facts = data["facts"]
    return Resource(
        name=name,
        framework=facts.get("kind", "sdkv2"),
        importable=facts.get("importable", False),
        deprecated=facts.get("deprecated", ""),
        block=_block(data["schema"]["block"], facts.get("attrs", {}), ""),
    )


def _block(raw: dict[str, Any], facts: dict[str, Any], above: str) -> Block:
    attributes = {
        name: _attribute(item, facts, above + name) for name, item in sorted(raw.get("attributes", {}).items())
    }
    blocks = {
        name: NestedBlock(
            nesting=item["nesting_mode"],
            least=item.get("min_items", 0),
            block=_block(item["block"], facts, f"{above}{name}."),
            rules=_rules(facts.get(above + name), None),
        )
        for name, item in sorted(raw.get("block_types", {}).items())
    }
    return Block(attributes, blocks)


def _attribute(raw: dict[str, Any], facts: dict[str, Any], path: str) -> Attribute:
    flags = {name: raw.get(name, False) for name in ("required", "optional", "computed")}
    nested = raw.get("nested_type")
    if nested:
        block = _block(nested, facts, f"{path}.")
        shape = Type("object", attributes={name: item.type for name, item in block.attributes.items()})
        nesting: Nesting = nested["nesting_mode"]
        whole = shape if nesting == "single" else Type(nesting, shape)
        return Attribute(**flags, rules=_rules(facts.get(path), whole), type=whole, nesting=nesting, nested=block)
    kind = _type(raw["type"])
    return Attribute(**flags, rules=_rules(facts.get(path), kind), type=kind)


def _type(raw: Any) -> Type:
    if isinstance(raw, str):
        return _PRIMITIVES[raw]
    kind, inner = raw
    if kind == "object":
        return Type("object", attributes={name: _type(item) for name, item in inner.items()})
    return Type(kind, _type(inner))


_PRIMITIVES: dict[str, Type] = {
    "string": Type("string"),
    "number": Type("number"),
    "bool": Type("bool"),
}


def _rules(facts: dict[str, Any] | None, kind: Type | None) -> Rules:
    if not facts:
        return NO_RULES
    given: dict[str, Any] = {ours: facts[theirs] for theirs, ours in _TAKEN.items() if facts.get(theirs)}
    for name in ("conflicts_with", "exactly_one_of", "at_least_one_of", "required_with"):
        if facts.get(name):
            given[name] = tuple(facts[name])
    if "default" in facts and kind is not None:
        given["default"] = _coerced(facts["default"], kind)
    if facts.get("suppress_probe"):
        given["hidden"] = _hidden(facts)
    for text in facts.get("validate_probe", []):
        given.update(_limits(text))
    for text in facts.get("validate", []):
        found = re.search(r"must contain at most (\d+) elements", text)
        if found:
            given["max_length"] = int(found[1])
    return Rules(**given)


_TAKEN = {
    "force_new": "force_new",
    "diff_suppress": "suppress",
    "use_state_for_unknown": "keeps_state",
    "computed": "computed",
    "deprecated": "deprecated",
}


def _coerced(value: Any, kind: Type) -> Value:
    """A default as its type wants it: the provider's code has "true" for a truth value and "0" for a number."""
    result: Value = value
    match kind.kind, value:
        case "bool", str():
            result = value == "true"
        case "number", str():
            result = json.loads(value)
        case "string", int() | float() | bool():
            result = json.dumps(value)
        case _:
            pass
    return result


# What was tried on the provider's function (old->new), and the class of differences it stands for.
_PROBES = {
    "->false": "unset-to-false",
    "a->": "removed",
    "a->a/": "trailing-slash",
    "a->A": "case",
    "a-> a": "whitespace",
    "false->true": "false-to-true",
}


def _hidden(facts: dict[str, Any]) -> frozenset[str]:
    probes = set(facts["suppress_probe"])
    # The provider's general function is told from the configuration, and a probe that needed data saw nothing.
    if "diffSuppressor" in facts["diff_suppress"] or any(probe.endswith("needs-data") for probe in probes):
        return frozenset()
    return frozenset(name for probe, name in _PROBES.items() if probe in probes)


def _limits(text: str) -> dict[str, Any]:
    """What a message says about the values it would have taken."""
    if "to be one of [" in text:
        listed = text.split("one of", 1)[1].split("], got")[0]
        return {"allowed": tuple(re.findall(r'"([^"]*)"', listed))}
    found = re.search(r"in the range \((-?\d+) - (-?\d+)\)", text)
    if found:
        return {"at_least": int(found[1]), "at_most": int(found[2])}
    found = re.search(r"to be at least \((-?\d+)\)", text)
    return {"at_least": int(found[1])} if found else {}
