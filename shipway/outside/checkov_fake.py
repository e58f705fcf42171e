"""A scanner that says what it was told to say, and remembers what it was asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shipway.scan.receipt import CANARY
from shipway.scan.rules import read_rules
from shipway.scan.scanner import LoadedRule, RawResult, RawScan, RawStack, Status

__all__ = ["FakeCheckov"]


@dataclass
class FakeCheckov:
    """Loads every rule, catches every anti-pattern, and answers for each stack with `answers[name]`."""

    answers: Mapping[str, Sequence[RawResult]] = field(default_factory=dict)
    version: str = "fake 1"
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def scan(self, files: Mapping[str, bytes], rules: Path) -> RawScan:
        """As the real one, without looking into the files."""
        self.asked.append(tuple(name for name in files if name != CANARY))
        documents = read_rules(rules).rules
        caught = []
        for rule in documents:
            example = rule.example(rule.anti_pattern)
            for kind, named in example.get("resource", {}).items():
                caught += [RawResult(f"{kind}.{rule.id}-{label}", rule.id, "", Status.FAILED, ()) for label in named]
            for kind in example.get("provider", {}):
                caught.append(RawResult(f"provider.{kind}", rule.id, "", Status.FAILED, ()))
        stacks = [RawStack(CANARY, (), (), tuple(caught))]
        for name in self.asked[-1]:
            results = tuple(self.answers.get(name, ()))
            stacks.append(RawStack(name, tuple(sorted({result.address for result in results})), (), results))
        loaded = tuple(LoadedRule(rule.id, rule.module) for rule in documents)
        return RawScan(loaded, tuple(stacks), ())

    def assert_asked(self, *stacks: str) -> None:
        """The last call was for exactly these stacks."""
        assert self.asked and self.asked[-1] == stacks, f"asked for {self.asked}, wanted {stacks} last"  # noqa: S101
