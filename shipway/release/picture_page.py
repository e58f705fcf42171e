"""A line as one page: its picture, what it waits for, what was done, what it took. No scripts, nothing loaded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shipway.ledger.entry import Entry
from shipway.markup import Markup, element, page
from shipway.release.history import Step, delivery_of, passages_of, steps_of
from shipway.release.picture import Picture, SlotPicture, Where
from shipway.release.story import delivery_rows, minute, step_note, step_what

__all__ = ["as_page"]

# Only text of ours: no name or value of anybody's ever stands in a style sheet.
_STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --soft: #57606a; --line: #d0d7de; --band: #f4f6f8;
  --blue: #1f62c4; --green: #0b6e3a; --bad: #a3262a; --warn: #8a5300; --on: #fff }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --paper: #14171b; --soft: #a3adb8; --line: #363d46;
  --band: #1d2127; --blue: #7db0ff; --green: #5ad08f; --bad: #ff8f8c; --warn: #f0b45a; --on: #14171b } }
* { box-sizing: border-box }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto; padding: 2rem;
  max-width: 68rem; overflow-wrap: anywhere }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 } h2 { font-size: 1.2rem; margin: 2.2rem 0 .5rem }
p { margin: .3rem 0 } .soft { color: var(--soft) } code { font: .88em/1.4 ui-monospace, monospace }
.note { border-left: .3rem solid var(--warn); background: var(--band); padding: .5rem .9rem; margin: .6rem 0 }
.path { display: flex; flex-wrap: wrap; gap: .4rem; list-style: none; padding: 0; margin: 1.4rem 0 }
.path li { border: 1px solid var(--line); border-radius: 2rem; padding: .15rem .8rem; color: var(--soft) }
.path .passed { background: var(--band); color: var(--ink) }
.path .here { background: var(--ink); border-color: var(--ink); color: var(--paper); font-weight: 600 }
.bar { display: flex; height: 2.4rem; border-radius: .5rem; overflow: hidden; margin: .4rem 0 1rem }
.bar div { display: flex; align-items: center; justify-content: center; min-width: 6rem; color: var(--on);
  font-weight: 600 }
.blue { background: var(--blue) } .green { background: var(--green) }
.slots { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem }
.slot { border: 1px solid var(--line); border-radius: .6rem; padding: .8rem 1rem }
.slot.live { border-width: 3px } .slot.is-blue.live { border-color: var(--blue) }
.slot.is-green.live { border-color: var(--green) }
.slot h3 { margin: 0; font-size: 1.05rem } .is-blue h3 { color: var(--blue) } .is-green h3 { color: var(--green) }
.version { font-size: 1.5rem; font-weight: 600; margin: 0 }
table { width: 100%; border-collapse: collapse; font-size: .93rem }
th { text-align: left; color: var(--soft); font-weight: 600; font-size: .82rem }
th, td { border-bottom: 1px solid var(--line); padding: .45rem .6rem .45rem 0; vertical-align: top }
td.at { white-space: nowrap; width: 10.5rem } td.name { width: 11rem } td p { margin: 0 }
.PASSED { color: var(--green) } .UNDECIDED { color: var(--warn) } .FAILED, .bad { color: var(--bad) }
.PASSED, .UNDECIDED, .FAILED, .bad { font-weight: 600 }
dl { display: flex; flex-wrap: wrap; gap: .6rem; margin: .8rem 0; padding: 0 }
dl div { background: var(--band); border-radius: .5rem; padding: .6rem 1rem; flex: 1 1 14rem }
dt { color: var(--soft); font-size: .85rem } dd { margin: 0; font-weight: 600 }
@media (max-width: 40rem) { body { padding: 1rem } .slots { grid-template-columns: 1fr } thead { display: none }
  table, tbody, tr, td { display: block } td, td.at, td.name { width: auto; border: 0; padding: .1rem 0 }
  tr { display: block; border-bottom: 1px solid var(--line); padding: .5rem 0 } }
@media print { body { padding: 0; max-width: none; font-size: 11px } tr, .slot { break-inside: avoid } }
"""


