"""Reading the rules as documents: id, title, severity, why, and the two examples, from each file's docstring.

No rule is imported and checkov is not needed, so that listing and explaining rules is instant, and so that what is on
disk is known apart from what the scanner loaded.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import re
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

import yaml

from shipway.scan.scanner import ScanError, Scope

__all__ = ["RuleDocument", "RuleSet", "Severity", "read_document", "read_rules"]

_FILE = re.compile(r"r\d\d[a-z]?_[a-z0-9_]+\.py")
_TITLE = re.compile(r"(R\d\d[A-Z]?): (\S.*)")
_REQUIRED = ("Why", "Anti-pattern", "Best practice", "Sources")
_OPTIONAL = ("Not seen",)


class Severity(IntEnum):
    """How bad it is to break a rule, ordered."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4


@dataclass(frozen=True, slots=True)
class RuleDocument:
    """One rule as its file says it is."""

    id: str
    title: str
    severity: Severity
    scope: Scope
    why: str
    anti_pattern: str
    """YAML of a cdk.tf.json that the rule must fail."""
    best_practice: str
    """YAML of a cdk.tf.json that the rule must pass."""
    not_seen: str
    sources: str
    module: str
    """The file's name without its ending."""
    sha256: str

    def stacks(self, text: str) -> dict[str, dict[str, Any]]:
        """One of the two examples as the stacks it stands for, by name; one without a name is called `example`."""
        example: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
        stacks: dict[str, dict[str, Any]] = example.get("stacks", {"example": example})
        return stacks


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All rules of a folder, in the order of their ids."""

    folder: Path
    rules: tuple[RuleDocument, ...]
    digest: str
    """SHA-256 over every file that takes part in judging, names included."""

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all rules."""
        return frozenset(rule.id for rule in self.rules)


def read_rules(folder: Path) -> RuleSet:
    """Every rule in `folder`; raises ScanError if there is none, or a file is not one, or two are one."""
    if not (folder / "__init__.py").is_file():
        hint = "without it checkov loads no rule and passes everything; restore it from the repository"
        raise ScanError(f"{folder.name}/__init__.py is missing", hint)
    # Data beside the rules counts for the digest: a threshold that moves is another judge.
    files = sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    # Those on plans, in a folder of their own, are read by who judges plans.
    mine = [path for path in files if path.parent == folder and path.suffix == ".py"]
    rules = [_read(path) for path in mine if not path.name.startswith("_")]
    if not rules:
        raise ScanError(f"there are no rules in {folder.name}/", "restore them from the repository")
    _refuse_twice(rules)
    return RuleSet(folder, tuple(sorted(rules, key=lambda rule: rule.id)), _digest(folder, files))


def _digest(folder: Path, files: list[Path]) -> str:
    total = hashlib.sha256()
    for path in files:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(folder).as_posix()} {content}\n".encode())
    return total.hexdigest()


def _refuse_twice(rules: list[RuleDocument]) -> None:
    seen: dict[str, str] = {}
    for rule in rules:
        if rule.id in seen:
            what = f"two rules have the id {rule.id}: {seen[rule.id]}.py and {rule.module}.py"
            raise ScanError(what, "checkov runs the first and drops the second without a word; renumber one")
        seen[rule.id] = rule.module


def read_document(path: Path) -> RuleDocument:
    """The rule in a file, whatever its examples are of; raises ScanError if it is none."""
    where = f"{path.parent.name}/{path.name}"
    if not _FILE.fullmatch(path.name):
        raise ScanError(f"{where} is no rule: wanted r<two digits>_<name>.py", "shared code starts with an underscore")
    source = path.read_bytes()
    try:
        docstring = ast.get_docstring(ast.parse(source), clean=True) or ""
    except (SyntaxError, ValueError) as error:
        raise ScanError(f"{where} is not Python: {error}", "a rule that cannot be read judges nothing") from error
    first, _, rest = docstring.partition("\n")
    title = _TITLE.fullmatch(first)
    number = path.name.partition("_")[0].upper()
    if title is None or title[1] != number:
        raise ScanError(f"{where}: the docstring begins with {first!r}, wanted {number}: <title>")
    severity, scope, sections = _sections(where, rest)
    return RuleDocument(
        id=title[1],
        title=title[2],
        severity=severity,
        scope=scope,
        why=sections["Why"],
        anti_pattern=sections["Anti-pattern"],
        best_practice=sections["Best practice"],
        not_seen=sections.get("Not seen", ""),
        sources=sections["Sources"],
        module=path.stem,
        sha256=hashlib.sha256(source).hexdigest(),
    )


def _read(path: Path) -> RuleDocument:
    rule = read_document(path)
    for text in (rule.anti_pattern, rule.best_practice):
        _check_example(f"{path.parent.name}/{path.name}", text, rule.scope)
    return rule


def _sections(where: str, text: str) -> tuple[Severity, Scope, dict[str, str]]:
    """A section is a line at the margin and the indented lines below it."""
    severity: Severity | None = None
    scope = Scope.RESOURCE
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in text.splitlines():
        name, _, value = line.partition(": ")
        if name == "Severity" and value in Severity.__members__:
            severity = Severity[value]
        elif name == "Scope" and value in list(Scope):
            scope = Scope(value)
        elif line in (*_REQUIRED, *_OPTIONAL):
            current = found.setdefault(line, [])
        elif line and not line.startswith("    "):
            known = ", ".join((*_REQUIRED, *_OPTIONAL))
            raise ScanError(f"{where}: {line!r} is no heading of a rule, wanted Severity: <severity>, {known}")
        else:
            current.append(line)
    missing = [name for name in _REQUIRED if not "".join(found.get(name, ())).strip()]
    if severity is None:
        missing.insert(0, f"Severity: {' | '.join(level.name for level in Severity)}")
    if severity is None or missing:
        raise ScanError(f"{where}: the docstring lacks {', '.join(missing)}")
    # The first line is stripped of its indent by cleandoc only if it stands alone; an empty one before keeps them even.
    return severity, scope, {name: inspect.cleandoc("\n".join(["", *lines])) for name, lines in found.items()}


def _check_example(where: str, text: str, scope: Scope) -> None:
    try:
        stack = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise ScanError(f"{where}: an example is not YAML: {error}") from error
    stacks = list(stack["stacks"].values()) if _has_several(stack) else [stack]
    if not all(map(_is_stack, stacks)):
        wanted = "wanted resource.<type>.<name> or a list of blocks at provider.<name>, or stacks.<name> with these"
        raise ScanError(f"{where}: an example is no stack: {wanted}")
    if len(stacks) > 1 and scope is not Scope.PROJECT:
        raise ScanError(f"{where}: an example has several stacks, which only a rule with Scope: project sees")


def _has_several(stack: object) -> bool:
    return isinstance(stack, dict) and stack.keys() == {"stacks"} and isinstance(stack["stacks"], dict)


def _is_stack(stack: object) -> bool:
    if not isinstance(stack, dict) or not stack or not stack.keys() <= {"resource", "provider"}:
        return False
    resources, providers = stack.get("resource", {}), stack.get("provider", {})
    if not isinstance(resources, dict) or not isinstance(providers, dict):
        return False
    named = all(isinstance(kind, dict) and kind and all(map(_is_block, kind.values())) for kind in resources.values())
    return named and all(isinstance(blocks, list) and all(map(_is_block, blocks)) for blocks in providers.values())


def _is_block(value: object) -> bool:
    return isinstance(value, dict) and bool(value)
