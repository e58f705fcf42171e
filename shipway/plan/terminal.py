"""The review for a terminal: symbols as Terraform's, colour where the terminal wants it, no escape from any plan."""

from __future__ import annotations

from collections.abc import Iterator

import click

from shipway.plan.outline import outline
from shipway.plan.phrases import Atom, Entry, Line, Outline, Tone
from shipway.plan.report import Review
from shipway.plan.text import LONGEST, clip, visible
from shipway.plan.verdict import Outcome

__all__ = ["escape", "render_terminal"]

_COLOURS = {
    Tone.ADD: "green",
    Tone.CHANGE: "yellow",
    Tone.REMOVE: "red",
    Tone.REPLACE: "red",
    Tone.MOVE: "cyan",
    Tone.NOTE: "magenta",
}
_OUTCOMES = {
    Outcome.NO_EFFECT: "green",
    Outcome.NEEDS_NOBODY: "yellow",
    Outcome.NEEDS_APPROVAL: "yellow",
    Outcome.BLOCKED: "red",
    Outcome.CANNOT_JUDGE: "red",
}


# Build systems read their log for commands: `::` at the start of a line, these anywhere in it.
_COMMANDS = {"##[": "##\\u{5b}", "##vso[": "##vso\\u{5b}"}


def escape(text: str, longest: int = LONGEST) -> str:
    """Text from a plan for a terminal or a build log: no control characters, no workflow command of a CI system."""
    shown = clip(visible(text), longest)
    for command, harmless in _COMMANDS.items():
        shown = shown.replace(command, harmless)
    return shown.replace("::", "\\u{3a}:", 1) if shown.lstrip().startswith("::") else shown


def render_terminal(review: Review, *, colour: bool = False, detail: bool = False) -> str:
    """The review as text, ending with a newline. `detail` also lists the attributes of what is created."""
    return "\n".join(_lines(outline(review, detail=detail), colour)) + "\n"


def _lines(whole: Outline, colour: bool) -> Iterator[str]:
    outcome = _styled(f"Review: {whole.outcome}", colour, fg=_OUTCOMES[whole.outcome], bold=True)
    yield f"{outcome} — {_text(whole.headline)}"
    yield from (f"  {_text(line)}" for line in whole.verdict)
    yield from (f"  {_text(line)}" for line in whole.stacks)
    for section in whole.sections:
        yield ""
        yield _styled(section.title, colour, bold=True)
        for entry in section.entries:
            yield from _entry(entry, colour)
    if whole.footer:
        yield ""
    yield from map(_text, whole.footer)


def _entry(entry: Entry, colour: bool) -> Iterator[str]:
    mark = _styled(f"{entry.tone.value:>3}", colour, fg=_COLOURS[entry.tone])
    shown_class = f"{entry.change_class} " if entry.change_class else ""
    yield f"{mark} {shown_class}{_text(entry.line)}"
    yield from (f"      {_text(line)}" for line in entry.details)


def _text(line: Line) -> str:
    return "".join(escape(part.text, part.longest) if isinstance(part, Atom) else part for part in line)


def _styled(text: str, colour: bool, fg: str | None = None, bold: bool = False) -> str:
    return click.style(text, fg=fg, bold=bold) if colour else text
