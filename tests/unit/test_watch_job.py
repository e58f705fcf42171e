"""The watcher's job: what it is told, what it says and does, what it must not do, and what its wheel brings along."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shipway.flags.change import begin
from shipway.flags.file import Line, parse
from shipway.flags.read import Flags
from shipway.flags.store import FakeStore
from shipway.judge.looks import TakenLook
from shipway.judge.measures import FakeMeasures, Observation, Unread
from shipway.judge.terms import read_terms, terms_json
from shipway.judge.underway import Underway
from shipway.models.judging import Judging, Looks, Metric
from shipway.models.phase import Phase
from shipway.outside.watch_folder import VolumeFolder
from shipway.outside.workspace_recorded import Recorded, RecordedWorkspace
from shipway.run.past import PastRun
from shipway.verdict import Verdict
from shipway.watch.folder import LocalFolder, Papers
from shipway.watch.order import ORDER_FILE, Order
from shipway.watch.order import parse as parse_order
from shipway.watch.order import render as render_order
from shipway.watch.rounds import WATCHER, LineOutside, Round, watch_line
from shipway.watch.signals import Signal, Trigger
from shipway.watch.told import WatchedLine
from shipway.watch.told import parse as parse_lines
from shipway.watch.told import render as render_lines
from shipway.watch.wheel import MODULES, watch_wheel

ROOT = Path(__file__).parents[2]
LINE = Line("prod", "claims-triage")
OLD, NEW = "r00000000000a", "r00000000000b"
BEGAN = datetime(2026, 11, 3, 10, tzinfo=UTC)
NOW = BEGAN + timedelta(days=2)
JUDGING = Judging(
    metrics={"right": Metric(direction="higher", type="binary", margin=0.03, minimum_effect=0.06, slices=("motor",))},
    looks=Looks(runs=(1, 2)),
    minimum_sample=20,
)
CANARY = Underway(*LINE, Phase.CANARY, 50, NEW, OLD, BEGAN, JUDGING)


def rows(day: int, right: float = 1.0, slice_: str = "motor") -> list[Observation]:
    return [
        Observation(
            f"k{n}", date(2026, 11, day), release, slot, "right", float(release == OLD or n < right * 1500), slice_
        )
        for n in range(1500)
        for release, slot in ((OLD, "blue"), (NEW, "green"))
    ]


def run(day: int, failed: frozenset[str] = frozenset()) -> PastRun:
    return PastRun(
        date(2026, 11, day), datetime(2026, 11, day, 12, tzinfo=UTC), not failed, frozenset({OLD, NEW}) - failed, failed
    )


class Outside:
    """The outside of one line in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = LocalFolder(folder)
        self.flags = FakeStore()
        self.measures = FakeMeasures()
        self.runs: Callable[[Underway], Sequence[PastRun]] = lambda _: ()
        begin(self.flags, LINE, "somebody", BEGAN)

    def told(self, underway: Underway | None = CANARY, **said: bool) -> None:
        order = Order(underway, **{"acts": True, "kills": True, **said})
        self.folder.write(ORDER_FILE, render_order(order))

    def measured(self, *some: list[Observation]) -> None:
        for one in some:
            self.measures.write("/".join(LINE), one)

    def look(self, now: datetime = NOW) -> Round:
        papers = Papers(self.folder)
        return watch_line(LineOutside(LINE, papers, self.flags, self.measures, lambda one: self.runs(one)), now)

    @property
    def reports(self) -> list[Signal]:
        return Papers(self.folder).reports(NEW, BEGAN)


@pytest.fixture
def outside(tmp_path: Path) -> Outside:
    return Outside(tmp_path / "watch")


def in_service(outside: Outside, release: str) -> bool:
    return Flags(outside.flags, LINE.use_case, release=release).alive("route")


