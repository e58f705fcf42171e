"""Every name that a rule or its examples use is one of the provider's: a misspelled attribute is absent everywhere."""

from __future__ import annotations

import ast
import json
import lzma
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from shipway.scan.rules import RuleDocument, read_rules

ROOT = Path(__file__).parents[2]
POLICIES = ROOT / "policies"
RULES = {rule.id: rule for rule in read_rules(POLICIES).rules}
READS = frozenset({"blocks", "each", "leaf", "needed"})
# The settings of a workspace are keys of a map, of which the provider's schema knows nothing.
SETTINGS = ("enable", "max")
# What cdktf and Terraform give every resource.
EVERYWHERE = frozenset({"//", "depends_on", "lifecycle", "metadata", "path", "prevent_destroy", "provider"})
# What our constructs note beside it for rules to read, since the provider has no place for it.
NOTED = frozenset({"demanded", "irreversible", "owner", "rotate_days", "rotation"})


@cache
def _schema() -> dict[str, Any]:
    packed = (ROOT / "shipway/sandbox/facts/provider-schema-1.99.0.json.xz").read_bytes()
    (provider,) = json.loads(lzma.decompress(packed))["provider_schemas"].values()
    schema: dict[str, Any] = {name: kind["block"] for name, kind in provider["resource_schemas"].items()}
    return {**schema, "databricks": provider["provider"]["block"]}


def _members(block: dict[str, Any]) -> dict[str, dict[str, Any] | None]:
    """Each attribute and block in `block`, with what is in it if it is one that has attributes."""
    nested = {name: item.get("nested_type") for name, item in block.get("attributes", {}).items()}
    return {**nested, **{name: item["block"] for name, item in block.get("block_types", {}).items()}}


def _unknown_names(where: str, conf: dict[str, Any], block: dict[str, Any]) -> Iterator[str]:
    members = _members(block)
    for name, value in conf.items():
        if name not in members and name not in EVERYWHERE:
            yield f"{where}.{name}"
        inner = members.get(name)
        for item in value if isinstance(value, list) else [value]:
            if inner and isinstance(item, dict):
                yield from _unknown_names(f"{where}.{name}", item, inner)


def _all_names(block: dict[str, Any]) -> Iterator[str]:
    for name, inner in _members(block).items():
        yield name
        if inner:
            yield from _all_names(inner)


def _examples(rule: RuleDocument) -> Iterator[tuple[str, dict[str, Any]]]:
    for text in (rule.anti_pattern, rule.best_practice):
        for stack in rule.stacks(text).values():
            for kind, named in stack.get("resource", {}).items():
                yield from ((kind, conf) for conf in named.values())


@pytest.mark.parametrize("rule_id", sorted(RULES))
def test_examples_have_the_providers_names(rule_id: str) -> None:
    for kind, conf in _examples(RULES[rule_id]):
        assert list(_unknown_names(kind, conf, _schema()[kind])) == []


@pytest.mark.parametrize("rule_id", sorted(RULES))
def test_examples_are_whole(rule_id: str) -> None:
    # Whoever copies one must not get an error from Terraform.
    for kind, conf in _examples(RULES[rule_id]):
        required = {name for name, item in _schema()[kind].get("attributes", {}).items() if item.get("required")}
        assert required - conf.keys() == set(), kind


@pytest.mark.parametrize("rule_id", sorted(RULES))
def test_a_rule_reads_the_providers_names(rule_id: str) -> None:
    tree = ast.parse((POLICIES / f"{RULES[rule_id].module}.py").read_text(encoding="utf-8"))
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    good = RULES[rule_id].stacks(RULES[rule_id].best_practice).values()
    kinds = {kind for kind in texts if kind in _schema()}
    kinds |= {kind for stack in good for named in stack.values() for kind in named}
    read = {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in READS
        if node.args and isinstance(node.args[0], ast.Constant)
    }
    known = {name for kind in kinds for name in _all_names(_schema()[kind])}
    if "databricks_workspace_conf" in kinds:
        read = {name for name in read if not str(name).startswith(SETTINGS)}
    assert read - known - EVERYWHERE - NOTED == set()
