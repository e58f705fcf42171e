"""Renderings: nothing from a plan is live in Markdown or on a terminal, and what has no room is counted."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from shipway.plan import markdown, terminal
from shipway.plan.as_json import render_json
from shipway.plan.markdown import LIMIT, render_markdown
from shipway.plan.masks import merge
from shipway.plan.model import Action, Check, CheckStatus, Gap, OutputChange, Plan, ResourceChange
from shipway.plan.page import render_page
from shipway.plan.report import SCHEMA, Review
from shipway.plan.review import review
from shipway.plan.sarif import render_sarif
from shipway.plan.taint import Taint
from shipway.plan.terminal import render_terminal
from shipway.plan.text import clip, clip_pair, visible
from shipway.plan.values import Record, Secret

NASTY = [
    "line\nbreak", "`", "``", "` `", "a|b", "<img src=x onerror=y>", "@org/team", "#12", "\x1b[31mred", "\u202eevil",
    "[x](https://evil.example)", "![x](https://evil.example)", "https://evil.example", "</details>", "<!-- x -->",
    "***",
    "- list", "# heading", "::set-output name=a::b", "##[command]x", "##vso[task]x", "\u200b", "\ud800", "\u2028", " ",
    "\\", "&lt;", "~~~", "```", "$x$", "a\u0301\u0301\u0301", "\u00a0", "\U000e0041", "", "  - a", "1. a", "&#64;org",
]  # fmt: skip
TEXT = st.one_of(st.sampled_from(NASTY), st.text(max_size=12), st.tuples(*[st.sampled_from(NASTY)] * 3).map("".join))
ACTIONS = st.sampled_from(list(Action))


@st.composite
def reviews(draw: st.DrawFn) -> Review:
    """A review in which every text that a plan can hold is drawn."""
    grant = {"catalog": draw(TEXT), "grant": [{"principal": draw(TEXT), "privileges": [draw(TEXT)]}]}
    types = st.sampled_from(["databricks_grants", "databricks_schema", "databricks_job", draw(TEXT)])
    changes = tuple(
        ResourceChange(
            draw(TEXT), draw(types), draw(TEXT), draw(ACTIONS), (draw(TEXT),),
            before=merge({draw(TEXT): draw(TEXT), **grant}, None, None), after=merge({"name": draw(TEXT)}, None, None),
            reason=draw(TEXT), deposed=draw(TEXT), previous_address=draw(TEXT), provisioners=(draw(TEXT),),
            replace_paths=((draw(TEXT),),),
        )
        for _ in range(draw(st.integers(0, 3)))
    )  # fmt: skip
    output = OutputChange(draw(TEXT), draw(ACTIONS), draw(TEXT), draw(TEXT))
    check = Check(draw(TEXT), CheckStatus.FAIL, (draw(TEXT),))
    gap = Gap(draw(TEXT), draw(TEXT), draw(TEXT))
    return review([Plan(draw(TEXT), changes=changes, drift=changes, outputs=(output,), checks=(check,), gaps=(gap,),
                        notes=(draw(TEXT),))])  # fmt: skip


def tokens(text: str) -> list[Any]:
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return [inner for token in parser.parse(text) for inner in (token, *(token.children or ()))]


OURS = {"inline", "text", "softbreak", "code_inline", "strong_open", "strong_close", "em_open", "em_close"} | {
    f"{name}_{side}" for name in ("heading", "paragraph", "bullet_list", "list_item") for side in ("open", "close")
}
# All that stands outside code spans is written by us: no text of an input can be in it.
PLAIN = re.compile(r"[A-Za-z0-9 .,:;()/+>~→—…⚠️🟢🟡🔴🔵_'-]*")


@settings(max_examples=200, deadline=None)
@given(reviews())
def test_nothing_of_a_plan_is_live_in_markdown(found: Review) -> None:
    for token in tokens(render_markdown(found, detail=True)):
        assert token.type in OURS
        if token.type == "text":
            assert PLAIN.fullmatch(token.content), token.content
    assert "@" not in "".join(token.content for token in tokens(render_markdown(found)) if token.type == "text")


@settings(max_examples=200, deadline=None)
@given(reviews())
def test_a_terminal_gets_only_printable_lines(found: Review) -> None:
    text = render_terminal(found, detail=True)
    text.encode()
    for line in text.split("\n"):
        assert all(
            unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} or character == "\ufe0f"
            for character in line
        )
        assert not line.lstrip().startswith("::")
        assert "##[" not in line and "##vso[" not in line


OURS_ON_A_PAGE = {
    *("html", "head", "meta", "title", "style", "body", "header", "h1", "h2", "small", "p", "ul", "li", "nav", "a"),
    *("main", "section", "div", "details", "summary", "span", "code", "footer"),
    *("lang", "charset", "http-equiv", "content", "name", "class", "id", "href"),
}


class Tags(HTMLParser):
    """Every tag of a page with the names of its attributes, and the targets of its links."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.targets: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen |= {tag, *(name for name, _ in attrs)}
        self.targets += [value or "" for name, value in attrs if name == "href"]


