"""The review as one self-contained page: no script, nothing loaded, light and dark, wide and narrow, fit to print."""

from __future__ import annotations

from collections.abc import Iterator

from shipway.markup import Markup, element, page
from shipway.plan.classes import ChangeClass
from shipway.plan.outline import outline
from shipway.plan.phrases import Atom, Entry, Line, Outline, Section, Tone, Weight
from shipway.plan.report import Review
from shipway.plan.text import LONGEST, clip, visible

__all__ = ["render_page"]

# Only text of ours: no name or value of a plan ever stands in a style sheet.
_STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --soft: #57606a; --line: #d0d7de; --band: #f4f6f8;
  --add: #0b6e3a; --change: #7a5200; --remove: #a3262a; --move: #0a58ca; --note: #7a2e8f }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --paper: #14171b; --soft: #a3adb8; --line: #363d46;
  --band: #1d2127; --add: #5ad08f; --change: #f0b45a; --remove: #ff8f8c; --move: #82b4ff; --note: #d9a2ea } }
* { box-sizing: border-box }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto; padding: 2rem;
  max-width: 76rem; overflow-wrap: anywhere }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 } h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem }
h2 small { color: var(--soft); font-weight: 400; margin-left: .4rem } p { margin: .35rem 0 } a { color: var(--move) }
code { font: .87em/1.45 ui-monospace, monospace; background: var(--band); border-radius: .25rem; padding: .05em .3em }
.soft { color: var(--soft) } header { border-left: .4rem solid var(--soft); padding-left: 1rem }
.no-effect, .add { --tone: var(--add) } .effects-that-need-nobody, .change { --tone: var(--change) }
.needs-approval { --tone: var(--change) } .blocked, .cannot-judge, .remove, .replace { --tone: var(--remove) }
.move { --tone: var(--move) } .note { --tone: var(--note) }
header { border-color: var(--tone) } header h1 { color: var(--tone) }
ul { list-style: none; padding: 0; margin: .5rem 0 } nav ul { display: flex; flex-wrap: wrap; gap: .3rem 1.1rem }
.entry { border-left: .2rem solid var(--tone); padding: .3rem 0 .3rem .8rem; margin: .45rem 0 }
.entry ul { margin: .25rem 0 0; font-size: .93rem } .entry li { color: var(--soft); padding: .08rem 0 }
.entry summary { cursor: pointer } .mark { color: var(--tone); font: 600 .9em ui-monospace, monospace;
  display: inline-block; min-width: 2.6em }
.class { border: 1px solid var(--tone, var(--line)); color: var(--tone, var(--ink)); border-radius: .3rem;
  padding: 0 .35em; font-size: .78rem; font-weight: 600; margin-right: .4em }
.R4, .R5, .RX { --tone: var(--remove) } .R2, .R3 { --tone: var(--change) } .R0, .R1 { --tone: var(--soft) }
@media (max-width: 44rem) { body { padding: 1rem } h1 { font-size: 1.3rem } }
@media print { body { padding: 0; max-width: none; font-size: 11px } .entry { break-inside: avoid }
  nav { display: none }
}
"""

_TONES = {
    Tone.ADD: "add",
    Tone.CHANGE: "change",
    Tone.REMOVE: "remove",
    Tone.REPLACE: "replace",
    Tone.MOVE: "move",
    Tone.NOTE: "note",
}
# Details of what weighs little are folded where there are more of them than fit a screen; nothing else ever is.
_FOLDED_FROM = 12


def render_page(review: Review) -> str:
    """The whole review as HTML, with the attributes of what is created. Nothing is left out."""
    whole = outline(review, detail=True)
    return page(f"Review: {whole.outcome}", _STYLE, *_body(whole))


def _body(whole: Outline) -> Iterator[Markup]:
    state = whole.outcome.replace(" ", "-")
    badge = _badge(whole.change_class)
    lines = [element("p", _text(line)) for line in (whole.headline, *whole.verdict)]
    yield element("header", element("h1", f"Review: {whole.outcome} ", badge), *lines, class_=state)
    yield element("ul", [element("li", _text(line), class_="soft") for line in whole.stacks])
    if len(whole.sections) > 1:
        yield element("nav", element("ul", [_link(number, part) for number, part in enumerate(whole.sections)]))
    yield element("main", [_section(number, part) for number, part in enumerate(whole.sections)])
    yield element("footer", [element("p", _text(line), class_="soft") for line in whole.footer])


def _link(number: int, part: Section) -> Markup:
    return element("li", element("a", part.title, href=f"#s{number}"), f" {len(part.entries)}")


def _section(number: int, part: Section) -> Markup:
    title = element("h2", part.title, element("small", str(len(part.entries))), id=f"s{number}")
    return element("section", title, [_entry(entry) for entry in part.entries])


def _entry(entry: Entry) -> Markup:
    mark = element("span", entry.tone.value, class_="mark")
    badge = _badge(entry.change_class) if entry.change_class else Markup("")
    details = element("ul", [element("li", _text(line)) for line in entry.details]) if entry.details else Markup("")
    tone = f"entry {_TONES[entry.tone]}"
    if entry.weight <= Weight.CREATE and len(entry.details) >= _FOLDED_FROM:
        summary = element("summary", mark, badge, _text(entry.line), f" ({len(entry.details)} attributes)")
        return element("details", summary, details, class_=tone)
    return element("div", mark, badge, _text(entry.line), details, class_=tone)


def _badge(change_class: ChangeClass) -> Markup:
    return element("span", change_class.value, class_=f"class {change_class.value}", title=change_class.meaning)


def _text(line: Line) -> Iterator[str]:
    for part in line:
        if not isinstance(part, Atom):
            yield part
        elif part.longest > LONGEST:  # a whole sentence
            yield clip(visible(part.text), part.longest)
        else:
            yield element("code", clip(visible(part.text), part.longest))
