"""No rule raises, whatever stands where it looks: a scan that a value can stop is a scan that somebody can stop."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shipway.outside.checkov import Checkov
from shipway.outside.stack_json import read_stack
from shipway.scan.rules import RuleDocument, read_rules
from shipway.scan.scanner import RawResult, ScanError, Scope, Status

POLICIES = Path(__file__).parents[2] / "policies"
SHAPES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1e300,
    "",
    " ",
    "\x00",
    "*",
    "é" * 10_000,
    "9" * 10_000,
    "${",
    "%{ if true }x%{ endif }",
    [],
    [None],
    [{}],
    [{"x": [1, 2]}, {"a": None}],
    {},
    {"": {"": []}},
    {"//": [{"metadata": "x"}]},
)


def _places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in children:
        # What cdktf writes about a block has one value that rules read.
        if step == "//" and "path" in inner.get("metadata", {}):
            yield (*path, step, "metadata", "path")
            continue
        yield from _places(inner, (*path, step))
    if len(path) > 3:
        yield path


def _changed(stack: dict[str, Any], path: tuple[str | int, ...], value: Any) -> bytes:
    changed = copy.deepcopy(stack)
    inner: Any = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return json.dumps(changed).encode()


def _projects(rule: RuleDocument) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Every value of the rule's examples in every shape, beside the example's other stacks as they are."""
    for kind, example in (("bad", rule.anti_pattern), ("good", rule.best_practice)):
        stacks = rule.stacks(example)
        texts = {name: json.dumps(stack).encode() for name, stack in stacks.items()}
        for name, stack in stacks.items():
            for place, path in enumerate(_places(stack)):
                for number, shape in enumerate(SHAPES):
                    yield f"{rule.id} {kind} {name} {place} {number}", {**texts, name: _changed(stack, path, shape)}


def _is_read(texts: dict[str, bytes]) -> bool:
    """Lists of lists and blocks mixed with values are refused before any rule sees them."""
    try:
        for name, text in texts.items():
            read_stack(name, text)
    except ScanError:
        return False
    return True


@pytest.fixture(scope="module")
def judged() -> dict[str, list[RawResult]]:
    """Every value of every example once in every shape, judged by all rules: a rule that raises ends it."""
    rules = read_rules(POLICIES).rules
    read = {name: texts for rule in rules for name, texts in _projects(rule) if _is_read(texts)}
    several = {rule.id for rule in rules if rule.scope is Scope.PROJECT}
    alone = {name: next(iter(texts.values())) for name, texts in read.items() if name.split()[0] not in several}
    scan = Checkov().scan(alone, POLICIES, {name: texts for name, texts in read.items() if name not in alone})
    said = {stack.name: list(stack.results) for stack in scan.stacks}
    return said | {name: [r for found in stacks.values() for r in found] for name, stacks in scan.projects.items()}


@pytest.mark.slow
def test_no_rule_raises(judged: dict[str, list[RawResult]]) -> None:
    assert len(judged) > len(SHAPES) * len(read_rules(POLICIES).ids)


@pytest.mark.slow
def test_whoever_does_not_pass_says_why(judged: dict[str, list[RawResult]]) -> None:
    silent = {
        (name, result.rule)
        for name, results in judged.items()
        for result in results
        if bool(result.messages) is (result.status is Status.PASSED)
    }
    assert silent == set()
