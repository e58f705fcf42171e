"""Changing flags: nothing is lost between two writers, a kill never brings anything back, and it leaves a record."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.errors import ShipwayError
from shipway.flags.change import begin, kill, look, set_feature, to_back_fill, unkill
from shipway.flags.file import EVERYTHING, LARGEST, Killed, Line, What, parse, render, shown
from shipway.flags.read import Flags
from shipway.flags.store import FakeStore, FileStore, Unreachable

LINE = Line("prod", "claims-triage")
NOW = datetime(2026, 11, 21, 3, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    found = FileStore(tmp_path / "volumes" / "claims" / "flags.json")
    assert begin(found, LINE, "ana", NOW)
    return found


def test_beginning_twice_changes_nothing(store: FileStore) -> None:
    kill(store, LINE, "route", "x", "ben", NOW)
    before = store.read()
    assert not begin(store, LINE, "ana", NOW)
    assert store.read() == before


@pytest.mark.parametrize("content", [None, b"", b"{torn", b"[" * 5000])
def test_a_kill_where_nothing_can_be_believed_brings_nothing_back(content: bytes | None) -> None:
    store = FakeStore(content)
    kill(store, LINE, "route", "wrong desk", "ben", NOW)
    store.assert_killed("route", EVERYTHING)
    flags = Flags(store, LINE.use_case)
    assert not flags.alive("score")
    unkill(store, LINE, EVERYTHING, "looked into", "ana", NOW)
    assert Flags(store, LINE.use_case).alive("score")
    assert not Flags(store, LINE.use_case).alive("route")


def test_what_else_was_there_is_named_in_the_record() -> None:
    store = FakeStore(b"{torn")
    kill(store, LINE, "route", "wrong desk", "ben", NOW)
    file = look(store, LINE)
    assert file is not None
    assert "not whole: 5 bytes" in file.changes[0].reason


@pytest.mark.parametrize("content", [None, b"{torn"])
def test_nothing_but_a_kill_is_written_over_what_cannot_be_believed(content: bytes | None) -> None:
    store = FakeStore(content)
    with pytest.raises(ShipwayError, match="everything takes the safe path"):
        unkill(store, LINE, "route", "x", "ana", NOW)
    with pytest.raises(ShipwayError, match="everything takes the safe path"):
        set_feature(store, LINE, "short-prompt", 50, "x", "ana", NOW)
    assert (store.content, store.writes) == (content, 0)


def test_another_lines_file_is_not_written_over() -> None:
    store = FakeStore()
    begin(store, Line("prod", "fraud"), "ana", NOW)
    for change in (kill, unkill):
        with pytest.raises(ShipwayError, match="is of fraud in prod, wanted that of claims-triage in prod"):
            change(store, LINE, "route", "x", "ben", NOW)
    with pytest.raises(ShipwayError, match="fraud"):
        begin(store, LINE, "ana", NOW)


def test_two_writers_both_get_what_they_asked_for() -> None:
    store = FakeStore()
    begin(store, LINE, "ana", NOW)

    def other(there: FakeStore) -> None:
        kill(there, LINE, "score", "me too", "cleo", NOW)

    store.meanwhile = [other]
    change = kill(store, LINE, "route", "x", "ben", NOW)
    store.assert_killed("route", "score")
    assert change.revision == 3


def test_a_kill_beats_a_feature_that_was_set_meanwhile() -> None:
    store = FakeStore()
    begin(store, LINE, "ana", NOW)

    def other(there: FakeStore) -> None:
        kill(there, LINE, "route", "x", "ben", NOW)

    store.meanwhile = [other]
    set_feature(store, LINE, "short-prompt", 5, "x", "ana", NOW)
    store.assert_killed("route")


def test_who_always_loses_is_told() -> None:
    store = FakeStore()
    begin(store, LINE, "ana", NOW)

    def other(there: FakeStore) -> None:
        there.content = render(replace(parse(there.content or b""), revision=there.reads + 1))

    store.meanwhile = [other] * 100
    with pytest.raises(ShipwayError, match="written by others all the time"):
        kill(store, LINE, "route", "x", "ben", NOW)


WRITER = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from shipway.flags.change import kill, set_feature
from shipway.flags.file import Line
from shipway.flags.store import FileStore
store, line, me = FileStore(Path(sys.argv[1])), Line("prod", "claims-triage"), sys.argv[2]
for number in range(20):
    kill(store, line, f"{me}{number}", "x", me, datetime.now(UTC))
    set_feature(store, line, f"{me}{number}", number, "x", me, datetime.now(UTC))
"""


def test_processes_that_write_at_once_lose_nothing(store: FileStore) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(store.path), me]) for me in "abc"]
    flags = Flags(store, LINE.use_case, ttl=0)
    while any(writer.poll() is None for writer in writers):
        assert flags.alive("never-killed"), flags.component("never-killed")
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    file = look(store, LINE)
    assert file is not None
    assert set(file.killed) == set(file.features) == {f"{me}{number}" for me in "abc" for number in range(20)}
    assert file.revision == 1 + 3 * 40


