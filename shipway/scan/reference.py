"""Writes docs/policies.md from the rules' docstrings: `python -m shipway.scan.reference`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from shipway.scan.findings import OWN_FINDINGS
from shipway.scan.rules import RuleDocument, RuleSet, read_rules

__all__ = ["main", "reference"]

_COMMAND = "python -m shipway.scan.reference"


def reference(rules: RuleSet) -> str:
    """The page: a table of all rules, then each with its reason and examples."""
    return "\n".join([*_head(rules), *(line for rule in rules.rules for line in _section(rule))])


def main() -> None:
    """Write the page of the project that the current folder is in."""
    from shipway.project import find_root

    root = find_root(Path.cwd())
    (root / "docs" / "policies.md").write_text(reference(read_rules(root / "policies")), encoding="utf-8")


def _head(rules: RuleSet) -> Iterator[str]:
    yield f"<!-- Generated from the docstrings in policies/ by `{_COMMAND}`; edit those. -->"
    yield "# Policies"
    yield ""
    yield "What `shipway scan` judges each synthesized stack by. Both examples of a rule are run by the tests, and the"
    yield "anti-patterns by every scan: a rule that does not fail its own is an error, never a pass."
    yield ""
    yield "A value that only Terraform will know is UNKNOWN, which counts like a failure. What no rule looks at is"
    yield "counted in the summary as not judged. Rules see one stack at a time and what is declared in it, so a"
    yield "resource that is missing, or a clash between two stacks, is not found here."
    yield ""
    yield "| rule | severity | |"
    yield "|---|---|---|"
    for rule in rules.rules:
        yield f"| [{rule.id}](#{rule.id.lower()}) | {rule.severity.name} | {rule.title} |"
    for name, (severity, title) in OWN_FINDINGS.items():
        yield f"| {name} | {severity.name} | {title}; cannot be waived |"
    yield ""


def _section(rule: RuleDocument) -> Iterator[str]:
    yield f'## <a id="{rule.id.lower()}"></a>{rule.id}: {rule.title}'
    yield ""
    yield f"Severity {rule.severity.name}. [policies/{rule.module}.py](../policies/{rule.module}.py)"
    yield ""
    yield rule.why
    for name, example in (("Anti-pattern", rule.anti_pattern), ("Best practice", rule.best_practice)):
        yield from ("", f"{name}:", "", "```yaml", example, "```")
    if rule.not_seen:
        yield from ("", f"Not seen: {rule.not_seen}")
    yield from ("", f"Sources: {rule.sources}", "")


if __name__ == "__main__":
    main()
