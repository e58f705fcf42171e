"""Writes docs/rules/, a page for each rule and an index of all, from policies/: `python -m shipway.scan.reference`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from shipway.scan.catalogue import Catalogue, Entry, Part, read_catalogue
from shipway.scan.controls import Framework
from shipway.scan.findings import OWN_FINDINGS

__all__ = ["main", "pages"]

_COMMAND = "python -m shipway.scan.reference"
_INDEX = "README.md"
_JUDGES = {
    "resource": "each resource of a synthesized stack alone",
    "stack": "a resource beside the others of its stack",
    "project": "a resource beside those of all stacks",
    "plan": "a plan, before anything is applied",
}


def pages(catalogue: Catalogue) -> dict[str, str]:
    """Every page by its name in docs/rules/."""
    found = {_INDEX: _written(_index(catalogue))}
    for entry in catalogue.entries:
        found[f"{entry.id.lower()}.md"] = _written(_page(entry))
    return found


def main() -> None:
    """Write the pages of the project that the current folder is in, and remove those of rules that are gone."""
    from shipway.project import find_root

    root = find_root(Path.cwd())
    folder, wanted = root / "docs" / "rules", pages(read_catalogue(root / "policies"))
    folder.mkdir(exist_ok=True)
    for path in folder.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")


def _written(lines: Iterator[str]) -> str:
    return "\n".join([f"<!-- Generated from policies/ by `{_COMMAND}`; edit those. -->", *lines]) + "\n"


def _index(catalogue: Catalogue) -> Iterator[str]:
    yield "# Rules"
    yield ""
    yield "What `shipway scan` judges each synthesized stack by, and `shipway plan`, `review` and `deploy` each plan."
    yield "Both examples of a rule are run by the tests, and the anti-patterns in every run: a rule that does not fail"
    yield "its own is an error, never a pass."
    yield ""
    yield "A value that only Terraform will know is UNKNOWN, which counts like a failure. What no rule looks at is"
    yield "counted in the summary as not judged. Rules that look at all stacks look at those that are synthesized."
    yield "The checkov command can run the rules too (`--external-checks-dir policies`); those that judge a resource"
    yield "beside others answer UNKNOWN there, which it leaves out."
    yield ""
    yield "`shipway rules list` prints this list and filters it, `shipway rules show R39` prints a page, and"
    yield "`shipway rules explain` says what is wrong with a resource and at which line."
    worst_first = sorted(catalogue.entries, key=lambda entry: (-entry.severity, entry.id))
    for severity, entries in groupby(worst_first, key=lambda entry: entry.severity):
        yield from ("", f"## {severity.name.capitalize()}", "", "| rule | | judges |", "|---|---|---|")
        for entry in entries:
            yield f"| [{entry.id}]({entry.id.lower()}.md) | {entry.title} | {', '.join(entry.judges)} |"
    yield from ("", "## The scan's own findings", "", "They cannot be waived.", "", "| | severity | |", "|---|---|---|")
    for name, (severity, title) in OWN_FINDINGS.items():
        yield f"| {name} | {severity.name} | {title} |"
    for framework in catalogue.frameworks.values():
        yield from _framework(framework)


def _framework(framework: Framework) -> Iterator[str]:
    yield from ("", f'## <a id="{framework.id}"></a>{framework.title}', "")
    yield f"Version: {framework.version}. {framework.source}"
    yield ""
    yield framework.limits
    yield ""
    yield "| control | | the framework names it | our reading | why no rule |"
    yield "|---|---|---|---|---|"
    for name, control in framework.controls.items():
        cells = name, control.title, _links(control.source), _links(control.reading), control.uncovered
        yield f"| {' | '.join(cells)} |"


def _links(rules: tuple[str, ...]) -> str:
    return ", ".join(f"[{rule}]({rule.lower()}.md)" for rule in rules)


def _page(entry: Entry) -> Iterator[str]:
    yield f"# {entry.id}: {entry.title}"
    for part in entry.parts:
        if len(entry.parts) > 1:
            yield from ("", f"## {'On plans' if part.judges == 'plan' else 'On stacks'}: {part.document.title}")
        yield from _part(part)
    if entry.controls:
        yield from ("", "## Controls", "", "| framework | control | | says so |", "|---|---|---|---|")
        for control in entry.controls:
            says = "the framework" if control.from_source else "our reading"
            where = f"[{control.framework}]({_INDEX}#{control.framework})"
            yield f"| {where} | {control.control} | {control.title} | {says} |"
    yield from ("", "## Not to keep it, on purpose", "")
    yield "In the document that the finding names, with a group that answers for it and a last day:"
    yield from ("", "```yaml", "waivers:", f"  - rule: {entry.id}", "    owner: <group>")
    yield from ("    reason: <why this once>", "    expires: <YYYY-MM-DD>", "```")


def _part(part: Part) -> Iterator[str]:
    document = part.document
    yield ""
    yield f"Severity {document.severity.name}. Judges {_JUDGES[part.judges]}."
    yield f"File [policies/{part.file}](../../policies/{part.file})."
    yield from ("", document.why)
    for name, example in (("Anti-pattern", document.anti_pattern), ("Best practice", document.best_practice)):
        yield from ("", f"{name}:", "", "```yaml", example, "```")
    if document.not_seen:
        yield from ("", f"Not seen: {document.not_seen}")
    yield from ("", f"Sources: {document.sources}")


if __name__ == "__main__":
    main()
