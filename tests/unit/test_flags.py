"""What jobs are told by flags: the safe path wherever the file cannot be believed, and for one key always the same."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.flags.change import begin, kill, look, set_feature, to_back_fill, unkill
from shipway.flags.file import EVERYTHING, LARGEST, Line, NotWhole, parse, render
from shipway.flags.read import Answer, Flags, Why, feature_salt
from shipway.flags.store import FakeStore
from shipway.pointer.cohorts import in_cohort
from shipway.run.wheel import build_wheel

LINE = Line("prod", "claims-triage")
NOW = datetime(2026, 11, 21, 3, 12, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def store() -> FakeStore:
    found = FakeStore()
    assert begin(found, LINE, "ana", NOW)
    return found


def flags(store: FakeStore, clock: Clock | None = None) -> Flags:
    return Flags(store, LINE.use_case, clock=clock or Clock())


def test_what_is_killed_is_out_and_the_rest_is_not(store: FakeStore) -> None:
    assert flags(store).alive("route")
    change = kill(store, LINE, "route", "wrong desk for flood claims", "ben", NOW)
    assert not flags(store).alive("route")
    assert flags(store).alive("score")
    store.assert_killed("route")
    assert (change.who, change.at, change.back_fill_by) == (
        "ben",
        "2026-11-21T03:12:00.000+00:00",
        "2026-11-21T04:12:00.000+00:00",
    )
    unkill(store, LINE, "route", "fixed", "cleo", NOW + timedelta(minutes=20))
    assert flags(store).alive("route")
    file = look(store, LINE)
    assert file is not None
    assert [(one.revision, one.what.value) for one in to_back_fill(file, {change.id})] == [(3, "unkill")]


def test_a_feature_is_on_for_the_same_keys_each_time(store: FakeStore) -> None:
    keys = [f"C-{number}" for number in range(500)]
    assert not any(flags(store).on("short-prompt", key) for key in keys)
    had: set[str] = set()
    for percent in (5, 25, 50, 100):
        set_feature(store, LINE, "short-prompt", percent, "trial", "ana", NOW)
        has = {key for key in keys if flags(store).on("short-prompt", key)}
        assert has == {key for key in keys if in_cohort(feature_salt("claims-triage", "short-prompt"), key, percent)}
        assert had <= has
        had = has
    assert flags(store).on("short-prompt")
    kill(store, LINE, EVERYTHING, "stop", "ben", NOW)
    assert not flags(store).on("short-prompt", "C-1")


@pytest.mark.parametrize("key", [None, float("nan"), 17.5, b"x", object()])
def test_what_is_no_key_gets_the_safe_path(store: FakeStore, key: object) -> None:
    set_feature(store, LINE, "short-prompt", 99, "trial", "ana", NOW)
    assert not flags(store).on("short-prompt", key)


def _torn(raw: bytes) -> bytes:
    return raw[: len(raw) // 2]


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda raw: None, Why.MISSING),
        (lambda raw: b"", Why.NOT_WHOLE),
        (_torn, Why.NOT_WHOLE),
        (lambda raw: raw + raw[-20:], Why.NOT_WHOLE),
        (lambda raw: raw.replace(b'"route"', b'"score"'), Why.NOT_WHOLE),
        (lambda raw: raw.replace(b"\n", b"\r\n"), Why.NOT_WHOLE),
        (lambda raw: raw.replace(b"flags/v1", b"flags/v2"), Why.NOT_WHOLE),
        (lambda raw: raw.decode().encode("utf-16"), Why.NOT_WHOLE),
        (lambda raw: raw.replace(b"{", b'{"killed": {}, ', 1), Why.NOT_WHOLE),
        (lambda raw: b"[" * 100_000, Why.NOT_WHOLE),
        (lambda raw: b"7" * 5000, Why.NOT_WHOLE),
        (lambda raw: b'{"killed": null}', Why.NOT_WHOLE),
        (lambda raw: raw + b" " * LARGEST, Why.NOT_WHOLE),
        (lambda raw: render(replace(parse(raw), use_case="fraud")), Why.NOT_WHOLE),
    ],
)
def test_a_file_that_is_not_to_be_believed_means_the_safe_path(
    store: FakeStore, damage: Callable[[bytes], bytes | None], why: Why
) -> None:
    kill(store, LINE, "route", "x", "ben", NOW)
    set_feature(store, LINE, "short-prompt", 100, "x", "ana", NOW)
    assert flags(store).alive("score")
    store.content = damage(store.content or b"")
    for answer in (flags(store).component("score"), flags(store).feature("short-prompt", "k")):
        assert (answer.on, answer.why) == (False, why)


@given(st.data())
def test_a_file_with_any_byte_changed_is_not_believed(data: st.DataObject) -> None:
    store = FakeStore()
    begin(store, LINE, "ana", NOW)
    kill(store, LINE, "route", "x", "ben", NOW)
    raw = bytearray(store.content or b"")
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(NotWhole):
        parse(bytes(raw))


def test_what_was_read_holds_while_the_volume_does_not_answer_and_then_no_more(store: FakeStore) -> None:
    clock = Clock()
    asked = flags(store, clock)
    assert asked.alive("route")
    store.unreachable = True
    clock.now += 299
    assert asked.alive("route")
    clock.now += 31
    assert asked.component("route").why is Why.STALE
    store.unreachable = False
    clock.now += 31
    assert asked.alive("route")


def test_nothing_is_believed_that_was_never_read(store: FakeStore) -> None:
    store.unreachable = True
    assert flags(store).component("route").why is Why.STALE


def test_a_change_is_seen_within_the_time_to_live_and_the_file_is_not_read_for_every_question(store: FakeStore) -> None:
    clock = Clock()
    asked = flags(store, clock)
    assert asked.alive("route")
    reads = store.reads
    kill(FakeStore(), LINE, "route", "elsewhere", "ben", NOW)
    for _ in range(100):
        assert asked.alive("route")
    assert store.reads == reads
    kill(store, LINE, "route", "x", "ben", NOW)
    clock.now += 30
    assert not asked.alive("route")


def test_a_clock_that_goes_back_does_not_make_an_old_answer_last(store: FakeStore) -> None:
    clock = Clock()
    asked = flags(store, clock)
    assert asked.alive("route")
    kill(store, LINE, "route", "x", "ben", NOW)
    clock.now -= 500
    assert not asked.alive("route")


@pytest.mark.parametrize("name", ["", "*", "Route", "../../etc", "a\nb", "é", "a" * 101, "component:route", "a b"])
def test_what_can_be_no_name_is_out(store: FakeStore, name: str) -> None:
    assert flags(store).component(name) == Answer(False, Why.UNKNOWN, f"{name!r:.80} is no name of a component")
    assert not flags(store).on(name, "k")


def test_a_job_imports_nothing_that_it_does_not_have() -> None:
    code = (
        "import sys\n"
        "import shipway.flags.read, shipway.flags.change, shipway.flags.provider, shipway.pointer.file_form\n"
        "import shipway.pointer.view, shipway.pointer.json_form, shipway.pointer.traffic\n"
        "extra = {'pydantic', 'yaml', 'click', 'sqlglot', 'openfeature', 'duckdb', 'cdktf'} & set(sys.modules)\n"
        "assert not extra, extra\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_wheel_that_asks_for_flags_brings_them_along(root: Path, tmp_path: Path) -> None:
    bundle = tmp_path / "claims-triage"
    shutil.copytree(root / "bundles" / "claims-triage", bundle)
    code = bundle / "src" / "claims_triage" / "route.py"
    line = "from __future__ import annotations\n"
    assert line in code.read_text()
    code.write_text(code.read_text().replace(line, f"{line}from shipway.flags.read import open_flags\n"))
    with zipfile.ZipFile(io.BytesIO(build_wheel(bundle).content)) as wheel:
        wheel.extractall(tmp_path / "wheel")
    ask = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'wheel')!r})\n"
        "from shipway.flags.read import open_flags\n"
        "print(open_flags('/Volumes/c/s/v/flags.json', 'claims-triage').component('route').why)\n"
    )
    # Isolated and without site-packages: as bare as a job's Python can be.
    done = subprocess.run([sys.executable, "-I", "-S", "-c", ask], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("missing\n", "")
