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
from shipway.scan.scanner import RawStack, ScanError, Status

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


def _stacks(rule: RuleDocument) -> dict[str, bytes]:
    return {
        f"{rule.id} {kind} {place} {shape}": _changed(stack, path, SHAPES[shape])
        for kind, example in (("bad", rule.anti_pattern), ("good", rule.best_practice))
        for stack in [rule.example(example)]
        for place, path in enumerate(_places(stack))
        for shape in range(len(SHAPES))
    }


def _is_read(name: str, text: bytes) -> bool:
    """Lists of lists and blocks mixed with values are refused before any rule sees them."""
    try:
        read_stack(name, text)
    except ScanError:
        return False
    return True


@pytest.fixture(scope="module")
def judged() -> list[RawStack]:
    """Every value of every example once in every shape, judged by all rules: a rule that raises ends it."""
    stacks = {
        name: text
        for rule in read_rules(POLICIES).rules
        for name, text in _stacks(rule).items()
        if _is_read(name, text)
    }
    return list(Checkov().scan(stacks, POLICIES).stacks)


@pytest.mark.slow
def test_no_rule_raises(judged: list[RawStack]) -> None:
    assert len(judged) > len(SHAPES) * len(read_rules(POLICIES).ids)


@pytest.mark.slow
def test_whoever_does_not_pass_says_why(judged: list[RawStack]) -> None:
    silent = {
        (stack.name, result.rule)
        for stack in judged
        for result in stack.results
        if bool(result.messages) is (result.status is Status.PASSED)
    }
    assert silent == set()
