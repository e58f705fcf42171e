"""What goes wrong on a real machine: killed runs, runs side by side, files that people broke."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from shipway.sandbox.state import Holder, Lock

if TYPE_CHECKING:
    from tests.acceptance.sandbox.conftest import Sandbox

pytestmark = pytest.mark.terraform

MADE_BY = '"made_by": {"stack": "dev", "run": "r"}'


# Two of one name are two: their ids are drawn. And Terraform is quick with their small schema.
DRAWN = "databricks_service_principal"


def robots(count: int, start: str = "robot") -> dict[str, Any]:
    return {DRAWN: {f"{start}{index}": {"display_name": f"{start} {index}"} for index in range(count)}}


def wait_for(sandbox: Sandbox, count: int, process: subprocess.Popen[str]) -> None:
    while len(sandbox.files()) < count:
        assert process.poll() is None, "Terraform ended before it was to be stopped"
        time.sleep(0.01)


def words(text: str) -> str:
    return " ".join(text.replace("│", " ").split())


def test_a_killed_apply_is_put_right_by_the_next_one(sandbox: Sandbox) -> None:
    many = {**robots(150), "databricks_catalog": {f"c{index}": {"name": f"c{index}"} for index in range(50)}}
    sandbox.write("dev", many)
    sandbox.run("dev", "init")
    process = sandbox.start("dev", "apply", "-auto-approve", stdout=subprocess.DEVNULL)
    wait_for(sandbox, 50, process)
    process.kill()
    process.communicate()
    assert 0 < len(sandbox.files()) < 200
    done = sandbox.try_run("dev", "apply", "-auto-approve", "-no-color")
    assert done.returncode == 0, done.stderr
    assert "sandbox: the last run on dev was killed; removed" in done.stderr
    # Neither twice (the robots' ids are drawn) nor in the way (the catalogs' ids are their names).
    assert len(sandbox.files(DRAWN)) == 150
    assert len(sandbox.files("databricks_catalog")) == 50
    again = sandbox.try_run("dev", "plan", "-detailed-exitcode")
    assert (again.returncode, again.stderr) == (0, "")


def test_a_killed_apply_loses_nothing_that_the_state_knows(sandbox: Sandbox) -> None:
    sandbox.write("dev", robots(5, "old"))
    sandbox.apply("dev")
    before = {path.name: path.read_bytes() for path in sandbox.files()}
    sandbox.write("dev", {DRAWN: {**robots(5, "old")[DRAWN], **robots(200)[DRAWN]}})
    process = sandbox.start("dev", "apply", "-auto-approve", stdout=subprocess.DEVNULL)
    wait_for(sandbox, 50, process)
    process.kill()
    process.communicate()
    # Terraform's state as it was: the one of before the run.
    assert json.loads(sandbox.run("dev", "state", "pull"))["serial"] == 1
    assert {path.name: path.read_bytes() for path in sandbox.files()} == before


@pytest.mark.parametrize(
    ("interrupt", "number"),
    [(os.kill, signal.SIGINT), (os.kill, signal.SIGTERM), (os.killpg, signal.SIGINT)],
    ids=["interrupted", "ended", "Ctrl-C"],
)
def test_an_interrupted_apply_ends_in_order(
    sandbox: Sandbox, interrupt: Callable[[int, int], None], number: signal.Signals, tmp_path: Path
) -> None:
    sandbox.write("dev", robots(250))
    sandbox.run("dev", "init")
    printed = tmp_path / "printed"
    with printed.open("w") as out:
        process = sandbox.start("dev", "apply", "-auto-approve", "-no-color", stdout=out)
        wait_for(sandbox, 20, process)
        interrupt(process.pid, number)
        process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Interrupt received" in printed.read_text()
    # What was made is in the state, so nothing has to be put right, and the next apply makes the rest.
    known = sandbox.run("dev", "state", "list").split()
    assert len(known) == len(sandbox.files()) < 200
    done = sandbox.try_run("dev", "apply", "-auto-approve", "-no-color")
    assert f"{250 - len(known)} added" in done.stdout
    assert "killed" not in done.stderr


def test_nothing_of_a_run_stays_behind(sandbox: Sandbox) -> None:
    sandbox.write("dev", robots(3))
    sandbox.apply("dev")
    (log,) = sandbox.home.logs.iterdir()
    assert log.read_text() == ""
    assert not [path for path in sandbox.home.folder.rglob("*") if path.name.endswith(".new")]
    assert Lock(sandbox.home.state_file("dev")).left_by() is None


def test_stacks_side_by_side_in_one_workspace(sandbox: Sandbox) -> None:
    names = [f"stack{index}" for index in range(6)]
    for name in names:
        sandbox.write(name, {**robots(20), "databricks_catalog": {"c": {"name": f"of-{name}"}}})
        sandbox.run(name, "init")
    running = [sandbox.start(name, "apply", "-auto-approve") for name in names]
    for process in running:
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
    # Equal robots in six stacks: each has its own, whoever was first.
    assert len(sandbox.files(DRAWN)) == 120
    assert all(sandbox.changes(name) == {} for name in names)


def test_the_same_object_side_by_side_has_one_owner(sandbox: Sandbox) -> None:
    names = [f"stack{index}" for index in range(4)]
    for name in names:
        sandbox.write(name, {"databricks_catalog": {"c": {"name": "claims"}}})
        sandbox.run(name, "init")
    running = [sandbox.start(name, "apply", "-auto-approve", "-no-color") for name in names]
    ended = [(process.communicate(timeout=120)[1], process.returncode) for process in running]
    assert sorted(code for _, code in ended) == [0, 1, 1, 1]
    assert all("already exists" in said for said, code in ended if code)


def test_two_runs_on_one_stack_exclude_each_other(sandbox: Sandbox) -> None:
    sandbox.write("dev", robots(3))
    sandbox.run("dev", "init")
    lock = Lock(sandbox.home.state_file("dev"))
    lock.take(Holder("a-run", json.dumps({"ID": "the-other-one", "Who": "somebody"})))
    refused = sandbox.try_run("dev", "apply", "-auto-approve", "-no-color")
    assert refused.returncode == 1
    assert "Error acquiring the state lock" in refused.stderr
    assert "the-other-one" in refused.stderr
    assert sandbox.files() == []

    waiting = sandbox.start("dev", "apply", "-auto-approve", "-lock-timeout=60s")
    time.sleep(1)
    assert waiting.poll() is None
    lock.release()
    _, err = waiting.communicate(timeout=60)
    assert waiting.returncode == 0, err


def test_force_unlock_has_nothing_to_force(sandbox: Sandbox) -> None:
    sandbox.write("dev", robots(3))
    sandbox.apply("dev")
    assert "successfully unlocked" in sandbox.run("dev", "force-unlock", "-force", "any-id")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is not an object of the sandbox"),
        ("{", "is not an object of the sandbox"),
        ("[]", "is not an object of the sandbox"),
        ('{"attributes": {}}', "is not an object of the sandbox"),
        (
            '{"made_by": {"stack": "dev", "run": "r"}, "attributes": {"id": "claims", "name": 7}}',
            "name: wanted a string",
        ),
        ('{"made_by": {"stack": "dev", "run": "r"}, "attributes": {"options": []}}', "options: wanted a map"),
    ],
)
def test_a_broken_object_is_named(sandbox: Sandbox, content: str, said: str) -> None:
    sandbox.write("dev", {"databricks_catalog": {"c": {"name": "claims"}}})
    sandbox.apply("dev")
    (path,) = sandbox.files()
    path.write_text(content)
    failed = sandbox.try_run("dev", "plan", "-no-color")
    assert failed.returncode == 1
    # Terraform breaks lines where it likes, within the path too.
    told = words(failed.stderr)
    assert said in told
    assert "claims.json" in told
    assert "delete it" in told


def test_a_broken_state_is_said_to_be_broken(sandbox: Sandbox) -> None:
    sandbox.write("dev", robots(3))
    sandbox.apply("dev")
    sandbox.home.state_file("dev").write_text("{")
    failed = sandbox.try_run("dev", "plan", "-no-color")
    assert failed.returncode == 1
    assert "tate" in failed.stderr
    assert len(sandbox.files()) == 3


def test_an_attribute_of_a_later_version_in_the_state_is_dropped(sandbox: Sandbox) -> None:
    sandbox.write("dev", {"databricks_catalog": {"c": {"name": "claims"}}})
    sandbox.apply("dev")
    path = sandbox.home.state_file("dev")
    state = json.loads(path.read_text())
    state["resources"][0]["instances"][0]["attributes"]["of_tomorrow"] = True
    path.write_text(json.dumps(state))
    assert sandbox.changes("dev") == {}


def test_the_users_folder_and_settings_are_left_alone(sandbox: Sandbox, tmp_path: Path) -> None:
    folder = sandbox.write("dev", robots(1))
    lock = "# what init wrote for the real provider"
    (folder / ".terraform.lock.hcl").write_text(lock)
    (folder / ".terraform").mkdir()
    sandbox.apply("dev")
    assert "Nothing to lock" in sandbox.run("dev", "providers", "lock")
    assert (folder / ".terraform.lock.hcl").read_text() == lock
    assert list((folder / ".terraform").iterdir()) == []
    assert [path.name for path in tmp_path.iterdir()] == ["a project"]
