"""What a live workspace says of a line: whole or UNDECIDED, and the same as the laptop where both know the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shipway.cli._line_facts import Facts, live_facts
from shipway.judge.measures import COLUMNS, Observation, Unread
from shipway.models.load import Documents, load
from shipway.models.names import Names, Slot
from shipway.outside.line_runs import LineJobs, live_runs
from shipway.outside.measures import WorkspaceMeasures
from shipway.outside.statements import Warehouse, warehouse_named
from shipway.outside.workspace import WorkspaceApi
from shipway.outside.workspace_recorded import Recorded, RecordedWorkspace
from shipway.run.measures import SandboxMeasures
from shipway.run.past import PastRun, runs_since
from shipway.runtime import tables
from shipway.runtime.measures import TYPES

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

ROOT = Path(__file__).parents[2]
LINE, OLD, NEW = "prod/claims-reserve", "r000000000001", "r000000000002"
TABLE = "claims_prod.reserve.claims_reserve_measures"
BEGAN = datetime(2026, 11, 3, 10, tzinfo=UTC)
SQL = "/api/2.0/sql/statements"
NAMES = Names("halyard", "prod", "claims-reserve")
JOBS = LineJobs(NAMES.router, (NAMES.job(Slot.BLUE), NAMES.job(Slot.GREEN)))


@pytest.fixture(scope="module")
def documents() -> Documents:
    return load(ROOT)


def answer(rows: Sequence[Sequence[str | None]], columns: Sequence[str] = COLUMNS, **manifest: Any) -> dict[str, Any]:
    """An answer that is there at once, in one chunk."""
    return {
        "statement_id": "s1",
        "status": {"state": "SUCCEEDED"},
        "manifest": {
            "schema": {"columns": [{"name": name} for name in columns]},
            "total_row_count": len(rows),
            "truncated": False,
            **manifest,
        },
        "result": {"data_array": list(rows), "chunk_index": 0},
    }


def ended(state: str, **status: Any) -> dict[str, Any]:
    return {"statement_id": "s1", "status": {"state": state, **status}}


def asked(*answers: Recorded) -> RecordedWorkspace:
    return RecordedWorkspace(answers)


def posted(body: Any, status: int = 200) -> Recorded:
    return Recorded(SQL, body, status=status, method="POST")


def rows_of(workspace: RecordedWorkspace, columns: Sequence[str] = COLUMNS) -> list[tuple[str | None, ...]]:
    slept: list[float] = []
    with workspace.serving() as api:
        return Warehouse(api, "w", "1", sleep=slept.append).rows("SELECT 1", columns)


class TestStatements:
    def test_every_chunk_is_read(self) -> None:
        row = ["k", "2026-11-04", NEW, "green", "error", None, ""]
        first = answer([row], total_row_count=3)
        first["result"]["next_chunk_index"] = 1
        workspace = asked(
            posted(first),
            Recorded(f"{SQL}/s1/result/chunks/1", {"data_array": [row], "next_chunk_index": 2}),
            Recorded(f"{SQL}/s1/result/chunks/2", {"data_array": [row]}),
        )
        assert rows_of(workspace) == [tuple(row)] * 3
        workspace.assert_only_read()

    def test_one_that_is_still_running_is_waited_for(self) -> None:
        workspace = asked(
            posted(ended("PENDING")),
            Recorded(f"{SQL}/s1", ended("RUNNING")),
            Recorded(f"{SQL}/s1", answer([])),
        )
        assert rows_of(workspace) == []

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            (ended("FAILED", error={"message": "[TABLE_OR_VIEW_NOT_FOUND] no\n  at line"}), r"FAILED: \[TABLE_OR_VIEW"),
            (ended("CANCELED"), "CANCELED"),
            (ended("CLOSED"), "CLOSED"),
            (ended("RESTING"), "RESTING"),
            (answer([], truncated=True), "cut its answer off"),
            (answer([], total_row_count=2), "has 2 rows and gave 0"),
            (answer([["k"]]), "a row without a value for each column"),
            (answer([], columns=COLUMNS[:-1]), "columns key"),
            ({"status": {}}, "cannot be read"),
            ({"statement_id": "s1", "status": {"state": "SUCCEEDED"}}, "manifest is no object"),
            ([], "wanted an object"),
            ({**answer([]), "result": {"data_array": "many"}}, "no list"),
            ({**answer([]), "result": {"next_chunk_index": 0}}, "chunk 0 after chunk 0"),
        ],
    )
    def test_what_is_not_whole_is_no_answer(self, body: Any, said: str) -> None:
        with pytest.raises(Unread, match=said):
            rows_of(asked(posted(body)))

    def test_a_chunk_that_does_not_come_leaves_no_part_of_the_answer(self) -> None:
        first = answer([], total_row_count=1)
        first["result"]["next_chunk_index"] = 1
        gone = {"error_code": "NOT_FOUND", "message": "after an hour"}
        with pytest.raises(Unread, match="after an hour"):
            rows_of(asked(posted(first), Recorded(f"{SQL}/s1/result/chunks/1", gone, status=404)))

    def test_one_that_lasts_too_long_is_cancelled(self) -> None:
        workspace = asked(
            posted(ended("PENDING")),
            Recorded(f"{SQL}/s1", ended("RUNNING")),
            Recorded(f"{SQL}/s1/cancel", {}, method="POST"),
        )
        times = iter([0.0, 1.0, 601.0])
        with workspace.serving() as api, pytest.raises(Unread, match="within 600 seconds"):
            Warehouse(api, "w", "1", sleep=lambda _: None, clock=lambda: next(times)).rows("SELECT 1", COLUMNS)
        assert ("POST", f"{SQL}/s1/cancel") in [(method, path) for method, path, _ in workspace.asked]

    @pytest.mark.parametrize("names", [[], ["analysis", "analysis"], ["analyses"]])
    def test_a_warehouse_has_to_be_there_once(self, names: list[str]) -> None:
        found = [{"id": str(n), "name": name} for n, name in enumerate(names)]
        workspace = asked(Recorded("/api/2.0/sql/warehouses", {"warehouses": found}))
        with workspace.serving() as api, pytest.raises(Unread, match="wanted one"):
            warehouse_named(api, "analysis")


@dataclass
class DuckWorkspace(RecordedWorkspace):
    """A workspace whose SQL warehouse answers from the sandbox's own Delta table, by DuckDB."""

    sandbox: Path = Path()
    chunk: int = 1000
    kept: dict[str, list[list[str | None]]] = field(default_factory=dict)

    def answer(self, method: str, path: str, query: dict[str, str]) -> Recorded:
        if path == SQL:
            return Recorded(path, self._executed(self.posted[-1]))
        if found := re.fullmatch(rf"{SQL}/(\w+)/result/chunks/(\d+)", path):
            return Recorded(path, self._chunk(found[1], int(found[2])))
        return super().answer(method, path, query)

    def _executed(self, body: dict[str, Any]) -> dict[str, Any]:
        import duckdb

        id_ = f"s{len(self.kept)}"
        files = tables.delta_files(tables.folder(self.sandbox, TABLE))
        sql = re.sub(r"(?<!:):(\w+)", r"$\1", body["statement"].replace(_quoted(TABLE), "read_parquet($files)"))
        given = {one["name"]: one["value"] for one in body["parameters"]}
        sql = re.sub(r"\$(since|first|last)\b", r"CAST($\1 AS DATE)", sql)
        with duckdb.connect() as database:
            found = database.execute(sql, {"files": files, **given})
            names = [column[0] for column in found.description]
            self.kept[id_] = [[None if one is None else str(one) for one in row] for row in found.fetchall()]
        rows = self.kept[id_]
        return {**answer(rows, names), "statement_id": id_, "result": self._chunk(id_, 0)}

    def _chunk(self, id_: str, number: int) -> dict[str, Any]:
        start, rows = number * self.chunk, self.kept[id_]
        more = {"next_chunk_index": number + 1} if start + self.chunk < len(rows) else {}
        return {"data_array": rows[start : start + self.chunk], **more}


