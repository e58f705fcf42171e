"""The rules at a terminal: a list, one rule's page, and what of a framework they cover."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from shipway.scan.catalogue import Entry, Part
from shipway.scan.controls import Framework

__all__ = ["coverage_json", "render_coverage", "render_list", "render_rule"]


def render_list(entries: Iterable[Entry], framework: str | None = None) -> str:
    """One line per rule; with the controls of `framework` that it speaks to."""
    return "\n".join(_line(entry, framework) for entry in entries)


def render_rule(entry: Entry) -> str:
    """One rule's page."""
    lines = [f"{entry.id}: {entry.title}"]
    for part in entry.parts:
        lines += _part(part, several=len(entry.parts) > 1)
    if entry.controls:
        lines += ["", "Controls"]
        for control in entry.controls:
            says = "" if control.from_source else "  (our reading)"
            lines.append(f"  {control.framework} {control.control}: {control.title}{says}")
    return "\n".join(lines)


def render_coverage(frameworks: Iterable[Framework]) -> str:
    """How much of each framework a rule speaks to, and what none does and why."""
    return "\n\n".join("\n".join(_coverage(framework)) for framework in frameworks)


def coverage_json(frameworks: Iterable[Framework]) -> list[dict[str, Any]]:
    """The same for a machine."""
    return [
        {
            "framework": framework.id,
            "title": framework.title,
            "version": framework.version,
            "source": framework.source,
            "limits": framework.limits,
            "controls": {
                name: {
                    "title": control.title,
                    "source": list(control.source),
                    "reading": list(control.reading),
                    "uncovered": control.uncovered or None,
                }
                for name, control in framework.controls.items()
            },
        }
        for framework in frameworks
    ]


def _line(entry: Entry, framework: str | None) -> str:
    controls = [control for control in entry.controls if control.framework == framework]
    said = ", ".join(f"{control.control}{'' if control.from_source else '*'}" for control in controls)
    return f"{entry.id:<5} {entry.severity.name:<8}  {entry.title}{f'  [{said}]' if said else ''}"


def _part(part: Part, several: bool) -> Iterator[str]:
    document = part.document
    yield ""
    where = f"Severity: {document.severity.name}; judges: {part.judges}; policies/{part.file}"
    yield f"{document.title}\n{where}" if several else where
    sections = (
        ("Why", document.why),
        ("Anti-pattern", document.anti_pattern),
        ("Best practice", document.best_practice),
        ("Not seen", document.not_seen),
        ("Sources", document.sources),
    )
    for name, text in sections:
        if text:
            yield from ("", name, *(f"  {line}".rstrip() for line in text.splitlines()))


def _coverage(framework: Framework) -> Iterator[str]:
    uncovered = framework.uncovered
    covered = len(framework.controls) - len(uncovered)
    named = sum(bool(control.source) for control in framework.controls.values())
    yield f"{framework.id}: {framework.title} ({framework.version})"
    yield f"  {covered} of {len(framework.controls)} controls, {named} of them named by it and the rest by our reading."
    yield f"  {framework.limits}"
    if uncovered:
        yield f"  {len(uncovered)} that no rule speaks to:"
    for name, control in uncovered.items():
        yield f"    {name:<9} {control.title}: {control.uncovered}"