class TestRounds:
    def test_a_failure_takes_the_candidate_out_of_service_and_proposes_the_way_back(self, outside: Outside) -> None:
        outside.told()
        outside.runs = lambda _: [run(4)]
        outside.measured(rows(4, right=0.7))
        found = outside.look()
        assert "proposed: shipway release rollback claims-triage --env prod --reason RB-QUALITY" in found.wrong[0]
        outside.flags.assert_killed(NEW)
        assert not in_service(outside, NEW)
        # Whoever has the live release keeps it: a release is killed, and no component.
        assert in_service(outside, OLD)
        (report,) = outside.reports
        assert (report.trigger, report.verdict, report.by, report.release) == (
            Trigger.JUDGE,
            Verdict.FAILED,
            WATCHER,
            NEW,
        )

    def test_what_is_as_good_is_left_alone(self, outside: Outside) -> None:
        outside.told()
        outside.runs = lambda _: [run(4)]
        outside.measured(rows(4))
        found = outside.look()
        assert not found.wrong
        outside.flags.assert_killed()
        assert outside.reports == []

    def test_a_look_is_taken_once_and_what_failed_stays_failed(self, outside: Outside) -> None:
        outside.told()
        outside.runs = lambda _: [run(4)]
        outside.measured(rows(4, right=0.7))
        outside.look()
        writes, reports = outside.flags.writes, outside.folder.names("reports")
        outside.measures.rows.clear()
        outside.measured(rows(4))
        again = outside.look(NOW + timedelta(hours=1))
        assert again.wrong
        assert (outside.flags.writes, outside.folder.names("reports")) == (writes, reports)
        assert outside.folder.names("looks") == ["20261103T100000000000Z-r00000000000b-1.json"]

    def test_a_look_that_the_ledger_has_is_not_taken_again(self, outside: Outside) -> None:
        outside.told(replace(CANARY, taken=(TakenLook(1, Verdict.PASSED),)))
        outside.runs = lambda _: [run(4)]
        outside.measured(rows(4, right=0.7))
        assert not outside.look().wrong
        assert outside.folder.names("looks") == []

    def test_one_that_was_killed_between_look_and_report_goes_on_from_there(self, outside: Outside) -> None:
        outside.told()
        outside.runs = lambda _: [run(4)]
        outside.measured(rows(4, right=0.7))
        stopped = CANARY.judged([run(4)], outside.measures, NOW)
        Papers(outside.folder).keep_look(NEW, BEGAN, stopped)
        outside.look()
        outside.flags.assert_killed(NEW)
        assert len(outside.reports) == 1

    @pytest.mark.parametrize("said", [{"acts": False}, {"kills": False}])
    def test_where_it_may_not_act_it_only_proposes(self, outside: Outside, said: dict[str, bool]) -> None:
        outside.told(CANARY, **said)
        outside.runs = lambda _: [run(4, frozenset({NEW}))]
        assert outside.look().wrong
        outside.flags.assert_killed()
        assert [one.trigger for one in outside.reports] == [Trigger.RUN]

    def test_before_consumers_have_it_nothing_is_killed(self, outside: Outside) -> None:
        outside.told(replace(CANARY, phase=Phase.SHADOW, percent=None))
        outside.runs = lambda _: [run(4, frozenset({NEW}))]
        assert "release abort" in outside.look().wrong[0]
        outside.flags.assert_killed()

    def test_what_is_undecided_at_the_last_look_is_for_a_person(self, outside: Outside) -> None:
        outside.told()
        outside.runs = lambda _: [run(4), run(5)]
        outside.measured(rows(4)[:10], rows(5)[:10])
        assert "release hold" in outside.look().wrong[0]
        outside.flags.assert_killed()
        assert [one.verdict for one in outside.reports] == [Verdict.UNDECIDED]

    def test_a_held_line_is_not_held_again(self, outside: Outside) -> None:
        outside.told(CANARY, held=True)
        outside.runs = lambda _: [run(4), run(5)]
        outside.measured(rows(4)[:10], rows(5)[:10])
        assert not outside.look().wrong

    @pytest.mark.parametrize("content", [None, render_order(Order())])
    def test_where_nothing_is_under_way_there_is_nothing_to_say(self, outside: Outside, content: bytes | None) -> None:
        if content is not None:
            outside.folder.write(ORDER_FILE, content)
        assert not outside.look().wrong