def _quoted(table: str) -> str:
    return ".".join(f"`{part}`" for part in table.split("."))


def written(sandbox: Path, rows: list[Observation], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIPWAY_SANDBOX", str(sandbox))
    tables.append(TABLE, [{name: getattr(one, name) for name in COLUMNS} for one in rows], TYPES)


HOSTILE = ["motor", "", "'; DROP TABLE x --", "a\nb", "\u202eü|`:since"]


def observed(day: int, keys: int) -> list[Observation]:
    return [
        Observation(f"k{n}\"'\\", date(2026, 11, day), release, slot, "error", n / 7 if n % 5 else None, HOSTILE[n % 5])
        for n in range(keys)
        for release, slot in ((OLD, "blue"), (NEW, "green"), ("r00000000000f", "green"))
    ]


class TestMeasures:
    def both(
        self, sandbox: Path, documents: Documents, since: date, **how: int
    ) -> tuple[list[Observation], list[Observation], DuckWorkspace]:
        workspace = DuckWorkspace((), sandbox=sandbox)
        here = list(SandboxMeasures(sandbox, documents).observations(LINE, (NEW, OLD), since))
        with workspace.serving() as api:
            live = WorkspaceMeasures(Warehouse(api, "w", "1"), documents, **how)
            return here, list(live.observations(LINE, (NEW, OLD), since)), workspace

    def test_they_are_exactly_what_the_laptop_reads(
        self, tmp_path: Path, documents: Documents, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        written(tmp_path, [row for day in (3, 4, 5, 6) for row in observed(day, 700)], monkeypatch)
        here, live, workspace = self.both(tmp_path, documents, date(2026, 11, 4), at_once=2000)
        assert live == here
        assert len(live) == 3 * 2 * 700
        # A count, and a part for each day: two days would be more than was to be asked for at once.
        assert len(workspace.posted) == 4
        workspace.assert_only_read()

    def test_a_hundred_thousand_rows_come_whole(
        self, tmp_path: Path, documents: Documents, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rows = [
            Observation(f"k{n}", date(2026, 11, 4 + n % 2), (OLD, NEW)[n // 2 % 2], "blue", "error", float(n))
            for n in range(100_000)
        ]
        written(tmp_path, rows, monkeypatch)
        here, live, _ = self.both(tmp_path, documents, date(2026, 11, 1), at_once=60_000)
        assert live == here
        assert len(live) == 100_000

    def test_values_are_parameters_and_never_sql(self, documents: Documents) -> None:
        workspace = asked(posted(answer([], ("as_of", "found"))))
        with workspace.serving() as api:
            measures = WorkspaceMeasures(Warehouse(api, "w", "1"), documents)
            assert list(measures.observations(LINE, ("r'; --", OLD), date(2026, 11, 4))) == []
        (question,) = workspace.posted
        assert "r'" not in question["statement"]
        assert question["parameters"][0] == {"name": "release_0", "value": "r'; --", "type": "STRING"}
        assert question["parameters"][2] == {"name": "since", "value": "2026-11-04", "type": "DATE"}

    @pytest.mark.parametrize(
        ("counts", "row", "said"),
        [
            ([["2026-11-04", "2"]], ["k", "2026-11-04", NEW, "green", "error", "0.5", ""], "has 2 rows"),
            ([["2026-11-04", "1"]], ["k", "2026-11-04", NEW, "green", "error", "half", ""], "cannot be read"),
            ([["2026-11-04", "1"]], ["k", "2026-11-04T00:00:00Z", NEW, "green", "error", "1", ""], "business date"),
            ([["today", "1"]], None, "business date"),
            ([["2026-11-04", "-1"]], None, "wanted a number"),
            ([[None, None]], None, "business date"),
        ],
    )
    def test_rows_that_lack_or_cannot_be_read_leave_no_answer(
        self, documents: Documents, counts: list[list[str | None]], row: list[str] | None, said: str
    ) -> None:
        answers = [posted(answer(counts, ("as_of", "found"))), posted(answer([row] if row else []))]
        with asked(*answers).serving() as api, pytest.raises(Unread, match=said) as caught:
            WorkspaceMeasures(Warehouse(api, "w", "1"), documents).observations(LINE, (NEW, OLD), date(2026, 11, 1))
        assert "'k'" not in str(caught.value)

    def test_what_is_no_number_yet_a_float_is_the_judges_business(self, documents: Documents) -> None:
        rows = [[f"k{n}", "2026-11-04", NEW, "green", "error", one, None] for n, one in enumerate(("NaN", "-Infinity"))]
        answers = [posted(answer([["2026-11-04", "2"]], ("as_of", "found"))), posted(answer(rows))]
        with asked(*answers).serving() as api:
            measures = WorkspaceMeasures(Warehouse(api, "w", "1"), documents)
            found = list(measures.observations(LINE, (NEW, OLD), date(2026, 11, 1)))
        assert [str(one.value) for one in found] == ["nan", "-inf"]
        assert {one.slice for one in found} == {""}


class TestFacts:
    """What commands are handed with --live."""

    def facts(self, documents: Documents, api: WorkspaceApi, hosts: list[str]) -> Facts:
        def connect(host: str) -> WorkspaceApi:
            hosts.append(host)
            return api

        return live_facts(("prod", "claims-reserve"), lambda: documents, connect)

    def test_the_documents_say_which_workspace_and_which_warehouse(self, documents: Documents) -> None:
        hosts: list[str] = []
        name = {"warehouses": [{"id": "7", "name": "halyard-analysis-prod"}]}
        workspace = asked(Recorded("/api/2.0/sql/warehouses", name), posted(answer([], ("as_of", "found"))))
        with workspace.serving() as api:
            facts = self.facts(documents, api, hosts)
            assert list(facts.measures.observations(LINE, (NEW, OLD), date(2026, 11, 1))) == []
        assert workspace.posted[0]["warehouse_id"] == "7"
        assert hosts == ["https://halyard-prod.cloud.databricks.com"]

    def test_without_a_warehouse_nothing_is_measured_and_it_says_what_to_add(self, documents: Documents) -> None:
        loaded = documents.environments["prod"]
        without = replace(loaded, model=loaded.model.model_copy(update={"judge_warehouse": None}))
        bare = replace(documents, environments={**documents.environments, "prod": without})
        with asked().serving() as api, pytest.raises(Unread, match="names no SQL warehouse") as caught:
            self.facts(bare, api, []).measures.observations(LINE, (NEW, OLD), date(2026, 11, 1))
        assert "judge_warehouse" in caught.value.hint
        assert caught.value.exit_code == 2

    def test_runs_are_asked_for_once(self, documents: Documents) -> None:
        jobs = Jobs()
        jobs.run(2)
        with jobs.serving() as api:
            facts = self.facts(documents, api, [])
            assert facts.runs(BEGAN) == facts.runs(BEGAN)
        assert len([path for _, path, _ in jobs.workspace.asked if path == "/api/2.2/jobs/list"]) == 3


def ms(hour: float) -> int:
    return int((BEGAN + timedelta(hours=hour)).timestamp() * 1000)


def parameters(**values: str) -> list[dict[str, str]]:
    return [{"name": name, "default": value} for name, value in values.items()]


class Jobs:
    """Answers of the Jobs API about one line, as the API's reference has them."""

    def __init__(self) -> None:
        self.runs: dict[str, list[dict[str, Any]]] = {
            NAMES.router: [],
            NAMES.job(Slot.BLUE): [],
            NAMES.job(Slot.GREEN): [],
        }

    def run(self, hour: float, blue: str = "SUCCESS", green: str = "SUCCESS", day: str = "2026-11-04") -> None:
        number = 100 * (len(self.runs[NAMES.router]) + 1)
        tasks = []
        for place, (slot, release, result) in enumerate(((Slot.BLUE, OLD, blue), (Slot.GREEN, NEW, green))):
            id_ = number + place
            task_result = result.removeprefix("unstarted ")
            tasks.append({"run_id": id_, "run_job_task": {"job_id": 1}, "state": {"result_state": task_result}})
            if result == task_result and result != "EXCLUDED":
                self.runs[NAMES.job(slot)].append(
                    {
                        "run_id": id_ + 10,
                        "start_time": ms(hour),
                        "state": {"result_state": result},
                        "trigger_info": {"run_id": id_},
                        "job_parameters": [
                            {"name": "as_of", "default": "{{job.start_time.iso_date}}", "value": day},
                            *parameters(release=release, slot=slot.value),
                        ],
                    }
                )
        well = "SUCCESS" if {blue, green} <= {"SUCCESS", "EXCLUDED"} else "FAILED"
        router = {"run_id": number, "start_time": ms(hour), "tasks": tasks, "state": {"result_state": well}}
        self.runs[NAMES.router].append(router)

    @contextmanager
    def serving(self, *more: Recorded) -> Iterator[WorkspaceApi]:
        answers = list(more)
        for number, (name, runs) in enumerate(self.runs.items(), 1):
            jobs = {"jobs": [{"job_id": number, "settings": {"name": name}}]}
            answers.append(Recorded("/api/2.2/jobs/list", jobs, {"name": name}))
            asked_for = {"job_id": str(number), "completed_only": "true"}
            half = len(runs) // 2
            first = {"runs": runs[half:][::-1], "next_page_token": f"p{number}"}
            answers.append(Recorded("/api/2.2/jobs/runs/list", first, asked_for))
            rest = {"runs": runs[:half][::-1]} if half else {}
            answers.append(Recorded("/api/2.2/jobs/runs/list", rest, {**asked_for, "page_token": f"p{number}"}))
        self.workspace = RecordedWorkspace(answers)
        with self.workspace.serving() as api:
            yield api

    def found(self, *more: Recorded) -> list[PastRun]:
        with self.serving(*more) as api:
            return live_runs(api, JOBS, BEGAN)


class TestRuns:
    def test_they_say_when_and_which_release_did_its_work(self) -> None:
        jobs = Jobs()
        jobs.run(2)
        jobs.run(26, green="FAILED", day="2026-11-05")
        jobs.run(50, green="EXCLUDED", day="2026-11-06")
        found = jobs.found()
        assert found == [
            PastRun(date(2026, 11, 4), BEGAN + timedelta(hours=2), True, frozenset({OLD, NEW})),
            PastRun(date(2026, 11, 5), BEGAN + timedelta(hours=26), False, frozenset({OLD}), frozenset({NEW})),
            PastRun(date(2026, 11, 6), BEGAN + timedelta(hours=50), True, frozenset({OLD})),
        ]
        assert len(runs_since(found, BEGAN, OLD, NEW)) == 1
        jobs.workspace.assert_only_read()
        jobs.workspace.assert_asked("/api/2.2/jobs/runs/list", completed_only="true", start_time_from=str(ms(0)))

    def test_a_slot_that_somebody_started_by_hand_counts_for_nothing(self) -> None:
        jobs = Jobs()
        jobs.run(2)
        by_hand = {**jobs.runs[NAMES.job(Slot.GREEN)][0], "state": {"result_state": "FAILED"}}
        jobs.runs[NAMES.job(Slot.GREEN)].append({**by_hand, "run_id": 9, "start_time": ms(3), "trigger_info": None})
        (found,) = jobs.found()
        assert not found.failed

    def test_what_was_repaired_counts_by_how_it_ended(self) -> None:
        jobs = Jobs()
        jobs.run(2, green="FAILED")
        again = {**jobs.runs[NAMES.job(Slot.GREEN)][0], "start_time": ms(4), "state": {"result_state": "SUCCESS"}}
        jobs.runs[NAMES.job(Slot.GREEN)].append({**again, "trigger_info": {"run_id": 150}})
        task = {"run_id": 150, "run_job_task": {"job_id": 1}, "state": {"result_state": "SUCCESS"}}
        jobs.runs[NAMES.router][0]["tasks"].append(task)
        (found,) = jobs.found()
        assert (found.releases, found.failed) == (frozenset({OLD, NEW}), frozenset())

    def test_a_slot_that_could_not_start_says_nothing_against_the_other(self) -> None:
        jobs = Jobs()
        jobs.run(2, blue="unstarted FAILED", green="FAILED")
        (found,) = jobs.found()
        assert (found.well, found.failed) == (False, frozenset())

    def test_a_run_that_started_nothing_is_none(self) -> None:
        jobs = Jobs()
        jobs.run(2, blue="EXCLUDED", green="EXCLUDED")
        assert jobs.found() == []

    def test_a_line_that_never_ran_has_no_runs(self) -> None:
        assert Jobs().found() == []

    @pytest.mark.parametrize(
        ("name", "jobs", "said"),
        [
            (NAMES.router, [], "has 0 jobs called claims-reserve-router-prod"),
            (NAMES.job(Slot.BLUE), [], "has 0 jobs called claims-reserve-blue-prod"),
            (NAMES.router, [1, 2], "has 2 jobs"),
        ],
    )
    def test_a_job_that_is_not_there_once_leaves_no_answer(self, name: str, jobs: list[int], said: str) -> None:
        line = Jobs()
        line.run(2)
        listed = {"jobs": [{"job_id": one, "settings": {"name": name}} for one in jobs]}
        with pytest.raises(Unread, match=said):
            line.found(Recorded("/api/2.2/jobs/list", listed, {"name": name}))

    def test_a_slots_run_that_is_not_in_the_list_leaves_no_answer(self) -> None:
        jobs = Jobs()
        jobs.run(2)
        jobs.runs[NAMES.job(Slot.BLUE)].clear()
        with pytest.raises(Unread, match="not in the list"):
            jobs.found()

    @pytest.mark.parametrize(
        "broken",
        [
            {"job_parameters": []},
            {"job_parameters": parameters(as_of="{{job.parameters.as_of}}", release=NEW)},
            {"job_parameters": "many"},
            {"start_time": None},
            {"trigger_info": {"run_id": "x"}},
        ],
    )
    def test_a_run_of_another_shape_leaves_no_answer(self, broken: dict[str, Any]) -> None:
        jobs = Jobs()
        jobs.run(2)
        jobs.runs[NAMES.job(Slot.GREEN)][0] |= broken
        with pytest.raises(Unread, match="cannot be read"):
            jobs.found()

    def test_more_tasks_than_were_shown_leave_no_answer(self) -> None:
        jobs = Jobs()
        jobs.run(2)
        jobs.runs[NAMES.router][0]["has_more"] = True
        with pytest.raises(Unread, match="more tasks"):
            jobs.found()
