"""The receipt: proof that in this very run the rules on disk were loaded and each caught what it is there to catch.

A scan without findings says nothing by itself: rules that did not load find nothing either. So every call of the
scanner also judges canaries, each rule's anti-pattern as stacks of its own, and each rule must fail its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shipway.scan.rules import RuleDocument, RuleSet
from shipway.scan.scanner import RawResult, RawScan, ScanError, Scope, Status

__all__ = ["CANARY", "Canaries", "ProvenRule", "Receipt", "canaries", "prove"]

# No stack can be called this: a stack's name has neither a space nor a bracket.
CANARY = "(canary) "


@dataclass(frozen=True, slots=True)
class ProvenRule:
    """A rule that was on disk, was loaded, and failed its anti-pattern."""

    id: str
    file: str
    sha256: str
    caught: tuple[str, ...]
    """The addresses in its anti-pattern that it failed."""


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


@dataclass(frozen=True, slots=True)
class Canaries:
    """What every call of the scanner judges beside what it is asked."""

    stacks: Mapping[str, bytes]
    projects: Mapping[str, Mapping[str, bytes]]


def canaries(rules: RuleSet) -> Canaries:
    """Every rule's anti-pattern: a stack by itself, or a project where the rule looks at several stacks."""
    stacks, projects = {}, {}
    for rule in rules.rules:
        texts = {name: json.dumps(stack).encode() for name, stack in rule.stacks(rule.anti_pattern).items()}
        if rule.scope is Scope.PROJECT:
            projects[f"{CANARY}{rule.id}"] = texts
        else:
            (stacks[f"{CANARY}{rule.id}"],) = texts.values()
    return Canaries(stacks, projects)


def prove(rules: RuleSet, scan: RawScan, scanner: str) -> Receipt:
    """The receipt of a scan that included the canaries; raises ScanError naming what is not proven."""
    _refuse_unloaded(rules, scan)
    said = {stack.name: stack.results for stack in scan.stacks}
    proven = []
    for rule in rules.rules:
        name = f"{CANARY}{rule.id}"
        several = [result for results in scan.projects.get(name, {}).values() for result in results]
        results = several if rule.scope is Scope.PROJECT else said.get(name, ())
        proven.append(_proven(rule, [result for result in results if result.rule == rule.id]))
    return Receipt(scanner, rules.digest, tuple(proven))


def _refuse_unloaded(rules: RuleSet, scan: RawScan) -> None:
    on_disk = sorted((rule.id, rule.module, rule.scope.value) for rule in rules.rules)
    loaded = sorted((rule.id, rule.module, rule.scope.value) for rule in scan.loaded)
    if on_disk == loaded:
        return
    missing = [_said(rule) for rule in on_disk if loaded.count(rule) < 1]
    extra = [_said(rule) for rule in loaded if loaded.count(rule) > on_disk.count(rule)]
    parts = [f"not loaded: {', '.join(missing)}"] * bool(missing) + [f"not expected: {', '.join(extra)}"] * bool(extra)
    why = "; ".join(scan.log) or "a rule file ends with RULE = <its class>(), and Scope: names the class it is made of"
    raise ScanError(f"the rules loaded are not the rules on disk; {'; '.join(parts)}", why)


def _said(rule: tuple[str, str, str]) -> str:
    rule_id, module, scope = rule
    return f"{module}.py ({rule_id}{f', scope {scope}' * (scope != Scope.RESOURCE)})"


def _proven(rule: RuleDocument, results: list[RawResult]) -> ProvenRule:
    failed = {result.address for result in results if result.status is Status.FAILED}
    # A rule that looks at several resources judges some of its example by the others, which it does not judge.
    wanted = set(_addresses(rule)) if rule.scope is Scope.RESOURCE else {result.address for result in results}
    if not wanted or not wanted <= failed:
        missed = ", ".join(sorted(wanted - failed)) or "nothing to catch"
        what = f"{rule.id} did not fail its own anti-pattern in this run: {missed}"
        raise ScanError(what, f"either policies/{rule.module}.py or the example in it is wrong")
    return ProvenRule(rule.id, f"{rule.module}.py", rule.sha256, tuple(sorted(wanted)))


def _addresses(rule: RuleDocument) -> Iterator[str]:
    for example in rule.stacks(rule.anti_pattern).values():
        for kind, named in example.get("resource", {}).items():
            yield from (f"{kind}.{label}" for label in named)
        for kind in example.get("provider", {}):
            yield f"provider.{kind}"