class TestAttacks:
    def test_runs_that_cannot_be_read_fail_the_round(self, outside: Outside) -> None:
        def unread(_: Underway) -> Sequence[PastRun]:
            raise Unread("403: not you")

        outside.told()
        outside.runs = unread
        assert outside.look().wrong == ["claims-triage: not read: 403: not you"]

    def test_measures_that_cannot_be_read_do_not_hide_a_run_that_failed(self, outside: Outside) -> None:
        class Broken(FakeMeasures):
            def observations(self, line: str, releases: Sequence[str], since: date) -> Any:
                raise Unread("no table")

        outside.told()
        outside.measures = Broken()
        outside.runs = lambda _: [run(4), run(5, frozenset({NEW}))]
        found = outside.look()
        assert any("no table" in one for one in found.wrong)
        assert any("release rollback" in one for one in found.wrong)
        outside.flags.assert_killed(NEW)

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"{",
            b"[]",
            b"null",
            b"[" * 10_000,
            b'{"schema": "shipway/watch-order/v2"}',
            b'{"schema": "shipway/watch-order/v1", "underway": {}, "held": false, "acts": true, "kills": true}',
            b'{"schema": "shipway/watch-order/v1", "underway": null, "held": 0, "acts": true, "kills": true}',
        ],
    )
    def test_an_order_that_cannot_be_read_fails_the_round(self, outside: Outside, content: bytes) -> None:
        outside.folder.write(ORDER_FILE, content)
        assert "order.json cannot be read" in outside.look().wrong[0]

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("candidate", "../../flags"),
            ("candidate", OLD),
            ("live", "*"),
            ("phase", "elsewhere"),
            ("percent", 0),
            ("percent", "50"),
            ("percent", None),
            ("since", "2026-11-03T10:00:00"),
            ("judging", []),
            ("judging", {"metrics": {}}),
            ("taken", {"1": "PASSED"}),
            ("taken", [{"number": 1, "verdict": "FINE"}]),
        ],
    )
    def test_an_order_with_something_else_in_it_is_none(self, key: str, value: object) -> None:
        said = json.loads(render_order(Order(CANARY)))
        said["underway"][key] = value
        with pytest.raises(Unread):
            parse_order(json.dumps(said).encode(), "order.json")

    @pytest.mark.parametrize("content", [None, b"", b"{}", b"\xff" * 100])
    def test_a_broken_flags_file_leaves_everything_out_of_service(
        self, outside: Outside, content: bytes | None
    ) -> None:
        outside.told()
        outside.runs = lambda _: [run(4, frozenset({NEW}))]
        outside.flags.content = content
        outside.look()
        outside.flags.assert_killed("*", NEW)

    def test_flags_that_cannot_be_reached_are_said_and_the_way_back_is_proposed(self, outside: Outside) -> None:
        outside.told()
        outside.runs = lambda _: [run(4, frozenset({NEW}))]
        outside.flags.unreachable = True
        found = outside.look()
        assert any("could not be taken out of service" in one for one in found.wrong)
        assert any("release rollback" in one for one in found.wrong)
        assert len(outside.reports) == 1

    def test_hostile_slices_and_reasons_stay_on_their_line(self, outside: Outside) -> None:
        outside.told()
        outside.runs = lambda _: [run(4)]
        outside.measured(rows(4, right=0.7, slice_="motor\n  PASSED    \u202e`rm`"))
        found = outside.look()
        assert all("\n" not in one for one in found.said)
        assert parse(outside.flags.content or b"").killed.keys() == {NEW}

    def test_a_clock_that_is_behind_does_not_date_a_report_before_its_phase(self, outside: Outside) -> None:
        outside.told()
        outside.runs = lambda _: [run(4, frozenset({NEW}))]
        outside.look(BEGAN - timedelta(minutes=10))
        assert [one.at for one in outside.reports] == [BEGAN.isoformat()]

    def test_a_report_that_is_torn_holds_the_line(self, outside: Outside) -> None:
        outside.folder.write(f"reports/20261103T100000000000Z-{NEW}-judge-failed.json", b'{"schema"')
        assert [one.verdict for one in outside.reports] == [Verdict.UNDECIDED]

    def test_a_look_that_is_torn_is_not_taken_again_in_silence(self, outside: Outside) -> None:
        outside.told()
        outside.runs = lambda _: [run(4)]
        outside.measured(rows(4))
        outside.folder.write(f"looks/20261103T100000000000Z-{NEW}-1.json", b"{")
        assert "looks/" in outside.look().wrong[0]

    def test_an_order_from_before_the_last_move_harms_no_other_release(self, outside: Outside) -> None:
        outside.told()
        outside.runs = lambda _: [run(4, frozenset({NEW}))]
        outside.look()
        third = "r00000000000c"
        assert in_service(outside, third)
        assert Papers(outside.folder).reports(third, BEGAN) == []
        assert Papers(outside.folder).reports(NEW, BEGAN + timedelta(seconds=1)) == []

    def test_two_at_once_say_it_once(self, outside: Outside) -> None:
        outside.told()
        outside.runs = lambda _: [run(4)]
        outside.measured(rows(4, right=0.7))
        threads = [threading.Thread(target=outside.look) for _ in range(4)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        outside.flags.assert_killed(NEW)
        assert len(outside.reports) == 1


def test_terms_of_a_document_and_of_a_job_are_the_same() -> None:
    again = read_terms(json.loads(json.dumps(terms_json(JUDGING))))
    assert terms_json(again) == terms_json(JUDGING)
    assert again.metrics["right"].slices == ("motor",)
    order = Order(replace(CANARY, taken=(TakenLook(1, Verdict.UNDECIDED),)), held=True)
    assert render_order(parse_order(render_order(order), "x")) == render_order(order)


LINES = [WatchedLine("prod", "claims-triage", "c", "s", "v", "m", "router", ("blue", "green"))]


class TestWheel:
    def test_the_same_code_and_lines_give_the_same_bytes(self) -> None:
        assert watch_wheel(LINES).content == watch_wheel(LINES).content
        assert watch_wheel(LINES).sha256 != watch_wheel([]).sha256
        assert parse_lines(render_lines(LINES)) == tuple(LINES)

    def test_it_lists_every_module_that_it_imports_and_no_other(self) -> None:
        assert set(MODULES) == set(_closure("outside.watch_job"))

    def test_it_starts_with_nothing_but_the_standard_library(self, tmp_path: Path) -> None:
        wheel = tmp_path / watch_wheel([]).name
        wheel.write_bytes(watch_wheel([]).content)
        # -S: no site-packages at all, so no pydantic, no click, no SDK.
        code = f"import sys; sys.path.insert(0, {str(wheel)!r}); import shipway_watch; shipway_watch.watch()"
        done = subprocess.run(
            (sys.executable, "-I", "-S", "-c", code), cwd=tmp_path, capture_output=True, text=True, env={**os.environ}
        )
        assert (done.returncode, done.stderr) == (0, "")


def _closure(start: str) -> Iterator[str]:
    """The modules below `shipway` that this one imports when it is imported, itself or by way of others."""
    seen, waiting = set(), [start]
    while waiting:
        name = waiting.pop()
        parts = name.split(".")
        for known in ([*parts[:n], "__init__"] for n in range(len(parts))):
            waiting += [".".join(known)] if ".".join(known) not in seen and known[-1] != parts[-1] else []
        if name in seen:
            continue
        seen.add(name)
        yield name
        waiting += _imports(ROOT.joinpath("shipway", *parts).with_suffix(".py"))


def _imports(file: Path) -> Iterator[str]:
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("shipway."):
            base = str(node.module).removeprefix("shipway.")
            for name in (base, *(f"{base}.{alias.name}" for alias in node.names)):
                at = ROOT.joinpath("shipway", *name.split("."))
                if at.with_suffix(".py").is_file():
                    yield name
                elif (at / "__init__.py").is_file():
                    yield f"{name}.__init__"
        elif isinstance(node, ast.ImportFrom) and node.module == "shipway":
            yield from (f"{alias.name}.__init__" for alias in node.names)


class TestVolumeFolder:
    """The same folder, from outside of the workspace."""

    PATH = "/Volumes/c/s/v/watch"

    def test_it_lists_and_reads(self) -> None:
        here = RecordedWorkspace(
            [
                Recorded(
                    f"/api/2.0/fs/directories{self.PATH}/reports", {"contents": [{"name": "b"}], "next_page_token": "2"}
                ),
                Recorded(
                    f"/api/2.0/fs/directories{self.PATH}/reports", {"contents": [{"name": "a"}]}, {"page_token": "2"}
                ),
                Recorded(f"/api/2.0/fs/files{self.PATH}/reports/a", raw=b"said"),
            ]
        )
        with here.serving() as api:
            folder = VolumeFolder(api, self.PATH)
            assert folder.names("reports") == ["a", "b"]
            assert folder.read("reports/a") == b"said"

    def test_what_is_not_there_is_none_and_what_is_refused_is_unread(self) -> None:
        gone = {"error_code": "NOT_FOUND", "message": "no"}
        denied = {"error_code": "PERMISSION_DENIED", "message": "not you"}
        here = RecordedWorkspace(
            [
                Recorded(f"/api/2.0/fs/directories{self.PATH}/looks", gone, status=404),
                Recorded(f"/api/2.0/fs/files{self.PATH}/order.json", gone, status=404),
                Recorded(f"/api/2.0/fs/directories{self.PATH}/reports", denied, status=403),
                Recorded(f"/api/2.0/fs/files{self.PATH}/x", denied, status=403),
            ]
        )
        with here.serving() as api:
            folder = VolumeFolder(api, self.PATH)
            assert (folder.names("looks"), folder.read(ORDER_FILE)) == ([], None)
            with pytest.raises(Unread, match="not you"):
                folder.names("reports")
            with pytest.raises(Unread, match="not you"):
                folder.read("x")

    def test_it_writes_over_what_is_there(self) -> None:
        here = RecordedWorkspace(
            [
                Recorded(f"/api/2.0/fs/directories{self.PATH}", {}, method="PUT"),
                Recorded(f"/api/2.0/fs/files{self.PATH}/order.json", {}, {"overwrite": "true"}, method="PUT"),
            ]
        )
        with here.serving() as api:
            VolumeFolder(api, self.PATH).write(ORDER_FILE, b"{}")
        here.assert_asked(f"/api/2.0/fs/files{self.PATH}/order.json", overwrite="true")
