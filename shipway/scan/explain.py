"""Why something failed: its findings with the document's lines, the rule's reason, its best practice and the waiver."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shipway.errors import Position
from shipway.models.document import suggestion
from shipway.scan.catalogue import Catalogue
from shipway.scan.findings import OWN_FINDINGS, Finding
from shipway.scan.report import ScanReport
from shipway.scan.rules import RuleDocument
from shipway.scan.scanner import ScanError

__all__ = ["Explained", "explain", "places", "render_explained"]

# Lines shown before and after the one that a finding comes from.
_AROUND = 2


@dataclass(frozen=True, slots=True)
class Explained:
    """What was asked about, and every finding there, waived ones too."""

    target: str
    findings: tuple[Finding, ...]


def places(stacks: Mapping[str, bytes]) -> frozenset[str]:
    """Everything that can be asked about: addresses, construct paths and stacks."""
    found = set(stacks)
    for text in stacks.values():
        for kind, named in json.loads(text).get("resource", {}).items():
            for label, block in named.items():
                found.add(f"{kind}.{label}")
                path = block.get("//", {}).get("metadata", {}).get("path", "") if isinstance(block, dict) else ""
                found |= {path} - {""}
    return frozenset(found)


def explain(target: str, report: ScanReport, catalogue: Catalogue, known: frozenset[str]) -> Explained:
    """The findings about `target`: a rule, an address, a construct path (what is below it too), a stack, file or line.

    Raises ScanError if there is no such thing, since no finding would then say nothing.
    """
    everything = (*report.findings, *report.waived)
    found = tuple(finding for finding in everything if _is_about(finding, target))
    rules = {entry.id for entry in catalogue.entries} | set(OWN_FINDINGS)
    below = any(place.startswith(f"{target}/") for place in known)
    if not found and not below and target not in known and _rule(target) not in rules and not _is_document(target):
        hint = "wanted a rule, an address, a construct path, a stack, or a document with or without its line"
        raise ScanError(f"there is nothing called {target!r} in the stacks{suggestion(target, known | rules)}", hint)
    return Explained(target, found)


def render_explained(explained: Explained, catalogue: Catalogue, root: Path) -> str:
    """The explanation for a terminal."""
    on_plans = _on_plans(_rule(explained.target), catalogue)
    if not explained.findings and on_plans is None:
        return f"No rule has anything against {explained.target}."
    lines: list[str] = []
    by_rule: dict[str, list[Finding]] = {}
    for finding in explained.findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    for rule, findings in by_rule.items():
        lines += [*_about(rule, findings, catalogue, root), ""]
    if on_plans is not None:
        lines += _about_plans(on_plans)
    return "\n".join("".join(c if c.isprintable() else "?" for c in line) for line in lines).rstrip("\n")


def _about(rule: str, findings: Sequence[Finding], catalogue: Catalogue, root: Path) -> Iterator[str]:
    yield f"{rule}: {findings[0].title}  ({findings[0].severity.name})"
    for finding in findings:
        yield ""
        yield f"  {finding.status}  {'  '.join(part for part in (finding.stack, finding.address) if part)}".rstrip()
        yield from (f"    {message}" for message in finding.messages)
        if finding.waiver:
            yield f"    waived until {finding.waiver.waiver.expires} by {finding.waiver.waiver.owner}"
        yield from _source(finding.position, root)
    if rule in OWN_FINDINGS:
        return
    document = _document(rule, catalogue)
    yield from ("", "  Why", *_indented(document.why))
    yield from ("", "  As it should be, in the stack", *_indented(document.best_practice))
    yield from _waiver(rule)


def _on_plans(rule: str, catalogue: Catalogue) -> RuleDocument | None:
    """What a rule says of plans, where it judges them."""
    parts = [part for entry in catalogue.entries if entry.id == rule for part in entry.parts]
    return next((part.document for part in parts if part.judges == "plan"), None)


def _about_plans(document: RuleDocument) -> Iterator[str]:
    # A plan is Terraform's to make: explaining starts none.
    yield f"{document.id} on plans: {document.title}  ({document.severity.name})"
    yield from ("", "  What it refuses in a plan of yours, and at which line of which document, `shipway plan` says.")
    yield from ("", "  Why", *_indented(document.why))
    yield from ("", "  What it refuses, as fragments of a plan", *_indented(document.anti_pattern))
    yield from ("", "  What it lets pass", *_indented(document.best_practice))
    # A whole stack that may be destroyed is more than anybody means: R40 is not waived without a path.
    yield from _waiver(document.id, ", path: <construct path>")


def _waiver(rule: str, more: str = "") -> Iterator[str]:
    yield from ("", "  Not to keep it on purpose, in the document that it comes from", "    waivers:")
    yield f"      - {{rule: {rule}, owner: <group>, reason: <why this once>, expires: <YYYY-MM-DD>{more}}}"
    yield from ("", f"  More: shipway rules show {rule}")


def _document(rule: str, catalogue: Catalogue) -> RuleDocument:
    # A finding of a scan is one of the rule on stacks, which comes first.
    return catalogue.get(rule).parts[0].document


def _source(at: Position | None, root: Path) -> Iterable[str]:
    """The document's lines around a place."""
    if at is None:
        return ["    from no document: a construct made it"]
    try:
        lines = (root / at.file).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return [f"    {at}"]
    first, last = max(at.line - _AROUND, 1), min(at.line + _AROUND, len(lines))
    shown = [f"    {'>' if n == at.line else ' '} {n:>4} | {lines[n - 1]}" for n in range(first, last + 1)]
    return [f"    {at}", *shown]


def _is_about(finding: Finding, target: str) -> bool:
    file, _, line = target.partition(":")
    at = finding.position
    return (
        finding.rule == _rule(target)
        or target in (finding.address, finding.stack)
        or f"{finding.construct_path}/".startswith(f"{target}/")
        or (at is not None and at.file == file and line in ("", str(at.line), f"{at.line}:{at.column}"))
    )


def _rule(target: str) -> str:
    return target.upper().removeprefix("SHIPWAY_")


def _is_document(target: str) -> bool:
    return target.partition(":")[0].endswith(".yaml")


def _indented(text: str) -> list[str]:
    return [f"    {line}".rstrip() for line in text.splitlines()]
