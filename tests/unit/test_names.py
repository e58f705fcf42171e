"""The naming standard (Q048): names fit their kind, and two things never share one."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.models.load import _ENVIRONMENT, _USE_CASE
from shipway.models.names import CATALOG, JOB, KINDS, BadName, Names, Role, Slot
from shipway.models.naming_page import page

organisations = st.from_regex(r"[a-z][a-z0-9]{0,15}", fullmatch=True)
environments = st.from_regex(r"[a-z][a-z0-9]{0,11}", fullmatch=True).filter(
    lambda name: name not in {*Role, "account", "landing"}
)
use_cases = st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,8}){0,3}", fullmatch=True).filter(
    lambda name: len(name) <= 40 and name != "landing-zone"
)
# Words that are parts of names, where two different things would most easily meet.
tricky = st.sampled_from(["a", "a-authors", "a-blue", "blue", "a-run", "run", "a-router-prod", "prod"])
lines = st.tuples(st.just("acme"), st.sampled_from(["prod", "test", "run", "blue"]), use_cases | tricky)


def all_names(names: Names) -> Iterator[tuple[str, str]]:
    """Every name of one line, with the space in which it must be unique."""
    yield "stack", names.line_stack
    yield "scope", names.secret_scope
    yield f"volume in {names.environment}", names.volume()
    for slot in Slot:
        yield "job", names.job(slot)
    yield "job", names.router
    yield "principal", names.deploy_principal
    yield "principal", names.run_principal
    for role in Role:
        if role.per_environment:
            yield "group", names.group(role)


@given(organisations, environments, use_cases)
def test_what_the_models_accept_gives_names_or_says_which_is_too_long(
    organisation: str, environment: str, use_case: str
) -> None:
    names = Names(organisation, environment, use_case)
    for _, name in all_names(names):
        assert 0 < len(name) <= 128
        assert re.fullmatch(r"[a-z0-9_-]+", name)


@given(lines, lines)
def test_two_lines_never_share_a_name(one: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    if one == other:
        return
    shared = set(all_names(Names(*one))) & set(all_names(Names(*other)))
    assert shared == set()


@given(st.text(max_size=60))
def test_a_hostile_word_is_refused_or_plain(word: str) -> None:
    for kind in (_ENVIRONMENT, _USE_CASE):
        try:
            accepted = kind.validate_python(word)
        except ValueError:
            continue
        assert re.fullmatch(r"[a-z][a-z0-9-]*", accepted)


def test_a_name_beyond_its_limit_says_how_long_it_is_and_whose_limit_it_is() -> None:
    with pytest.raises(BadName, match=r"catalog name 'x+_prod' has 75 characters, wanted at most 63 \(no backticks"):
        Names("acme", "prod").catalog("x" * 70)


def test_reserved_words_are_refused() -> None:
    for word in ("authors", "landing", "account"):
        with pytest.raises(ValueError, match="reserved"):
            _ENVIRONMENT.validate_python(word)
    with pytest.raises(ValueError, match="reserved"):
        _USE_CASE.validate_python("landing-zone")


def test_the_page_has_every_kind_and_is_current() -> None:
    from pathlib import Path

    committed = (Path(__file__).parents[2] / "docs" / "naming.md").read_text()
    assert committed == page(), "run: .venv/bin/python -m shipway.models.naming_page"
    assert all(f"| {kind.label} |" in committed for kind in KINDS)
    assert CATALOG in KINDS
    assert JOB in KINDS
