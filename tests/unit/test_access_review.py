"""The access review: what it lists, what changed, and that no name in it is markup, formula or command."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipway.access.landscape import Held, Kind, Landscape, Principal, PrincipalKind, Securable
from shipway.access.review import Reviewed, make_review, read_review, summary
from shipway.access.review_files import as_record, as_table, write_review
from shipway.access.review_page import as_page
from shipway.errors import ShipwayError

DAY = date(2026, 11, 2)
NASTY = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=y>',
    "=HYPERLINK(1)",
    " +1",
    "'=1",
    "@x",
    "\t-1",
    "</style>",
]
NASTY += ["a\u202eb", "\x1b[31m", "a\r\nb,c", "&lt;", "\ud800", "", "javascript:x", "] ]>", "--><b>"]
names = st.one_of(st.sampled_from(NASTY), st.text(max_size=12))


def landscape(*held: Held, owner: str = "owners", group: str = "readers", purpose: str = "Reads") -> Landscape:
    people = [Principal(group, PrincipalKind.GROUP, (), purpose), Principal("owners", PrincipalKind.GROUP)]
    people.append(Principal("bot", PrincipalKind.SERVICE_PRINCIPAL, (group,)))
    things = [Securable(Kind.CATALOG, "c", "prod", owner=owner), Securable(Kind.SCHEMA, "c.s", "prod", "catalog:c")]
    return Landscape(
        "declared", {one.name: one for one in people}, {one.id: one for one in things}, held, ("The weather",)
    )


USE = Held("readers", "USE_CATALOG", "catalog:c")
SELECT = Held("readers", "SELECT", "schema:c.s")


def reviewed(*held: Held, since: Path | None = None) -> Reviewed:
    scene = landscape(*held)
    return make_review(scene, "prod", DAY, read_review(since, "prod", scene) if since else None)


def keys(found: Reviewed) -> list[tuple[str, str, str]]:
    return [(entry.principal, entry.securable, entry.privilege) for entry in found.entries]


def test_a_right_stands_once_where_it_was_given_and_for_each_member() -> None:
    assert keys(reviewed(USE)) == [
        ("bot", "catalog:c", "USE_CATALOG"),
        ("owners", "catalog:c", "OWNER"),
        ("readers", "catalog:c", "USE_CATALOG"),
    ]


def test_a_select_that_cannot_be_used_says_what_it_lacks() -> None:
    notes = {entry.principal: entry.note for entry in reviewed(SELECT).entries}
    assert notes["readers"] == "granted but not usable: lacks USE_CATALOG on catalog:c, USE_SCHEMA on schema:c.s"


def test_a_catalog_wide_select_that_is_usable_in_one_schema_is_not_called_unusable() -> None:
    usable = (USE, Held("readers", "USE_SCHEMA", "schema:c.s"), Held("readers", "SELECT", "catalog:c"))
    notes = {entry.privilege: entry.note for entry in reviewed(*usable).entries if entry.principal == "readers"}
    assert notes["SELECT"] == "usable only in parts: lacks USE_SCHEMA on catalog:c"


def test_the_next_review_says_what_is_new_and_what_is_gone(tmp_path: Path) -> None:
    write_review(reviewed(USE), tmp_path / "old")
    found = reviewed(SELECT, since=tmp_path / "old" / "review.json")
    assert {(one.principal, one.privilege) for one in found.new} == {("readers", "SELECT"), ("bot", "SELECT")}
    assert {(one.principal, one.privilege) for one in found.gone} == {
        ("readers", "USE_CATALOG"),
        ("bot", "USE_CATALOG"),
    }
    assert "since 2026-11-02: 2 new, 2 gone" in summary(found)
    assert '<span class="gone">gone</span> readers: USE_CATALOG' in as_page(found)


def test_nothing_is_new_when_nothing_changed(tmp_path: Path) -> None:
    write_review(reviewed(USE, SELECT), tmp_path / "old")
    found = reviewed(USE, SELECT, since=tmp_path / "old" / "review.json")
    assert not found.new
    assert not found.gone


def test_a_first_review_calls_nothing_new() -> None:
    assert not reviewed(USE).new


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "no access review"),
        ("[]", "no access review"),
        ("{}", "no access review"),
        ('{"schema": "shipway/access-review/v1"}', "no access review"),
        ("[" * 100_000, "no access review"),
        (b"\xff", "no access review"),
    ],
)
def test_what_is_no_review_is_not_compared_with(tmp_path: Path, content: str | bytes, says: str) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ShipwayError, match=says):
        read_review(path, "prod", landscape())


@pytest.mark.parametrize("field", ["schema", "environment", "from"])
def test_a_review_of_something_else_is_not_compared_with(tmp_path: Path, field: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps({**as_record(reviewed(USE)), field: "other"}))
    with pytest.raises(ShipwayError, match="'other', wanted"):
        read_review(path, "prod", landscape())


def test_a_signed_review_is_not_overwritten(tmp_path: Path) -> None:
    write_review(reviewed(USE), tmp_path)
    with pytest.raises(ShipwayError, match="holds a review already"):
        write_review(reviewed(USE), tmp_path)


class Tags(HTMLParser):
    """Every tag and attribute of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}


