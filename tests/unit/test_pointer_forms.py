"""A pointer's four written forms: printed and parsed they are the same, and whatever rides along is refused."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

import duckdb
import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st

from shipway.models.names import Slot
from shipway.pointer import file_form, json_form, view
from shipway.pointer.cohorts import in_cohort
from shipway.pointer.file_form import AgentFile, SlotContent
from shipway.pointer.pointer import BadPointer, Pointer, salt_of
from shipway.pointer.traffic import Traffic
from shipway.pointer.view import View, ViewPointer, ViewShape

V1, V2 = "r000000000000", "r111111111111"
SALT = f"claims-triage/{V2}"
SHAPE = ViewShape(("claims_prod", "triage", "scores"), "claim_id", ("score", "desk"))
CANARY = ViewPointer(V1, V2, 25, SALT)

releases = st.from_regex(r"r[0-9a-f]{12}", fullmatch=True)
slots = st.sampled_from(["blue", "green"])


@st.composite
def pointers(draw: st.DrawFn, ends: st.SearchStrategy[str] = slots) -> Pointer:
    active, other = draw(st.lists(ends, min_size=2, max_size=2, unique=True))
    if draw(st.booleans()):
        return Pointer(active)
    return Pointer(active, other, draw(st.integers(1, 99)), salt_of("claims-triage", draw(releases)))


contents = st.builds(
    SlotContent,
    releases,
    st.just("1.4.0"),
    st.just("0" * 64),
    st.integers(1, 10**9),
    st.integers(1, 9),
    st.just("a" * 64),
)
names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
shapes = (
    st.lists(names, min_size=1, max_size=6)
    .filter(lambda found: len({one.casefold() for one in (*found, *view.STAMPS)}) == len(found) + 3)
    .flatmap(
        lambda found: st.builds(ViewShape, st.tuples(names, names, names), st.just(found[0]), st.just(tuple(found[1:])))
    )
)


@given(pointers())
def test_as_a_parameter(pointer: Pointer) -> None:
    assert json_form.parse(json_form.render(pointer)) == pointer


@given(pointers(), contents, contents, st.booleans())
def test_as_a_file(pointer: Pointer, blue: SlotContent, green: SlotContent, shadow: bool) -> None:
    file = AgentFile(pointer, blue, green, shadow)
    assert file_form.parse(file_form.render(file)) == file


@given(pointers())
def test_as_routes(pointer: Pointer) -> None:
    traffic = Traffic.of(pointer)
    routes = traffic.routes()
    assert sum(routes.values()) == 100
    assert Traffic.parse({str(slot): share for slot, share in routes.items()}) == traffic
    assert traffic.pointer(Slot(pointer.active), pointer.salt) == pointer


@pytest.mark.parametrize("dialect", ["databricks", "duckdb"])
@given(shape=shapes, pointer=pointers(releases))
def test_as_a_view_whatever_its_names(dialect: view.Dialect, shape: ViewShape, pointer: Pointer) -> None:
    written = ViewPointer.of(pointer)
    found = view.parse(view.render(shape, written, dialect), dialect)
    assert found == View(shape, written)
    assert found.pointer.pointer() == pointer


@pytest.mark.parametrize("dialect", ["databricks", "duckdb"])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("WHERE ", "WHERE 1 = 1 AND "),
        ("SELECT ", "SELECT DISTINCT "),
        ("SELECT ", "SELECT /*+ BROADCAST(x) */ "),
        ("SELECT ", "SELECT -- nothing\n "),
        ("FROM ", ", secret FROM "),
        ("\nWHERE", " TABLESAMPLE (10 PERCENT)\nWHERE"),
        ("\nWHERE", " JOIN other USING (claim_id)\nWHERE"),
        ("\nWHERE", " AS scores\nWHERE"),
        (" OR ", " OR TRUE OR "),
        (" DESC", " ASC"),
        ("THEN 0 ELSE 1", "THEN 1 ELSE 0"),
        (") = 1", ") <= 2"),
        (") = 1", ") = 1 LIMIT 5"),
        (") = 1", ") = 1 UNION ALL SELECT * FROM other"),
        (") = 1", ") = 1; DROP TABLE scores"),
        ("% 10000", "% 1000"),
        ("256", "512"),
        ("1, 15", "1, 14"),
        ("chr(31)", "chr(30)"),
        ("< 2500", "<= 2500"),
        ("< 2500", "< 2550"),
        ("< 2500", "< 2500.0"),
        ("< 2500", "< 0x9c4"),
        ("< 2500", "< '2500'"),
        ("< 2500", "< 10000"),
        (f"'{V1}'", f"'{V1}' || ''"),
        (f"'{V1}'", f'"{V1}"'),
        (f"'{V1}'", f"'{V1}' /* and so on */"),
        ("THEN 0", "0"),
        ("CASE", "CASE TRUE"),
        (f"'{V1}'", f"'{V1.upper()}'"),
        (f"'{V1}'", "'r00000000000'"),
        (f"'{V1}'", f"'{V2}'"),
        ("THEN 0", "AND slot = 'green' THEN 0"),
        (SALT, "claims-triage"),
        (SALT, ""),
    ],
)
def test_what_rides_along_in_a_view_is_refused(dialect: view.Dialect, old: str, new: str) -> None:
    definition = view.render(SHAPE, CANARY, dialect)
    if old == "256" and dialect == "duckdb":
        old, new = "sha256", "md5"
    assert old in definition
    with pytest.raises(BadPointer):
        view.parse(definition.replace(old, new, 1), dialect)


def test_another_table_or_column_is_seen_as_another_shape() -> None:
    more = replace(SHAPE, columns=(*SHAPE.columns, "insured_person"))
    elsewhere = replace(SHAPE, table=("claims_dev", "triage", "scores"))
    for shape in (more, elsewhere):
        assert view.parse(view.render(shape, CANARY)).shape != SHAPE


@given(st.data())
def test_a_view_with_one_piece_changed_is_refused_or_means_what_was_read(data: st.DataObject) -> None:
    definition = view.render(SHAPE, CANARY)
    pieces = sqlglot.tokenize(definition, dialect="databricks")
    at = data.draw(st.integers(0, len(pieces) - 1))
    new = data.draw(
        st.sampled_from(["", "1", "'x'", "NULL", "OR", "AND", "NOT", "(", ")", ",", "*", pieces[at - 3].text])
    )
    changed = f"{definition[: pieces[at].start]}{new} {definition[pieces[at].end + 1 :]}"
    try:
        found = view.parse(changed)
    except BadPointer:
        return
    # Taken only where what is left says the same thing, to the last token.
    again = view.render(found.shape, found.pointer)
    assert _tokens(changed) == _tokens(again)


def _tokens(definition: str) -> list[str]:
    return [token.text.upper() for token in sqlglot.tokenize(definition, dialect="databricks")]


@pytest.mark.parametrize(
    "text", ["", ";", "--", "SELECT", "SELECT 1", "DROP TABLE x", "(" * 5000, "'", "\x00", "a" * 200_000]
)
def test_what_is_no_view_of_ours_is_refused(text: str) -> None:
    for dialect in ("databricks", "duckdb"):
        with pytest.raises(BadPointer):
            view.parse(text, dialect)


def test_spaces_are_not_a_change() -> None:
    definition = view.render(SHAPE, CANARY)
    assert view.parse(" ".join(definition.split())) == View(SHAPE, CANARY)


def _scores(key: str, day: str, release: str) -> tuple[str, float, str, str, str]:
    return (key, 0.1 if release == V1 else 0.2, day, release, "blue" if release == V1 else "green")


def test_what_a_view_shows() -> None:
    keys = [str(number) for number in range(400)]
    cohort = {key for key in keys if in_cohort(SALT, key, 25)}
    unscored = min(cohort)
    rows = [_scores(key, day, V1) for key in keys for day in ("2026-11-20", "2026-11-21")]
    rows += [_scores(key, "2026-11-20", V2) for key in keys]
    rows += [_scores(key, "2026-11-21", V2) for key in keys if key != unscored]
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE scores (claim_id VARCHAR, score DOUBLE, as_of VARCHAR, release VARCHAR, slot VARCHAR)"
    )
    connection.executemany("INSERT INTO scores VALUES (?, ?, ?, ?, ?)", rows)
    shape = ViewShape(("scores",), "claim_id", ("score",))

    def shown(pointer: ViewPointer) -> dict[str, tuple[Any, ...]]:
        found = connection.execute(view.render(shape, pointer, "duckdb")).fetchall()
        assert len(found) == len(keys), "one row for each key"
        assert {row[2] for row in found} == {"2026-11-21"}, "the latest day"
        return {row[0]: row for row in found}

    at_rest = shown(ViewPointer.of(Pointer(V1)))
    assert {row[3] for row in at_rest.values()} == {V1}
    canary = shown(ViewPointer(V1, V2, 25, SALT))
    assert {key for key, row in canary.items() if row[3] == V2} == cohort - {unscored}
    assert all(canary[key] == at_rest[key] for key in keys if key not in cohort)
    assert {row[3] for row in shown(ViewPointer(V1, V2, 50, SALT)).values()} == {V1, V2}
    assert shown(ViewPointer.of(Pointer(V1))) == at_rest, "going back brings back what was published"


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "null", "{}", '"blue"', "{" * 100_000, "x" * 70_000),
        json.dumps(asdict(Pointer("blue"))),
        json_form.render(Pointer("blue")).replace("0", "false"),
        json_form.render(Pointer("blue")).replace("0", "0.0"),
        json_form.render(Pointer("blue")).replace("blue", "red"),
        json_form.render(Pointer("blue")).replace("null", '"blue"'),
        json_form.render(Pointer("blue")).replace('"active"', '"active":"green","active"'),
        json_form.render(Pointer("blue")).replace("}", ',"then":"x"}'),
        json_form.render(Pointer("blue")) + "\n",
        json_form.render(Pointer("blue", "green", 5, SALT)).replace("5", "100"),
        json_form.render(Pointer("blue", "green", 5, SALT)).replace("5", "NaN"),
        json_form.render(Pointer("blue", "green", 5, SALT)).replace(SALT, "${var.salt}"),
        json_form.render(Pointer("blue", "green", 5, SALT)).replace(f'"{SALT}"', "7"),
    ],
)
def test_a_parameter_in_another_form_is_refused(text: str) -> None:
    with pytest.raises(BadPointer):
        json_form.parse(text)


CONTENT = SlotContent(V1, "1.4.0", "0" * 64, 8)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"shadow":false', '"shadow":0'),
        ('"shadow":false', '"shadow":false,"shadow":true'),
        ("/v1", "/v2"),
        ('"model_version":8', '"model_version":"latest"'),
        ('"model_version":8', '"model_version":true'),
        ('"model_version":8', '"model_version":0'),
        (V1, "../../x"),
        ('"blue":{', '"red":{'),
        ('"version":"1.4.0"', '"version":null'),
        ('"prompt_version":null', '"prompt_version":null,"tool":"x"'),
        ("{", " {"),
    ],
)
def test_a_file_in_another_form_is_refused(old: str, new: str) -> None:
    text = file_form.render(AgentFile(Pointer("blue"), CONTENT, CONTENT))
    assert old in text
    with pytest.raises(BadPointer):
        file_form.parse(text.replace(old, new, 1))


def test_an_agents_conversations_go_by_key() -> None:
    file = AgentFile(Pointer("green", "blue", 25, SALT), CONTENT, CONTENT)
    for key in map(str, range(300)):
        assert file.slot_for(key) is (Slot.BLUE if in_cohort(SALT, key, 25) else Slot.GREEN)
    assert file.slot_for(None) is Slot.GREEN
    assert {AgentFile(Pointer("green"), CONTENT, CONTENT).slot_for(str(key)) for key in range(50)} == {Slot.GREEN}


@pytest.mark.parametrize(
    "routes",
    [{}, {"blue": 100}, {"blue": 60, "green": 50}, {"blue": 101, "green": -1}, {"blue": 100, "green": 0, "x": 0}],
)
def test_routes_that_are_not_all_of_the_traffic_are_refused(routes: dict[str, int]) -> None:
    with pytest.raises(BadPointer):
        Traffic.parse(routes)


@pytest.mark.parametrize("values", [(True, 99), (99.0, 1), ("100", 0), (None, 100)])
def test_shares_are_whole_numbers(values: tuple[Any, Any]) -> None:
    with pytest.raises(BadPointer):
        Traffic(*values)


@pytest.mark.parametrize(
    "values",
    [
        ("blue", None, 5, ""),
        ("blue", None, 0, SALT),
        ("blue", "blue", 5, SALT),
        ("blue", "green", 0, SALT),
        ("blue", "green", 100, SALT),
        ("blue", "green", True, SALT),
        ("blue", "green", 5.0, SALT),
        ("blue", "green", 5, ""),
        ("blue", "green", 5, "x'/r000000000000"),
        ("blue", "green", 5, f"{SALT}\n"),
    ],
)
def test_a_pointer_that_contradicts_itself_is_none(values: tuple[Any, ...]) -> None:
    with pytest.raises(BadPointer):
        Pointer(*values)


@pytest.mark.parametrize(
    "values",
    [
        ((), "k", ()),
        (("a", "b", "c", "d"), "k", ()),
        (("",), "k", ()),
        (("t",), "", ()),
        (("t",), "k", ("K",)),
        (("t",), "k", ("Release",)),
    ],
)
def test_a_view_of_no_table_or_with_a_column_twice_is_none(values: tuple[Any, ...]) -> None:
    with pytest.raises(BadPointer):
        ViewShape(*values)
