"""What a bundle's code calls: parameters, tables that only grow, rows once, effects of exactly one slot, measures."""

from __future__ import annotations

import ast
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.pointer.json_form import render
from shipway.pointer.pointer import BadPointer, Pointer
from shipway.runtime import outputs, tables
from shipway.runtime.effects import Effects, effects_of
from shipway.runtime.job import BadParameters, Parameters, job_parameters
from shipway.runtime.measures import Measure, record
from shipway.runtime.models import NoSuchVersion, folder
from shipway.runtime.place import full_name

ARGUMENTS = ["--catalog=c", "--schema=s", "--slot=blue", "--release=r1", "--model_version=3", "--as_of=2026-11-21"]
JOB = job_parameters(ARGUMENTS)
TYPES = {"k": "string", "v": "double"}


@pytest.fixture
def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHIPWAY_SANDBOX", str(tmp_path))
    return tmp_path


def test_parameters_are_read_as_databricks_hands_them_over() -> None:
    job = job_parameters([*ARGUMENTS, "--pointer={=}", "--empty="])
    assert (job.model_version, job.as_of, job.named("t")) == (3, date(2026, 11, 21), "c.s.t")
    assert (job.values["pointer"], job.values["empty"]) == ("{=}", "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "without catalog, schema, slot, release, model_version, as_of; got nothing"),
        (["catalog=c"], "wanted --name=value"),
        (["--catalog"], "wanted --name=value"),
        ([*ARGUMENTS, "--as_of=yesterday"], "model_version and as_of"),
        ([*ARGUMENTS, "--model_version=latest"], "model_version and as_of"),
    ],
)
def test_what_is_no_parameter_is_said(arguments: list[str], said: str) -> None:
    with pytest.raises(BadParameters, match=said):
        job_parameters(arguments)


@pytest.mark.parametrize("name", ["", "t", "s.t", "a.b.c.d", "../x.s.t", "c.s.", "c.s./etc/passwd", "c.s.t\n", "c. .t"])
def test_a_table_is_named_in_full_and_leads_nowhere_else(name: str) -> None:
    with pytest.raises(ValueError, match=r"is not catalog\.schema\.name"):
        full_name(name)


VALUES = st.fixed_dictionaries(
    {
        "k": st.text(max_size=20) | st.none(),
        "v": st.floats(allow_nan=False) | st.none(),
        "n": st.integers(-(2**63), 2**63 - 1) | st.none(),
        "b": st.booleans() | st.none(),
        "d": st.dates() | st.none(),
    }
)