@settings(max_examples=200, deadline=None)
@given(reviews())
def test_nothing_of_a_plan_is_live_on_the_page(found: Review) -> None:
    page = render_page(found)
    page.encode()
    tags = Tags(page)
    assert tags.seen <= OURS_ON_A_PAGE
    assert all(re.fullmatch("#s[0-9]+", target) for target in tags.targets)
    assert "default-src 'none'" in page.replace("&#x27;", "'")


@settings(max_examples=100, deadline=None)
@given(reviews())
def test_sarif_is_what_github_takes(found: Review) -> None:
    text = render_sarif(found, lambda place: None)
    assert text.isascii()
    (run,) = json.loads(text)["runs"]
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert len(run["results"]) <= 5_000
    for result in run["results"]:
        assert result["ruleId"] in rules
        assert result["level"] in ("error", "warning", "note")
        (where,) = result["locations"]
        assert not where["physicalLocation"]["artifactLocation"]["uri"].startswith(("/", "file:"))
        assert not re.search(r"(?<!\\)[\[\]]", result["message"]["text"].replace("\\\\", ""))


def test_sarif_beyond_its_limit_keeps_the_heaviest_and_counts_the_rest() -> None:
    changes = (*many(6_000, Action.FORGET), *many(10, Action.DELETE, "databricks_volume"))
    (run,) = json.loads(render_sarif(review([Plan("prod-x", changes=changes)]), lambda place: None))["runs"]
    assert len(run["results"]) == 5_000
    assert [result["ruleId"] for result in run["results"][:10]] == ["data-lost"] * 10
    assert run["results"][-1]["message"]["text"] == "1011 more results have no room here"


@given(TEXT)
def test_a_code_span_holds_exactly_its_text(text: str) -> None:
    inner = [token for token in tokens(f"- a {markdown.escape(text)} b") if token.type == "code_inline"]
    assert len(inner) == 1
    assert inner[0].content == (clip(visible(text)) or " ")


@given(TEXT)
def test_json_is_ascii_and_comes_back(text: str) -> None:
    change = ResourceChange(text, text, text, Action.CREATE, after=Record({text: text}))
    written = render_json(review([Plan(text, changes=(change,))]))
    assert written.isascii()
    assert json.loads(written)["schema"] == SCHEMA
    assert json.loads(written)["stacks"][0]["stack"] == text


SECRET = st.text(st.sampled_from("äöüÄÖÜ€µ§%&/=?XYZ|`"), min_size=8, max_size=20)


