"""The receipt: proof that in this very run the rules on disk were loaded and each caught what it is there to catch.

A scan without findings says nothing by itself: rules that did not load find nothing either. So every call of the
scanner also judges a canary, a stack of all rules' anti-patterns, and each rule must fail each resource of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from shipway.scan.rules import RuleDocument, RuleSet
from shipway.scan.scanner import RawScan, ScanError, Status

__all__ = ["CANARY", "ProvenRule", "Receipt", "canary", "prove"]

# No stack can be called this: a stack's name has neither a space nor a bracket.
CANARY = "(canary)"


@dataclass(frozen=True, slots=True)
class ProvenRule:
    """A rule that was on disk, was loaded, and failed every resource of its anti-pattern."""

    id: str
    file: str
    sha256: str
    caught: tuple[str, ...]
    """The addresses in the canary that it failed."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What judged. It holds neither time nor machine, so that equal rules give an equal receipt."""

    scanner: str
    rules_digest: str
    rules: tuple[ProvenRule, ...]

    def as_json(self) -> dict[str, Any]:
        """For the report and the cache."""
        return {
            "scanner": self.scanner,
            "rules_digest": self.rules_digest,
            "rules": [
                {"id": rule.id, "file": rule.file, "sha256": rule.sha256, "caught": list(rule.caught)}
                for rule in self.rules
            ],
        }


def canary(rules: RuleSet) -> bytes:
    """A stack of every rule's anti-pattern; a resource is called by its rule, so that no two meet."""
    stack: dict[str, Any] = {"resource": {}, "provider": {}}
    for rule in rules.rules:
        example = rule.example(rule.anti_pattern)
        for kind, label, conf in _resources(example):
            stack["resource"].setdefault(kind, {})[f"{rule.id}-{label}"] = conf
        for kind, blocks in example.get("provider", {}).items():
            stack["provider"].setdefault(kind, []).extend(blocks)
    return json.dumps(stack).encode()


def prove(rules: RuleSet, scan: RawScan, scanner: str) -> Receipt:
    """The receipt of a scan that included the canary; raises ScanError naming what is not proven."""
    _refuse_unloaded(rules, scan)
    failed: dict[str, set[str]] = {}
    for result in (result for stack in scan.stacks if stack.name == CANARY for result in stack.results):
        if result.status is Status.FAILED:
            failed.setdefault(result.rule, set()).add(result.address)
    proven = tuple(_proven(rule, failed.get(rule.id, set())) for rule in rules.rules)
    return Receipt(scanner, rules.digest, proven)


def _refuse_unloaded(rules: RuleSet, scan: RawScan) -> None:
    on_disk = sorted((rule.id, rule.module) for rule in rules.rules)
    loaded = sorted((rule.id, rule.module) for rule in scan.loaded)
    if on_disk == loaded:
        return
    missing = [f"{module}.py ({rule})" for rule, module in on_disk if loaded.count((rule, module)) < 1]
    extra = [
        f"{module}.py ({rule})"
        for rule, module in loaded
        if loaded.count((rule, module)) > on_disk.count((rule, module))
    ]
    parts = [f"not loaded: {', '.join(missing)}"] * bool(missing) + [f"not expected: {', '.join(extra)}"] * bool(extra)
    why = "; ".join(scan.log) or "a rule file ends with RULE = <its class>()"
    raise ScanError(f"the rules loaded are not the rules on disk; {'; '.join(parts)}", why)


def _proven(rule: RuleDocument, failed: set[str]) -> ProvenRule:
    wanted = set(_addresses(rule))
    if not wanted or not wanted <= failed:
        missed = ", ".join(sorted(wanted - failed)) or "nothing to catch"
        what = f"{rule.id} did not fail its own anti-pattern in this run: {missed}"
        raise ScanError(what, f"either policies/{rule.module}.py or the example in it is wrong")
    return ProvenRule(rule.id, f"{rule.module}.py", rule.sha256, tuple(sorted(wanted)))


def _addresses(rule: RuleDocument) -> Iterator[str]:
    example = rule.example(rule.anti_pattern)
    for kind, label, _ in _resources(example):
        yield f"{kind}.{rule.id}-{label}"
    for kind in example.get("provider", {}):
        yield f"provider.{kind}"


def _resources(example: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for kind, named in example.get("resource", {}).items():
        for label, conf in named.items():
            yield kind, label, conf
