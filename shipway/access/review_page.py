"""The review as one page to read, print and sign: no scripts, nothing loaded, light and dark, wide and narrow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter

from shipway.access.landscape import Principal
from shipway.access.review import Reviewed, Row, rows
from shipway.markup import Markup, element, page

__all__ = ["as_page"]

# Only text of ours: no name or value of anybody's ever stands in a style sheet.
_STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --soft: #57606a; --line: #d0d7de; --band: #f4f6f8;
  --new: #0b6e3a; --gone: #a3262a; --warn: #8a5300; --link: #0a58ca }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --paper: #14171b; --soft: #a3adb8; --line: #363d46;
  --band: #1d2127; --new: #5ad08f; --gone: #ff8f8c; --warn: #f0b45a; --link: #82b4ff } }
* { box-sizing: border-box }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto; padding: 2rem;
  max-width: 84rem; overflow-wrap: anywhere }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .3rem } h2 { font-size: 1.2rem; margin: 2.4rem 0 .5rem }
h3 { font-size: 1.05rem; margin: 2rem 0 0 } p { margin: .3rem 0 } a { color: var(--link) }
.soft { color: var(--soft) } .new { color: var(--new); font-weight: 600 } .gone { color: var(--gone); font-weight: 600 }
.warn { color: var(--warn) } code { font: .88em/1.4 ui-monospace, monospace }
dl { display: flex; flex-wrap: wrap; gap: .6rem; margin: 1.2rem 0; padding: 0 }
dl div { background: var(--band); border-radius: .5rem; padding: .6rem 1rem; min-width: 8rem }
dt { color: var(--soft); font-size: .85rem } dd { margin: 0; font-size: 1.35rem; font-weight: 600 }
table { width: 100%; border-collapse: collapse; margin: .6rem 0; font-size: .93rem; table-layout: fixed }
th { text-align: left; color: var(--soft); font-weight: 600; font-size: .82rem }
th, td { border-bottom: 1px solid var(--line); padding: .45rem .6rem; vertical-align: top }
th:nth-child(1) { width: 27% } th:nth-child(2) { width: 22% } th:nth-child(3) { width: 29% }
th:nth-child(4) { width: 22% }
td p { margin: .15rem 0 } .box { white-space: nowrap; margin-right: .9rem }
.line { display: block; border-bottom: 1px solid var(--soft); height: 1.7rem }
.sign { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: 1.2rem; margin: 1rem 0 }
li { margin: .2rem 0 } ul { padding-left: 1.2rem }
@media (max-width: 44rem) { body { padding: 1rem } thead { display: none } table, tbody, tr, td { display: block }
  tr { border: 1px solid var(--line); border-radius: .5rem; margin: .7rem 0; padding: .3rem 0 } td { border: 0 }
  td::before { content: attr(data-label); display: block; color: var(--soft); font-size: .8rem } }
@media print { body { padding: 0; max-width: none; font-size: 11px } tr, .sign { break-inside: avoid } }
"""


def as_page(found: Reviewed) -> str:
    """The whole page as HTML."""
    title = f"Access review: {found.environment}"
    return page(title, _STYLE, element("header", _opening(found, title)), element("main", _parts(found)))


def _opening(found: Reviewed, title: str) -> Iterator[Markup]:
    where = "what the documents declare" if found.source == "declared" else f"what is in the {found.source}"
    since = f"compared with the review of {found.since}" if found.since else "the first one, or compared with none"
    yield element("h1", title)
    yield element("p", f"As of {found.day}, from {where}; {since}.", class_="soft")
    holders = {entry.principal for entry in found.entries}
    facts = [("Principals with rights", len(holders)), ("Rights", len(found.entries))]
    facts += [("New", len(found.new)), ("Gone", len(found.gone))] if found.since else []
    facts += [("To revoke, still there", len(found.not_revoked))] if found.decided else []
    yield element("dl", [element("div", element("dt", name), element("dd", str(count))) for name, count in facts])


def _parts(found: Reviewed) -> Iterator[Markup]:
    if found.since:
        yield element("h2", f"Changed since {found.since}")
        changed = rows(found, sorted(found.new, key=lambda one: one.key)) + rows(found, found.gone, gone=True)
        yield element("ul", [_change(row) for row in changed]) if changed else element("p", "Nothing.")
    yield element("h2", "Who has what")
    note = "What is given on a catalog or schema holds for all that is in it, now and later."
    yield element("p", note, class_="soft")
    by_principal = {name: list(some) for name, some in groupby(rows(found, found.entries), attrgetter("principal"))}
    for principal in found.principals:
        if some := by_principal.get(principal.name):
            yield _section(principal, some)
    without = [one.name for one in found.principals if one.name not in by_principal]
    if without:
        yield element("h2", "Without rights here")
        yield element("p", ", ".join(without), class_="soft")
    yield element("h2", "What this review cannot know")
    yield element("ul", [element("li", line) for line in found.unknown])
    yield element("h2", "Sign-off")
    yield element("p", "I have reviewed the rights above and marked those to be revoked.")
    fields = ("Reviewer", "Role", "Date", "Signature")
    yield element("div", [element("label", name, _line()) for name in fields], class_="sign")


def _change(row: Row) -> Markup:
    what = f" {row.principal}: {', '.join(row.privileges)} on {row.securable}; {row.route}"
    what += f" ({row.decided})" if row.decided else ""
    return element("li", element("span", row.change, class_=row.change), what)


def _section(principal: Principal, some: Sequence[Row]) -> Markup:
    kind = principal.kind.replace("-", " ")
    purpose = element("p", f"{kind}: {principal.purpose}" if principal.purpose else kind, class_="soft")
    heads = element("tr", [element("th", name, scope="col") for name in _HEADS])
    table = element("table", element("thead", heads), element("tbody", [_row(row) for row in some]))
    return element("section", element("h3", principal.name), purpose, table)


_HEADS = ("On", "May", "By which route", "Decision")


def _row(row: Row) -> Markup:
    kind, _, name = row.securable.partition(":")
    on = [element("p", element("code", name)), element("p", kind.replace("-", " "), class_="soft")]
    may = [element("p", element("code", ", ".join(row.privileges)))]
    if row.change:
        may.append(element("p", "new since the last review", class_="new"))
    route = [element("p", row.route)]
    if row.note:
        route.append(element("p", row.note, class_="warn"))
    if row.decided:
        bad = row.decided.startswith("to be revoked")
        route.append(element("p", f"Last decision: {row.decided}", class_="gone" if bad else "soft"))
    boxes = [element("span", f"\u2610 {name}", class_="box") for name in ("keep", "revoke")]
    cells = zip(_HEADS, (on, may, route, [*boxes, _line()]), strict=True)
    return element("tr", [element("td", cell, data_label=label) for label, cell in cells])


def _line() -> Markup:
    return element("span", class_="line")
