"""A bundle's wheel: the same bytes anywhere, with what it calls of Shipway inside; and its processes, real ones."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from shipway.errors import ShipwayError
from shipway.outside.tasks import Tasks
from shipway.run.carry_out import Call
from shipway.run.job import Job, Task, Wheel
from shipway.run.wheel import BuiltWheel, build_wheel
from shipway.sandbox.jobs import Turns, new_run

PYPROJECT = """\
[build-system]
requires = ["flit_core>=3.12,<5"]
build-backend = "flit_core.buildapi"
[project]
name = "toy"
version = "1.2.3"
description = "A toy"
requires-python = ">=3.11"
[project.scripts]
say = "toy.tasks:say"
"""
CODE = '''\
"""Tasks."""
import os, subprocess, sys, time
from shipway.runtime import job

def say():
    print(sys.argv, job.__file__, sys.stdin.read(), sorted(os.environ))

def fail():
    sys.exit(7)

def sleep():
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    print(os.getpid(), child.pid, flush=True)
    time.sleep(600)
'''


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    source = tmp_path / "toy" / "src" / "toy"
    source.mkdir(parents=True)
    (tmp_path / "toy" / "pyproject.toml").write_text(PYPROJECT)
    (source / "__init__.py").write_text('"""A toy."""\nfrom toy.tasks import fail, sleep\n')
    (source / "tasks.py").write_text(CODE)
    return tmp_path / "toy"


def names(wheel: BuiltWheel) -> list[str]:
    with zipfile.ZipFile(BytesIO(wheel.content)) as archive:
        assert archive.testzip() is None
        return archive.namelist()


def test_the_bytes_follow_from_the_sources_and_from_nothing_else(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = build_wheel(bundle)
    assert (first.name, first.package, first.version) == ("toy-1.2.3-py3-none-any.whl", "toy", "1.2.3")
    elsewhere = bundle.parent / "deeper" / "toy"
    shutil.copytree(bundle, elsewhere)
    for file in elsewhere.rglob("*.py"):
        os.utime(file, (0, 1_000_000_000))
        file.chmod(0o600)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert build_wheel(elsewhere).sha256 == first.sha256
    (elsewhere / "src" / "toy" / "tasks.py").write_text(CODE + "\n# other\n")
    assert build_wheel(elsewhere).sha256 != first.sha256


def test_a_wheel_holds_what_it_calls_of_shipway_and_no_more(bundle: Path) -> None:
    held = names(build_wheel(bundle))
    assert {"toy/tasks.py", "shipway/__init__.py", "shipway/runtime/job.py"} <= set(held)
    assert not [name for name in held if "cli" in name or "effects" in name or "models" in name]


def test_a_wheel_installs_as_any_other(bundle: Path, tmp_path: Path) -> None:
    """pip holds every file against RECORD."""
    built = build_wheel(bundle)
    (tmp_path / built.name).write_bytes(built.content)
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--no-deps",
        "--no-index",
        "--quiet",
        "--target",
        "there",
        built.name,
    ]
    subprocess.run(pip, cwd=tmp_path, check=True)
    assert (tmp_path / "there" / "toy" / "tasks.py").is_file()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "cannot be built"),
        ("[project]\nname = 'toy'\n", "cannot be built"),
        ("[project", "cannot be built"),
        (PYPROJECT.replace('"toy"', '"other"'), "cannot be built"),
        (PYPROJECT.replace('requires-python = ">=3.11"', ""), "wanted <package>-<major>.<minor>.<patch>-py3"),
        (PYPROJECT.replace("1.2.3", "1.2.3.dev1"), "wanted <package>-<major>.<minor>.<patch>-py3"),
    ],
)
def test_a_bundle_that_cannot_be_built_says_why(bundle: Path, text: str, said: str) -> None:
    (bundle / "pyproject.toml").write_text(text)
    with pytest.raises(ShipwayError, match=said):
        build_wheel(bundle)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import shipway.cli", "imports shipway.cli; a bundle calls shipway.runtime"),
        ("from shipway import errors", "imports shipway; a bundle calls"),
        ("def f():\n    from shipway.outside.git import x", "imports shipway.outside.git"),
        ("def", "toy/tasks.py is no Python"),
    ],
)
def test_a_bundle_calls_what_runs_in_jobs_and_is_python(bundle: Path, code: str, said: str) -> None:
    (bundle / "src" / "toy" / "tasks.py").write_text(code)
    with pytest.raises(ShipwayError, match=said):
        build_wheel(bundle)


def test_a_bundle_without_code_is_said(bundle: Path) -> None:
    (bundle / "pyproject.toml").unlink()
    with pytest.raises(ShipwayError, match="has no code to build"):
        build_wheel(bundle)


# Processes -----------------------------------------------------------------------------------------------------------


def call(bundle: Path, entry_point: str, *arguments: str) -> Call:
    built = build_wheel(bundle)
    file = bundle.parent / built.name
    file.write_bytes(built.content)
    work = bundle.parent / "work"
    work.mkdir(exist_ok=True)
    return Call((file,), "toy", entry_point, arguments, work, bundle.parent / f"{entry_point}.log")


def test_a_task_is_the_wheels_own_code_and_sees_no_credentials(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABRICKS_TOKEN", "secret")
    wanted = call(bundle, "say", "--a=1 2", "--b='; rm")
    assert Tasks(bundle.parent).run(wanted, 60) == 0
    said = wanted.log.read_text()
    assert "['say', '--a=1 2', \"--b='; rm\"]" in said
    assert f"{wanted.wheels[0].name}/shipway/runtime/job.py" in said
    assert "SHIPWAY_SANDBOX" in said
    assert "TOKEN" not in said


def test_exit_codes_and_mistakes_are_told_apart_in_the_log(bundle: Path) -> None:
    tasks = Tasks(bundle.parent)
    assert tasks.run(call(bundle, "fail"), 60) == 7
    wanted = call(bundle, "nowhere")
    assert tasks.run(wanted, 60) == 1
    assert "has no attribute 'nowhere'" in wanted.log.read_text()


def ended(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    # Killed, and nobody has asked for it yet.
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z"


def pids(log: Path) -> list[int]:
    for _ in range(600):
        found = log.read_text().split() if log.exists() else []
        if len(found) >= 2:
            return [int(one) for one in found[:2]]
        time.sleep(0.1)
    raise AssertionError("it did not start")


def assert_all_end(running: list[int]) -> None:
    for _ in range(600):
        if all(map(ended, running)):
            return
        time.sleep(0.1)
    raise AssertionError(f"still there: {running}")


def test_a_task_out_of_time_ends_with_all_that_it_started(bundle: Path) -> None:
    wanted = call(bundle, "sleep")
    assert Tasks(bundle.parent).run(wanted, 5) is None
    assert "Killed after 5 s" in wanted.log.read_text()
    assert_all_end(pids(wanted.log))


def test_who_stops_a_run_ends_what_runs(bundle: Path) -> None:
    tasks, wanted = Tasks(bundle.parent), call(bundle, "sleep")
    ends: list[int | None] = []
    running = threading.Thread(target=lambda: ends.append(tasks.run(wanted, 60)))
    running.start()
    started = pids(wanted.log)
    tasks.stop()
    running.join(60)
    assert ends == [None]
    assert_all_end(started)


def test_a_runner_that_is_killed_takes_its_tasks_along(bundle: Path) -> None:
    wanted = call(bundle, "sleep")
    code = (
        "import sys; from pathlib import Path\n"
        "from shipway.outside.tasks import Tasks; from shipway.run.carry_out import Call\n"
        "wheel, work, log = map(Path, sys.argv[1:])\n"
        "Tasks(work).run(Call((wheel,), 'toy', 'sleep', (), work, log), 60)"
    )
    program = [sys.executable, "-c", code, str(wanted.wheels[0]), str(wanted.folder), str(wanted.log)]
    with subprocess.Popen(program) as runner:
        started = pids(wanted.log)
        runner.kill()
    assert_all_end(started)


# Turns ---------------------------------------------------------------------------------------------------------------


def job(*, queue: bool, at_once: int = 1) -> Job:
    return Job("1", "router", (Task("a", Wheel("toy", "say", ())),), {}, {}, max_concurrent_runs=at_once, queue=queue)


def test_a_second_run_waits_in_the_queue_or_is_refused_without_one(tmp_path: Path) -> None:
    said: list[str] = []
    stopped = threading.Event()
    turns = Turns(tmp_path, "https://halyard-dev.cloud.databricks.com", stopped.is_set, said.append)
    order: list[str] = []

    def second() -> None:
        with turns(job(queue=True)):
            order.append("second")

    with turns(job(queue=True)):
        with (
            pytest.raises(ShipwayError, match="router runs already, and its max_concurrent_runs is 1"),
            turns(job(queue=False)),
        ):
            pass
        with turns(job(queue=False, at_once=2)):
            order.append("beside")
        waiting = threading.Thread(target=second)
        waiting.start()
        while not said:
            time.sleep(0.01)
        order.append("first")
    waiting.join(60)
    assert order == ["beside", "first", "second"]
    assert said == ["router runs already: this run is queued"]


def test_who_waits_for_a_turn_can_be_stopped(tmp_path: Path) -> None:
    turns = Turns(tmp_path, "h", lambda: True, lambda _: None)
    with (
        turns(job(queue=True)),
        pytest.raises(ShipwayError, match="stopped while router waited"),
        turns(job(queue=True)),
    ):
        pass


def test_runs_are_numbered_each_once(tmp_path: Path) -> None:
    numbers: list[int] = []
    threads = [threading.Thread(target=lambda: numbers.append(new_run(tmp_path)[0])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == list(range(1, 9))