@settings(max_examples=100, deadline=None)
@given(secret=SECRET, lead=st.text(max_size=3))
def test_no_secret_in_any_output(secret: str, lead: str) -> None:
    text = f"{lead}{secret}{lead}"
    values = merge({"open": text, text: [text, {"deep": text}], "json": json.dumps({"a": text})}, None, None)
    assert isinstance(values, Record)
    marked = Record({**values, "masked": Secret(secret)})
    changes = (
        ResourceChange(text, "databricks_job", text, Action.UPDATE, before=Record({}), after=marked, reason=text),
        ResourceChange(
            "a",
            "databricks_grants",
            text,
            Action.CREATE,
            after=merge({"catalog": text, "grant": [{"principal": text, "privileges": [text]}]}, None, None),
        ),
        ResourceChange("b", "databricks_volume", text, Action.FORGET, before=Record({"name": text})),
    )
    value, check = OutputChange(text, Action.UPDATE, "", text), Check(text, CheckStatus.FAIL, (text,))
    said = Plan(text, changes=changes, outputs=(value,), checks=(check,), gaps=(Gap(text, text, text),), notes=(text,))
    plan = replace(said, taint=Taint.of([secret]))
    found = review([plan])
    sarif = render_sarif(found, lambda place: None)
    written = render_json(found)
    outputs = (render_terminal(found, detail=True), render_markdown(found, detail=True), render_page(found), sarif)
    for output in (*outputs, written, json.dumps(json.loads(written), ensure_ascii=False), html.unescape(outputs[2])):
        assert secret not in output
        assert not any(form in output for form in Taint.of([secret]).needles)


def many(
    count: int, action: Action, type_name: str = "terraform_data", attributes: int = 1
) -> tuple[ResourceChange, ...]:
    return tuple(
        ResourceChange(
            f"{type_name}.n{number}", type_name, f"n{number}", action,
            before=merge({f"a{place}": number for place in range(attributes)}, None, None),
            after=merge({f"a{place}": -1 - number for place in range(attributes)}, None, None),
        )
        for number in range(count)
    )  # fmt: skip


def length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def test_a_comment_drops_the_least_risky_first_and_counts_it() -> None:
    destroyed = many(30, Action.DELETE, "databricks_volume")
    found = review([Plan("prod-x", changes=(*many(5_000, Action.UPDATE), *destroyed))])
    text = render_markdown(found)
    assert length(text) <= LIMIT
    assert text.count("destroy `databricks_volume`") == 30
    shown = text.count("update `terraform_data`")
    assert 0 < shown < 5_000
    assert f"No room for {5_000 - shown} rows (0 destructive, 0 of access, 0 of the most important)" in text
    assert "Do not approve" not in text


def test_risky_rows_without_room_are_said_aloud() -> None:
    found = review([Plan("prod-x", changes=many(5_000, Action.DELETE, "databricks_volume"))])
    text = render_markdown(found)
    assert length(text) <= LIMIT
    assert "Do not approve on this comment alone" in text
    left_out = 5_000 - text.count("destroy `databricks_volume`")
    assert f"{left_out} of the most important" in text


@pytest.mark.parametrize("limit", [2_000, 5_000, 20_000])
def test_any_limit_is_kept(limit: int) -> None:
    changes = (
        *many(200, Action.UPDATE, attributes=20),
        *many(50, Action.DELETE),
        *many(9, Action.DELETE, "databricks_volume"),
    )
    text = render_markdown(review([Plan("prod-x", changes=changes)]), limit=limit)
    assert length(text) <= limit


def test_an_object_with_very_many_attributes_is_cut_as_well() -> None:
    text = render_markdown(review([Plan("prod-x", changes=many(1, Action.UPDATE, attributes=9_000))]))
    assert length(text) <= LIMIT
    assert "details are left out here" in text


def test_colour_only_where_asked() -> None:
    found = review([Plan("prod-x", changes=many(1, Action.DELETE))])
    assert "\x1b[" not in render_terminal(found)
    assert "\x1b[31m" in render_terminal(found, colour=True)


@given(st.text(max_size=300), st.integers(40, 80))
def test_clipped_text_is_short_and_says_so(text: str, longest: int) -> None:
    assert len(clip(text, longest)) <= longest + 10
    assert clip(text, longest) == text or "more…" in clip(text, longest)


@given(st.text("ab", min_size=0, max_size=400), st.text("ab", min_size=1, max_size=9), st.text("ab", max_size=400))
def test_clipped_sides_still_differ(lead: str, middle: str, tail: str) -> None:
    old, new = clip_pair(f"{lead}{middle}x{tail}", f"{lead}{middle}y{tail}")
    assert old != new
    assert max(len(old), len(new)) < 200


def test_a_terminal_line_is_no_command_of_a_build_log() -> None:
    assert "##[" not in terminal.escape("a ##[error]b ##vso[task.x]")