def parsed(page: str) -> Tags:
    tags = Tags()
    tags.feed(page)
    return tags


def scene_of(name: str, purpose: str, thing: str) -> Reviewed:
    held = (Held(name, "USE_CATALOG", "catalog:c"), Held(name, "READ", f"secret-scope:{thing}"))
    scene = landscape(*held, group=name, purpose=purpose)
    scope = Securable(Kind.SECRET_SCOPE, thing, "prod", "workspace:prod")
    scene = Landscape(scene.source, scene.principals, {**scene.securables, scope.id: scope}, held, (purpose,))
    return make_review(scene, "prod", DAY)


@given(names, names, names)
@settings(max_examples=60, deadline=None)
def test_no_name_becomes_markup(name: str, purpose: str, thing: str) -> None:
    page = as_page(scene_of(name, purpose, thing))
    found = parsed(page)
    plain = {"html", "head", "meta", "title", "style", "body", "header", "main", "h1", "h2", "h3", "p", "dl", "div"}
    plain |= {"dt", "dd", "section", "table", "thead", "tbody", "tr", "th", "td", "code", "span", "ul", "li", "label"}
    assert set(found.tags) <= plain
    assert found.attributes <= {"charset", "http-equiv", "content", "name", "lang", "class", "scope", "data-label"}
    assert page.encode("utf-8")
    assert not any(hidden in page for hidden in "\x1b\u202e\u2066\u200b")


@given(names, names, names)
@settings(max_examples=60, deadline=None)
def test_no_cell_is_a_formula(name: str, purpose: str, thing: str) -> None:
    table = as_table(scene_of(name, purpose, thing))
    for row in csv.reader(io.StringIO(table)):
        assert len(row) == 12
        for cell in row:
            assert not cell.lstrip().startswith(("=", "+", "-", "@"))
            assert not set(cell) & set("\t\r\n\x1b")


def test_the_page_loads_and_runs_nothing() -> None:
    page = as_page(reviewed(USE))
    assert "default-src &#x27;none&#x27;; style-src &#x27;unsafe-inline&#x27;" in page
    assert not {"script", "link", "img", "iframe", "form", "object"} & set(parsed(page).tags)
    for word in ("http:", "https:", "url(", "@import", "javascript"):
        assert word not in page


@given(names, names, names)
@settings(max_examples=30, deadline=None)
def test_any_review_can_be_written_and_compared_with_itself(
    tmp_path_factory: pytest.TempPathFactory, name: str, purpose: str, thing: str
) -> None:
    folder = tmp_path_factory.mktemp("review")
    found = scene_of(name, purpose, thing)
    write_review(found, folder)
    before = read_review(folder / "review.json", "prod", landscape())
    assert {entry.key for entry in before.rights} == {entry.key for entry in found.entries}
