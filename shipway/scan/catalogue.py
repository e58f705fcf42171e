"""All rules as documents: those on stacks, those on plans, the types they name and the controls they speak to.

Nothing is imported or run: listing and showing rules needs neither checkov nor a synthesized stack.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shipway.models.document import suggestion
from shipway.scan.controls import Framework, Reference, read_frameworks, references
from shipway.scan.rules import RuleDocument, Severity, read_document, read_rules
from shipway.scan.scanner import ScanError

__all__ = ["Catalogue", "Entry", "Part", "page_of", "read_catalogue"]

_TYPE = re.compile(r"databricks_\w+")
_PLANS = "plan"


@dataclass(frozen=True, slots=True)
class Part:
    """A rule's file: what it says, what it judges and which resource types it names."""

    document: RuleDocument
    file: str
    """Below policies/."""
    judges: str
    """`resource`, `stack` or `project` for one on stacks, `plan` for one on plans."""
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A rule by its id; one that judges stacks and plans has two parts."""

    id: str
    parts: tuple[Part, ...]
    controls: tuple[Reference, ...]

    @property
    def title(self) -> str:
        """What it asks for."""
        return self.parts[0].document.title

    @property
    def severity(self) -> Severity:
        """How bad it is to break it, at worst."""
        return max(part.document.severity for part in self.parts)

    @property
    def judges(self) -> tuple[str, ...]:
        """What it judges."""
        return tuple(part.judges for part in self.parts)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The resource types that it names, and `provider` where it judges the provider's own block."""
        return tuple(sorted({kind for part in self.parts for kind in part.kinds}))

    def as_json(self) -> dict[str, Any]:
        """For `shipway rules list --json` and `show --json`."""
        return {
            "id": self.id,
            "title": self.title,
            "severity": self.severity.name,
            "judges": list(self.judges),
            "resource_types": list(self.kinds),
            "page": page_of(self.id),
            "parts": [_part_json(part) for part in self.parts],
            "controls": [
                {
                    "framework": reference.framework,
                    "control": reference.control,
                    "title": reference.title,
                    "claim": "source" if reference.from_source else "reading",
                }
                for reference in self.controls
            ],
        }


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every rule in the order of the ids, and every framework."""

    entries: tuple[Entry, ...]
    frameworks: dict[str, Framework]

    def get(self, rule_id: str) -> Entry:
        """The rule of that id, with or without its prefix, in any case; raises ScanError."""
        wanted = rule_id.upper().removeprefix("SHIPWAY_")
        for entry in self.entries:
            if entry.id == wanted:
                return entry
        hint = "`shipway rules list` says which there are"
        raise ScanError(f"there is no rule {rule_id!r}{suggestion(wanted, [entry.id for entry in self.entries])}", hint)

    def framework(self, name: str) -> Framework:
        """The framework of that id; raises ScanError."""
        if name not in self.frameworks:
            known = ", ".join(self.frameworks)
            raise ScanError(f"there is no framework {name!r}{suggestion(name, self.frameworks)}", f"there are {known}")
        return self.frameworks[name]

    def chosen(
        self, severity: Severity | None = None, framework: str | None = None, kind: str | None = None
    ) -> tuple[Entry, ...]:
        """The rules at least that bad, that speak to that framework and name that type; raises ScanError."""
        if framework is not None:
            self.framework(framework)
        kinds = {name for entry in self.entries for name in entry.kinds}
        if kind is not None and kind not in kinds:
            raise ScanError(f"no rule names the type {kind!r}{suggestion(kind, kinds)}")
        return tuple(
            entry
            for entry in self.entries
            if (severity is None or entry.severity >= severity)
            and (framework is None or any(reference.framework == framework for reference in entry.controls))
            and (kind is None or kind in entry.kinds)
        )


def read_catalogue(policies: Path) -> Catalogue:
    """Everything in `policies`; raises ScanError for a file that is not as it should be."""
    parts = [_part(policies, rule, f"{rule.module}.py", rule.scope.value) for rule in read_rules(policies).rules]
    for path in sorted((policies / _PLANS).glob("r*.py")):
        parts.append(_part(policies, read_document(path), f"{_PLANS}/{path.name}", _PLANS))
    ids = sorted({part.document.id for part in parts})
    frameworks = read_frameworks(policies, frozenset(ids))
    entries = (
        Entry(rule, tuple(p for p in parts if p.document.id == rule), tuple(references(frameworks, rule)))
        for rule in ids
    )
    return Catalogue(tuple(entries), frameworks)


def page_of(rule_id: str) -> str:
    """The rule's page, from the project's folder."""
    return f"docs/rules/{rule_id.lower()}.md"


def _part_json(part: Part) -> dict[str, Any]:
    document = part.document
    return {
        "file": f"policies/{part.file}",
        "title": document.title,
        "severity": document.severity.name,
        "judges": part.judges,
        "why": document.why,
        "anti_pattern": document.anti_pattern,
        "best_practice": document.best_practice,
        "not_seen": document.not_seen,
        "sources": document.sources,
    }


def _part(policies: Path, document: RuleDocument, file: str, judges: str) -> Part:
    tree = ast.parse((policies / file).read_bytes())
    kinds = {*_named(tree), *(kind for path in _imported(policies, tree) for kind in path)}
    stack = any(line.startswith("provider:") for line in document.anti_pattern.splitlines())
    return Part(document, file, judges, tuple(sorted(kinds | {"provider"} if stack else kinds)))


def _named(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _TYPE.fullmatch(node.value):
            yield node.value


def _imported(policies: Path, tree: ast.AST) -> Iterator[list[str]]:
    """The types in each constant that the rule takes from what rules share."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("policies._"):
            shared = ast.parse((policies / f"{str(node.module).partition('.')[2].replace('.', '/')}.py").read_bytes())
            names = {alias.name for alias in node.names}
            for statement in shared.body:
                if isinstance(statement, ast.Assign) and any(
                    isinstance(target, ast.Name) and target.id in names for target in statement.targets
                ):
                    yield list(_named(statement.value))
