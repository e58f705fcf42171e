"""What the provider itself refuses before it plans: values out of its lists and ranges, attributes that exclude others.

Unknown attributes, missing ones and wrong types are refused by Terraform from the schema. What is not covered: checks
of the provider's that need code (an ARN's form, a file that must exist).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from shipway.sandbox.provider.replacing import Path
from shipway.sandbox.provider.schema import Attribute, Block, NestedBlock, Resource, Rules
from shipway.sandbox.provider.values import UNKNOWN, Object, Value

__all__ = ["Finding", "validate"]


@dataclass(frozen=True)
class Finding:
    """What is wrong, where; `warning`: Terraform goes on."""

    summary: str
    path: Path = ()
    detail: str = ""
    warning: bool = False


def validate(resource: Resource, config: Object) -> Iterator[Finding]:
    """Everything that is wrong with `config`."""
    if resource.deprecated:
        yield Finding("Deprecated Resource", detail=resource.deprecated, warning=True)
    yield from _block(resource.block, config, (), config)


def _block(block: Block, config: Object, above: Path, root: Object) -> Iterator[Finding]:
    items: Mapping[str, Attribute | NestedBlock] = {**block.attributes, **block.blocks}
    for name, item in items.items():
        yield from _rules(item.rules, name, config.get(name), (*above, name), root)
    for name, nested in block.blocks.items():
        value = config.get(name)
        for index, member in enumerate(value if isinstance(value, list) else []):
            if isinstance(member, dict):
                # A member of a set has no index that Terraform could point at.
                place = (*above, name, index) if nested.nesting == "list" else (*above, name)
                yield from _block(nested.block, member, place, root)


def _rules(rules: Rules, name: str, value: Value, path: Path, root: Object) -> Iterator[Finding]:
    yield from _groups(rules, path, root)
    if value in (None, [], "") or value is UNKNOWN:
        return
    for check in (_conflicts(rules, path, root), _limits(rules, name, value)):
        for summary in check:
            yield Finding(summary, path)
    if rules.deprecated:
        yield Finding("Argument is deprecated", path, rules.deprecated, warning=True)


def _groups(rules: Rules, path: Path, root: Object) -> Iterator[Finding]:
    one, some = rules.exactly_one_of, rules.at_least_one_of
    if one and not any(_at(root, other) is UNKNOWN for other in one):
        count = sum(_is_set(root, other) for other in one)
        if count == 0:
            yield Finding(f"one of `{','.join(one)}` must be specified", path)
        elif count > 1:
            yield Finding(f"only one of `{','.join(one)}` can be specified", path)
    if some and not any(_is_set(root, other) for other in some):
        yield Finding(f"one of `{','.join(some)}` must be specified", path)


def _conflicts(rules: Rules, path: Path, root: Object) -> Iterator[str]:
    for other in rules.conflicts_with:
        if _is_set(root, other):
            yield f'"{".".join(map(str, path))}": conflicts with {other}'
    if rules.required_with and not all(_is_set(root, other) for other in rules.required_with):
        yield f"all of `{','.join(rules.required_with)}` must be specified"


def _limits(rules: Rules, name: str, value: Value) -> Iterator[str]:
    if rules.allowed and value not in rules.allowed:
        yield f"expected {name} to be one of {list(rules.allowed)}, got {value}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        low, high = rules.at_least, rules.at_most
        if (low is not None and value < low) or (high is not None and value > high):
            wanted = f"at least ({low})" if high is None else f"in the range ({low} - {high})"
            yield f"expected {name} to be {wanted}, got {value}"
    if rules.max_length is not None and isinstance(value, list) and len(value) > rules.max_length:
        yield f"{name}: list must contain at most {rules.max_length} elements, got: {len(value)}"


def _is_set(root: Object, path: str) -> bool:
    return _at(root, path) not in (None, [], "")


def _at(root: Value, path: str) -> Value:
    value = root
    for step in path.split("."):
        if value is None or value is UNKNOWN:
            return value
        if isinstance(value, list):
            value = value[int(step)] if step.isdigit() and int(step) < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value