def as_page(picture: Picture, entries: Sequence[Entry]) -> str:
    """The whole page as HTML; `entries` are those of the ledger, for the story below the picture."""
    title = f"{picture.use_case} in {picture.environment}"
    steps = steps_of(entries, (picture.environment, picture.use_case))
    return page(title, _STYLE, element("header", _opening(picture, title)), element("main", _parts(picture, steps)))


def _opening(picture: Picture, title: str) -> Iterator[Markup]:
    since = f", since {minute(picture.phase_since)}" if picture.phase_since else ""
    yield element("h1", title)
    yield element("p", f"{picture.phase}{since}. As of {minute(picture.as_of)} UTC.", class_="soft")
    for note in picture.notes:
        yield element("p", note, class_="note")
    stops = [element("li", stop.name, **_stop(stop.where)) for stop in picture.path]
    yield element("ol", stops, class_="path")


def _stop(where: Where) -> dict[str, str]:
    here = {"aria_current": "step"} if where is Where.HERE else {}
    return {"class_": where.name.lower(), **here}


def _parts(picture: Picture, steps: Sequence[Step]) -> Iterator[Markup]:
    yield element("h2", "What consumers get")
    shares = [one for one in picture.slots if one.share]
    yield element("div", [_share(one) for one in shares], class_="bar")
    yield element("div", [_slot(picture, one) for one in picture.slots], class_="slots")
    yield from _ahead(picture)
    yield element("h2", "What was done")
    if steps:
        yield _table(("When (UTC)", "Move", "What"), [_step_row(step) for step in reversed(steps)])
    else:
        yield element("p", "The ledger knows nothing of this line.")
    yield element("h2", "What releases took, from the ledger alone")
    figures = delivery_rows(delivery_of(passages_of(steps)))
    yield element("dl", [element("div", element("dt", name), element("dd", value)) for name, value in figures])


def _share(one: SlotPicture) -> Markup:
    return element(
        "div", f"{one.slot} {one.share} %", class_=one.slot, style=f"flex-grow: {one.share}", title=one.release
    )


def _slot(picture: Picture, one: SlotPicture) -> Markup:
    since = f" since {minute(picture.live_since)}" if one.is_live and picture.live_since else ""
    works = "works" if one.runs else "stands still"
    gets = "gets a copy of the input; nobody gets its output" if one.shadows else f"{one.share} of 100 keys"
    return element(
        "section",
        element("h3", one.slot),
        element("p", one.version, class_="version"),
        element("p", element("code", one.release)),
        element("p", f"{one.role}{since}; {works}"),
        element("p", gets if one.runs else "no key", class_="soft"),
        class_=f"slot is-{one.slot}{' live' if one.is_live else ''}",
    )


def _ahead(picture: Picture) -> Iterator[Markup]:
    if picture.next_move:
        yield element("h2", "Next: ", element("code", picture.next_move))
        if picture.answers:
            yield _table(
                ("Gate", "Says", "Why"),
                [
                    element(
                        "tr",
                        element("td", element("code", one.gate.value), class_="name"),
                        element("td", element("span", one.verdict.name, class_=one.verdict.name), class_="name"),
                        element("td", one.reason, element("p", _over(one.overridden), class_="bad")),
                    )
                    for one in picture.answers
                ],
            )
        if picture.next_look:
            yield element("p", f"The next look: {picture.next_look}")
    if picture.way_back:
        yield element("h2", "Way back")
        yield element("p", picture.way_back)


def _over(by: str) -> str:
    return f"overridden by {by}" if by else ""


def _step_row(step: Step) -> Markup:
    bad = step.how or step.alarm
    return element(
        "tr",
        element("td", minute(step.begun.when), class_="at"),
        element("td", element("code", step.begun.move), class_="name"),
        element(
            "td",
            element("p", step_what(step), **({"class_": "bad"} if bad else {})),
            element("p", step_note(step), class_="soft"),
        ),
    )


def _table(heads: Sequence[str], rows: Sequence[Markup]) -> Markup:
    head = element("tr", [element("th", name, scope="col") for name in heads])
    return element("table", element("thead", head), element("tbody", rows))