@given(st.lists(VALUES, max_size=5))
def test_what_is_appended_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, object]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHIPWAY_SANDBOX", str(tmp_path_factory.mktemp("sandbox")))
        types = {"k": "string", "v": "double", "n": "bigint", "b": "boolean", "d": "date"}
        assert tables.append("c.s.t", rows, types) == len(rows)
        assert tables.read("c.s.t") == rows
        assert tables.columns("c.s.t") == (types if rows else {})


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_condition_is_a_value_and_never_sql(tmp_path_factory: pytest.TempPathFactory, one: str, other: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHIPWAY_SANDBOX", str(tmp_path_factory.mktemp("sandbox")))
        tables.append("c.s.t", [{"k": one}, {"k": other}, {"k": "' OR '1'='1"}], {"k": "string"})
        assert {row["k"] for row in tables.read("c.s.t", k=one)} == {one}


def test_a_table_only_grows_and_says_what_it_does_not_take(sandbox: Path) -> None:
    from deltalake import DeltaTable
    from deltalake.exceptions import DeltaError

    tables.append("c.s.t", [{"k": "a", "v": 1.0}], TYPES)
    tables.append("c.s.t", [{"k": "b", "v": 2.0}], TYPES)
    with pytest.raises(DeltaError, match="append-only"):
        DeltaTable(tables.folder(sandbox, "c.s.t")).delete("k = 'a'")
    with pytest.raises(ValueError, match="columns too many or too few: v, w"):
        tables.append("c.s.t", [{"k": "c", "w": 1.0}], TYPES)
    with pytest.raises(ValueError, match="no column type decimal"):
        tables.append("c.s.t", [], {"k": "decimal"})
    assert sorted(row["k"] for row in tables.read("c.s.t")) == ["a", "b"]
    assert tables.read("c.s.none") == []


def test_a_table_that_was_begun_and_never_written_still_only_grows(sandbox: Path) -> None:
    from deltalake import DeltaTable

    at = tables.folder(sandbox, "c.s.t")
    at.mkdir(parents=True)
    assert tables.read("c.s.t") == []
    tables.append("c.s.t", [{"k": "a", "v": 1.0}], TYPES)
    assert DeltaTable(at).metadata().configuration == {"delta.appendOnly": "true"}


def test_rows_are_stamped_and_a_repeated_run_adds_none(sandbox: Path) -> None:
    rows = [{"k": "a", "v": 1.0}]
    assert outputs.publish(JOB, "t", rows, TYPES) == 1
    assert outputs.publish(JOB, "t", rows, TYPES) == 0
    assert outputs.publish(replace(JOB, release="r2", slot="green"), "t", rows, TYPES) == 1
    assert outputs.publish(replace(JOB, as_of=date(2026, 11, 22)), "t", rows, TYPES) == 1
    stamps = {(row["as_of"].day, row["release"], row["slot"]) for row in tables.read("c.s.t")}
    assert stamps == {(21, "r1", "blue"), (21, "r2", "green"), (22, "r1", "blue")}


def test_a_measure_is_written_once_and_what_is_not_known_is_null(sandbox: Path) -> None:
    day, next_day = JOB.as_of, date(2026, 11, 22)
    assert record(JOB, "m", [Measure("a", day, "error", 1.0, "home"), Measure("b", day, "error", None)]) == 2
    assert record(JOB, "m", [Measure("a", day, "error", 2.0), Measure("a", next_day, "error", 3.0)]) == 1
    assert {(row["key"], row["as_of"].day, row["value"], row["slice"]) for row in tables.read("c.s.m")} == {
        ("a", 21, 1.0, "home"),
        ("b", 21, None, ""),
        ("a", 22, 3.0, ""),
    }


# Effects -------------------------------------------------------------------------------------------------------------

SALT = "claims-triage/r0123456789ab"
POINTERS = st.sampled_from(["blue", "green"]).flatmap(
    lambda active: st.one_of(
        st.just(Pointer(active)),
        st.integers(1, 99).map(lambda p: Pointer(active, "green" if active == "blue" else "blue", p, SALT)),
    )
)


def effects(slot: str, pointer: Pointer | None) -> Effects:
    text = render(pointer) if pointer else ""
    return effects_of(job_parameters([*ARGUMENTS, f"--slot={slot}", f"--pointer={text}"]))


@given(POINTERS, st.text(min_size=1))
def test_of_both_slots_exactly_one_acts_on_a_key(pointer: Pointer, key: str) -> None:
    assert [effects(slot, pointer).may_act(key) for slot in ("blue", "green")].count(True) == 1


def test_without_the_routers_word_nobody_acts_and_a_pointer_of_somebody_elses_is_refused() -> None:
    assert not effects("blue", None).may_act("a")
    assert not effects_of(job_parameters(ARGUMENTS)).may_act("a")
    with pytest.raises(BadPointer):
        effects_of(job_parameters([*ARGUMENTS, '--pointer={"active": "blue"}']))


def test_what_a_slot_may_not_do_it_writes_beside_and_an_effect_happens_once(sandbox: Path) -> None:
    keys = [f"k{number}" for number in range(100)]
    rows = [{"k": key, "v": 0.0} for key in keys]
    canary = Pointer("blue", "green", 25, SALT)
    live, candidate = effects("blue", canary), effects("green", canary)
    done = [live.append("q", "k", rows, TYPES), candidate.append("q", "k", rows, TYPES)]
    assert sum(one.acted for one in done) == 100
    assert all(one.acted + one.rehearsed == 100 and one.acted for one in done)
    # The share grows between two runs of a day: whoever was acted on stays so, by whom it was.
    before = {row["k"]: row["slot"] for row in tables.read("c.s.q")}
    grown = effects("green", Pointer("blue", "green", 50, SALT)).append("q", "k", rows, TYPES)
    assert grown.acted == 0
    assert {row["k"]: row["slot"] for row in tables.read("c.s.q")} == before


def test_a_version_that_is_not_registered_is_none(sandbox: Path) -> None:
    with pytest.raises(NoSuchVersion, match=r"no version 3 of c\.s\.m: train it first"):
        folder("c.s.m", 3)


def test_what_runs_in_a_job_imports_only_the_standard_library_at_its_top() -> None:
    for file in (Path(tables.__file__).parent).glob("*.py"):
        for node in ast.parse(file.read_text()).body:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            roots = {name.split(".")[0] for name in names}
            assert roots <= set(sys.stdlib_module_names) | {"shipway", "__future__"}, f"{file.name}: {roots}"


def test_parameters_know_where_tables_are() -> None:
    assert isinstance(JOB, Parameters)