def test_a_writer_that_is_killed_leaves_the_old_file_or_the_new_one(store: FileStore) -> None:
    for wait in range(8):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(store.path), f"k{wait}"])
        try:
            writer.wait(timeout=0.25 + wait * 0.04)
        except subprocess.TimeoutExpired:
            writer.kill()
            writer.wait()
        assert look(store, LINE) is not None
        kill(store, LINE, f"after{wait}", "x", "ben", NOW)
    assert {path.name for path in store.path.parent.iterdir()} <= {
        "flags.json",
        ".flags.json.lock",
        ".flags.json.draft",
    }


def test_the_record_keeps_the_last_changes_and_stays_small() -> None:
    store = FakeStore()
    begin(store, LINE, "ana", NOW)
    for number in range(260):
        kill(store, LINE, f"c{number % 100}", "\N{GRINNING FACE}" * 2000, "é" * 900, NOW)
    file = look(store, LINE)
    assert file is not None
    assert len(file.changes) == 200
    assert file.changes[-1].revision == 261
    assert len(store.content or b"") < LARGEST // 2


def test_a_file_that_nobody_would_believe_is_not_written() -> None:
    store = FakeStore()
    begin(store, LINE, "ana", NOW)
    file = parse(store.content or b"")
    long = Killed(reason="x" * 398, who="y" * 398, at=NOW.isoformat())
    store.content = full = render(replace(file, killed={f"c{number}": long for number in range(1132)}))
    assert LARGEST - 3_000 < len(full) < LARGEST, "the number above is to be worked out anew"
    with pytest.raises(ShipwayError, match="too large to be believed"):
        for number in range(4):
            kill(store, LINE, f"d{number}", "x" * 390, "y" * 390, NOW)
    assert look(store, LINE)


@given(st.text(max_size=2000), st.text(max_size=2000))
def test_any_reason_is_taken_and_shows_as_text(reason: str, who: str) -> None:
    store = FakeStore()
    begin(store, LINE, who, NOW)
    if not reason.strip():
        with pytest.raises(ShipwayError, match="has a reason"):
            kill(store, LINE, "route", reason, who, NOW)
        return
    change = kill(store, LINE, "route", reason, who, NOW)
    assert "\n" not in change.reason + change.who
    assert "\x1b" not in change.reason + change.who
    assert shown(change.reason) == change.reason
    assert not Flags(store, LINE.use_case).alive("route")


@pytest.mark.parametrize("name", ["", "Route", "../x", "a\nb", "é", "a" * 101, "a b", "-a", "**"])
def test_a_name_that_code_could_never_ask_for_is_refused(name: str) -> None:
    store = FakeStore()
    begin(store, LINE, "ana", NOW)
    for change in (kill, unkill):
        with pytest.raises(ShipwayError, match="is no name"):
            change(store, LINE, name, "x", "ben", NOW)
    with pytest.raises(ShipwayError, match="is no name"):
        set_feature(store, LINE, name, 5, "x", "ben", NOW)


def test_a_kill_of_what_is_not_there_would_do_nothing_and_says_so() -> None:
    store = FakeStore()
    begin(store, LINE, "ana", NOW)
    with pytest.raises(ShipwayError, match="no component rout: a kill of it would do nothing") as error:
        kill(store, LINE, "rout", "x", "ben", NOW, known={"score", "route"})
    assert "route, score, or *" in error.value.hint
    kill(store, LINE, EVERYTHING, "x", "ben", NOW, known={"score", "route"})


@pytest.mark.parametrize("percent", [-1, 101])
def test_a_share_is_a_share(percent: int) -> None:
    with pytest.raises(ShipwayError, match="wanted 0 to 100"):
        set_feature(FakeStore(), LINE, "x", percent, "x", "ana", NOW)


def test_a_feature_is_not_called_everything() -> None:
    with pytest.raises(ShipwayError, match="has a name"):
        set_feature(FakeStore(), LINE, EVERYTHING, 5, "x", "ana", NOW)


def test_what_is_not_killed_is_not_brought_back(store: FileStore) -> None:
    with pytest.raises(ShipwayError, match="route of claims-triage is not killed in prod"):
        unkill(store, LINE, "route", "x", "ana", NOW)


def test_who_killed_first_stays_and_every_kill_is_recorded(store: FileStore) -> None:
    kill(store, LINE, "route", "first", "ben", NOW)
    kill(store, LINE, "route", "second", "cleo", NOW + timedelta(minutes=5))
    file = look(store, LINE)
    assert file is not None
    assert file.killed["route"].who == "ben"
    assert [change.reason for change in to_back_fill(file, ())] == ["first", "second"]
    assert [change.what for change in file.changes] == [What.BEGIN, What.KILL, What.KILL]


def test_times_are_written_in_utc(store: FileStore) -> None:
    change = kill(store, LINE, "route", "x", "ben", NOW.astimezone(timezone(timedelta(hours=5))))
    assert change.at == "2026-11-21T03:12:00.000+00:00"


def test_what_is_no_file_is_out_of_reach_and_not_waited_for(tmp_path: Path) -> None:
    pipe, folder = tmp_path / "pipe.json", tmp_path / "folder.json"
    os.mkfifo(pipe)
    folder.mkdir()
    for path in (pipe, folder):
        with pytest.raises(Unreachable):
            FileStore(path).read()
    assert FileStore(pipe / "flags.json").read() is None
    assert FileStore(tmp_path / "none" / "flags.json").read() is None


def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ShipwayError, match="cannot be written"):
        begin(FileStore(tmp_path / "file" / "flags.json"), LINE, "ana", NOW)
