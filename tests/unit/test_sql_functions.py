"""SQL files: one function is read as it is, and nothing else gets through to the job that installs it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.errors import Problem
from shipway.models.sql import SqlFunction, read_function

FILE = "environments/functions/f.sql"
GOOD = "CREATE FUNCTION f(v STRING) RETURNS STRING RETURN v"


def function(text: str) -> SqlFunction:
    found = read_function(text, FILE, "f")
    assert isinstance(found, SqlFunction), found
    return found


def refusal(text: str) -> Problem:
    found = read_function(text, FILE, "f")
    assert isinstance(found, Problem), found
    return found


def test_comments_and_layout_are_not_installed() -> None:
    text = "-- MAGIC %sh rm\ncreate or replace  function f (v STRING, w DECIMAL(10, 2))\n/* a /* b */ c */ returns\n"
    found = function(text + "string return concat(v, '-- x', '/*') -- end\n;\n-- COMMAND ----------\n")
    assert found.statement("`c`.`s`.`f`") == (
        "CREATE OR REPLACE FUNCTION `c`.`s`.`f`(v STRING, w DECIMAL(10, 2)) "
        "returns string return concat(v, '-- x', '/*')"
    )
    assert found.parameters == (("v", "STRING"), ("w", "DECIMAL"))
    assert found.returns == "STRING"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "does not begin with CREATE FUNCTION"),
        ("-- nothing", "does not begin"),
        ("DROP TABLE claims", "does not begin"),
        (f"{GOOD}; DROP TABLE claims", "more than one statement"),
        (f"{GOOD};;", "more than one statement"),
        (f"SELECT 1; {GOOD}", "more than one statement"),
        ("CREATE FUNCTION a.b.f(v STRING) RETURNS STRING RETURN v", "a plain name"),
        ("CREATE FUNCTION g(v STRING) RETURNS STRING RETURN v", "called 'g', wanted 'f'"),
        ("CREATE TEMPORARY FUNCTION f(v STRING) RETURNS STRING RETURN v", "does not begin"),
        ("CREATE FUNCTION f(v STRING) RETURNS STRING LANGUAGE PYTHON RETURN v", "is in PYTHON"),
        ("CREATE FUNCTION f(v STRING) RETURNS STRING AS $$ return v $$", "'$' is taken"),
        ("CREATE FUNCTION f() RETURNS TABLE (a INT) RETURN SELECT 1", "returns a table"),
        ("CREATE FUNCTION f(v STRING) RETURNS STRING", "has no RETURN"),
        ("CREATE FUNCTION f(v STRING) RETURNS STRING RETURN 'a\n-- COMMAND ----------\n'", "not closed on its line"),
        ("CREATE FUNCTION f(v STRING) RETURNS STRING RETURN 'a", "not closed on its line"),
        ("CREATE FUNCTION f(v STRING) RETURNS STRING RETURN v /* a", "comment is not closed"),
        # A raw string ends at this quote, another at the last one: a second statement would hide in it.
        ("CREATE FUNCTION f(v STRING) RETURNS STRING RETURN r'\\'; DROP TABLE x --'", "backslash before a quote"),
        ("CREATE FUNCTION f(v STRING) RETURNS STRING RETURN '\\'; DROP TABLE x --'", "backslash before a quote"),
        ("CREATE FUNCTION f(v STRING) RETURNS STRING RETURN v\u202e", "U+202E"),
        (f"{GOOD} " + "x" * 20_000, "wanted at most 20,000"),
        ("CREATE FUNCTION f(1) RETURNS STRING RETURN v", "is not a name and a type"),
    ],
)
def test_what_is_not_one_function_is_refused(text: str, says: str) -> None:
    assert says in refusal(text).message


def test_a_refusal_has_its_place() -> None:
    assert str(refusal(f"-- a\n{GOOD};\n  DROP TABLE x").at) == f"{FILE}:2:{len(GOOD) + 1}"


@given(st.text(st.sampled_from(["'", '"', "`", ";", "-", "/", "*", "\\", "\n", "r", " ", "$", "a", "("]), max_size=12))
def test_no_body_brings_a_second_statement_a_comment_or_a_line(body: str) -> None:
    found = read_function(f"{GOOD} || {body}", FILE, "f")
    if isinstance(found, SqlFunction):
        # What stood around a quoted name does not come together: /``* opens no comment.
        outside = re.sub(r"'[^']*'|\"[^\"]*\"|`[^`]*`", " ", found.tail)
        assert not re.search(r";|--|/\*|['\"`]", outside)
        assert "\n" not in found.tail
        assert "$" not in found.tail


@given(st.text(max_size=60))
def test_any_text_is_a_function_or_a_located_problem(text: str) -> None:
    found = read_function(text, FILE, "f")
    assert isinstance(found, SqlFunction) or found.at.line >= 1
