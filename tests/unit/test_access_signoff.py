"""Decisions of a reviewer, read back from the table and shown at the next review."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipway.access.decisions import SignOff, read_decisions, sign_off, sign_off_text
from shipway.access.landscape import Held, Kind, Landscape, Principal, PrincipalKind, Securable
from shipway.access.review import Reviewed, make_review, open_review, read_review, summary
from shipway.access.review_files import DECISION, as_table, write_review
from shipway.access.review_page import as_page
from shipway.errors import ShipwayError

DAY, LATER = date(2026, 11, 2), date(2027, 2, 1)
USE, SELECT = (Held("readers", name, "catalog:c") for name in ("USE_CATALOG", "SELECT"))


def landscape(*held: Held, group: str = "readers") -> Landscape:
    people = [Principal(group, PrincipalKind.GROUP, (), "Reads"), Principal("owners", PrincipalKind.GROUP)]
    catalog = Securable(Kind.CATALOG, "c", "prod", owner="owners")
    return Landscape("declared", {one.name: one for one in people}, {catalog.id: catalog}, held)


Edit = Callable[[dict[str, str]], None]


def decide(folder: Path, edit: Edit, delimiter: str = ",", encoding: str = "utf-8") -> None:
    """Work in the table as somebody would in a spreadsheet."""
    path = folder / "review.csv"
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
    for row in rows:
        edit(row)
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))


def all_of(decision: str, reviewer: str = "Ada", comment: str = "") -> Edit:
    return lambda row: row.update({DECISION: decision, "reviewer": reviewer, "comment": comment})


def signed(folder: Path, *held: Held, edit: Edit, **more: str) -> SignOff:
    write_review(make_review(landscape(*held), "prod", DAY), folder)
    decide(folder, edit, **more)
    return sign_off(folder, open_review(folder / "review.json"), DAY)


def next_review(folder: Path, *held: Held) -> Reviewed:
    scene, path = landscape(*held), folder / "review.json"
    return make_review(scene, "prod", LATER, read_review(path, "prod", scene), read_decisions(path))


def test_the_next_review_shows_what_was_decided(tmp_path: Path) -> None:
    found = signed(tmp_path, USE, SELECT, edit=all_of("Keep ", comment="as agreed"))
    assert (len(found.decisions), found.open) == (3, ())
    later = next_review(tmp_path, USE, SELECT)
    assert "kept by Ada on 2026-11-02: as agreed" in as_table(later)
    assert "Last decision: kept by Ada" in as_page(later)
    assert not later.not_revoked


def test_what_was_to_be_revoked_and_is_still_there_is_said_first(tmp_path: Path) -> None:
    signed(tmp_path, USE, SELECT, edit=all_of("revoke"))
    later = next_review(tmp_path, SELECT)
    assert {(one.principal, one.privilege) for one in later.not_revoked} == {("owners", "OWNER"), ("readers", "SELECT")}
    assert "STILL THERE  owners: OWNER" in summary(later)
    assert "to be revoked and still there: Ada" in as_page(later)
    assert "revoked by Ada" in as_table(later)


def test_a_right_that_came_after_the_decision_has_none(tmp_path: Path) -> None:
    signed(tmp_path, USE, edit=all_of("keep"))
    (new,) = next_review(tmp_path, USE, SELECT).new
    assert new.key not in read_decisions(tmp_path / "review.json")


def test_an_undecided_row_stays_open(tmp_path: Path) -> None:
    found = signed(tmp_path, USE, edit=lambda _: None)
    assert (found.decisions, len(found.open)) == ((), 2)
    assert "2 open" in sign_off_text(found)


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (all_of("yes"), "wanted keep, revoke or nothing"),
        (all_of("keep", reviewer=" "), "nobody says so"),
        (lambda row: row.update({DECISION: "keep", "reviewer": "A", "principal": "x"}), "no such right"),
        (lambda row: row.update({DECISION: "keep", "reviewer": "A", "privileges": "MANAGE"}), "no such right"),
    ],
)
def test_mistakes_are_told_by_line_and_nothing_is_written(tmp_path: Path, edit: Edit, says: str) -> None:
    with pytest.raises(ShipwayError, match=says) as raised:
        signed(tmp_path, USE, edit=edit)
    assert "line 2" in str(raised.value)
    assert not (tmp_path / "decisions.json").exists()


@pytest.mark.parametrize(("delimiter", "encoding"), [(";", "utf-8-sig"), ("\t", "utf-8"), (",", "utf-8-sig")])
def test_the_table_is_read_as_spreadsheets_save_it(tmp_path: Path, delimiter: str, encoding: str) -> None:
    found = signed(tmp_path, USE, edit=all_of("keep"), delimiter=delimiter, encoding=encoding)
    assert len(found.decisions) == 2


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"a,b\n1,2\n", b'"'])
def test_what_is_no_table_is_an_error(tmp_path: Path, content: bytes) -> None:
    write_review(make_review(landscape(USE), "prod", DAY), tmp_path)
    (tmp_path / "review.csv").write_bytes(content)
    with pytest.raises(ShipwayError):
        sign_off(tmp_path, open_review(tmp_path / "review.json"), DAY)


def test_decisions_on_another_review_are_refused(tmp_path: Path) -> None:
    signed(tmp_path, USE, edit=all_of("keep"))
    path = tmp_path / "review.json"
    path.write_text(path.read_text().replace("USE_CATALOG", "SELECT"))
    with pytest.raises(ShipwayError, match="not the review that was decided on"):
        read_decisions(path)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"schema": "x"}', "[" * 100_000])
def test_what_is_no_record_of_decisions_is_refused(tmp_path: Path, content: str) -> None:
    signed(tmp_path, USE, edit=all_of("keep"))
    (tmp_path / "decisions.json").write_text(content)
    with pytest.raises(ShipwayError, match="no decisions"):
        read_decisions(tmp_path / "review.json")


names = st.text(st.sampled_from(list("a,;\"'=+\n\t\u202e \ud800")), min_size=1, max_size=8)


@given(names)
@settings(max_examples=40, deadline=None)
def test_any_name_finds_its_row_again(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    folder = tmp_path_factory.mktemp("signoff")
    scene = landscape(Held(name, "USE_CATALOG", "catalog:c"), group=name)
    write_review(make_review(scene, "prod", DAY), folder)
    decide(folder, all_of("keep"))
    assert not sign_off(folder, open_review(folder / "review.json"), DAY).open
    assert json.loads((folder / "decisions.json").read_bytes())["undecided"] == []
