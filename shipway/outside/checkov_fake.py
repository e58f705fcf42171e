"""A scanner that says what it was told to say, and remembers what it was asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shipway.scan.receipt import CANARY
from shipway.scan.rules import RuleDocument, read_rules
from shipway.scan.scanner import LoadedRule, RawResult, RawScan, RawStack, Status

__all__ = ["FakeCheckov"]


@dataclass
class FakeCheckov:
    """Loads every rule, catches every anti-pattern, and answers for each stack with `answers[name]`."""

    answers: Mapping[str, Sequence[RawResult]] = field(default_factory=dict)
    version: str = "fake 1"
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def scan(
        self, files: Mapping[str, bytes], rules: Path, projects: Mapping[str, Mapping[str, bytes]] | None = None
    ) -> RawScan:
        """As the real one, without looking into the files."""
        self.asked.append(tuple(name for name in files if not name.startswith(CANARY)))
        documents = read_rules(rules).rules
        stacks = [RawStack(f"{CANARY}{rule.id}", (), (), tuple(_caught(rule))) for rule in documents]
        for name in self.asked[-1]:
            results = tuple(self.answers.get(name, ()))
            stacks.append(RawStack(name, tuple(sorted({result.address for result in results})), (), results))
        loaded = tuple(LoadedRule(rule.id, rule.module, rule.scope) for rule in documents)
        among: dict[str, Mapping[str, tuple[RawResult, ...]]] = {
            project: dict.fromkeys(texts, ()) for project, texts in (projects or {}).items()
        }
        among |= {f"{CANARY}{rule.id}": {"example": tuple(_caught(rule))} for rule in documents}
        return RawScan(loaded, tuple(stacks), (), among)

    def assert_asked(self, *stacks: str) -> None:
        """The last call was for exactly these stacks."""
        assert self.asked and self.asked[-1] == stacks, f"asked for {self.asked}, wanted {stacks} last"  # noqa: S101


def _caught(rule: RuleDocument) -> Iterator[RawResult]:
    for example in rule.stacks(rule.anti_pattern).values():
        for kind, named in example.get("resource", {}).items():
            yield from (RawResult(f"{kind}.{label}", rule.id, "", Status.FAILED, ()) for label in named)
        for kind in example.get("provider", {}):
            yield RawResult(f"provider.{kind}", rule.id, "", Status.FAILED, ())
