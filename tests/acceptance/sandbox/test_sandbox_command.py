"""`shipway sandbox` as people call it."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.acceptance.sandbox.conftest import Sandbox

CATALOG = {"databricks_catalog": {"c": {"name": "claims"}}}


def shipway(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    base = {name: value for name, value in os.environ.items() if name != "TF_CLI_CONFIG_FILE"}
    command = [sys.executable, "-c", "from shipway.cli import main; main()", "sandbox", *arguments]
    return subprocess.run(
        command, cwd=root, env={**base, **environment}, capture_output=True, text=True, timeout=120, check=False
    )


def as_json(root: Path, *arguments: str) -> Any:
    done = shipway(root, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.terraform
def test_up_again_changes_nothing(sandbox: Sandbox) -> None:
    assert as_json(sandbox.root, "up")["changed"] is False
    sandbox.home.shim.write_text("broken")
    assert as_json(sandbox.root, "up")["changed"] is True
    assert as_json(sandbox.root, "up")["changed"] is False


@pytest.mark.terraform
def test_status_and_reset(sandbox: Sandbox) -> None:
    for name in ("dev-a", "dev-b", "prod-a"):
        sandbox.write(name, {"databricks_catalog": {"c": {"name": name}}})
        sandbox.apply(name)
    by_hand = sandbox.files()[0].with_name("by-hand.json")
    whole = json.loads(sandbox.files()[0].read_text())
    by_hand.write_text(json.dumps({**whole, "attributes": {"id": "by-hand"}, "made_by": {"stack": "?", "run": "?"}}))
    status = as_json(sandbox.root, "status")
    assert status["workspaces"] == [{"name": "one.cloud.databricks.com", "objects": {"databricks_catalog": 4}}]
    assert [(item["stack"], item["resources"]) for item in status["states"]] == [
        ("dev-a", 1), ("dev-b", 1), ("prod-a", 1)
    ]  # fmt: skip
    assert status["unowned"] == [str(by_hand)]
    assert "in no state" in shipway(sandbox.root, "status").stdout

    assert as_json(sandbox.root, "reset", "--stack", "dev-*", "--yes")["stacks"] == ["dev-a", "dev-b"]
    assert [path.stem for path in sandbox.files()] == ["by-hand", "prod-a"]
    assert as_json(sandbox.root, "reset", "--yes")["objects"] == 2
    assert sandbox.files() == []
    assert "empty" in shipway(sandbox.root, "status").stdout


@pytest.mark.terraform
def test_reset_asks_first_and_takes_no_stack_that_is_not_there(sandbox: Sandbox) -> None:
    sandbox.write("dev", CATALOG)
    sandbox.apply("dev")
    assert shipway(sandbox.root, "reset").returncode != 0
    missing = shipway(sandbox.root, "reset", "--stack", "prod", "--yes")
    assert missing.returncode == 1
    assert "no stack in the sandbox matches 'prod'" in missing.stderr
    assert len(sandbox.files()) == 1


@pytest.mark.terraform
@pytest.mark.parametrize("code", [0, 3, 42])
def test_exec_gives_the_commands_exit_code(sandbox: Sandbox, code: int) -> None:
    assert shipway(sandbox.root, "exec", "--", "sh", "-c", f"exit {code}").returncode == code


@pytest.mark.terraform
def test_exec_runs_terraform_with_its_own_options(sandbox: Sandbox) -> None:
    sandbox.write("dev", CATALOG)
    for command in (["init"], ["plan", "-detailed-exitcode", "-no-color"]):
        done = shipway(sandbox.root, "exec", "--", "terraform", "-chdir=cdktf.out/stacks/dev", *command)
    assert done.returncode == 2
    assert "1 to add" in done.stdout


@pytest.mark.terraform
def test_no_credentials_in_the_sandbox(sandbox: Sandbox) -> None:
    given = {"DATABRICKS_TOKEN": "dapi-secret", "DATABRICKS_HOST": "https://real", "TF_WORKSPACE": "other"}
    seen = shipway(sandbox.root, "exec", "--", "env", **given).stdout
    assert "DATABRICKS" not in seen
    assert "TF_WORKSPACE" not in seen
    said = shipway(sandbox.root, "env", **given).stdout
    assert {"unset DATABRICKS_HOST", "unset DATABRICKS_TOKEN", "unset TF_WORKSPACE"} <= set(said.splitlines())
    assert "dapi-secret" not in said


@pytest.mark.terraform
def test_env_makes_a_shell_one_of_the_sandboxs(sandbox: Sandbox) -> None:
    sandbox.write("dev", CATALOG)
    said = shipway(sandbox.root, "env").stdout
    script = f"{said}\ncommand -v terraform; cd cdktf.out/stacks/dev; terraform init; terraform apply -auto-approve"
    done = subprocess.run(
        ["sh", "-c", script],
        cwd=sandbox.root,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == str(sandbox.home.shim)
    assert len(sandbox.files()) == 1


def terraformless(tmp_path: Path) -> str:
    """A PATH with a shell and no Terraform."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for name in ("sh", "env"):
        (folder / name).symlink_to(f"/bin/{name}")
    return str(folder)


def test_without_terraform_it_says_what_to_do(sandbox: Sandbox, tmp_path: Path) -> None:
    path = terraformless(tmp_path)
    for arguments in (["up"], ["exec", "--", "terraform", "version"]):
        done = shipway(sandbox.root, *arguments, PATH=path)
        assert done.returncode == 127
        assert "neither terraform nor tofu is on PATH" in done.stderr
    shim = subprocess.run([sandbox.home.shim, "plan"], env={"PATH": path}, capture_output=True, text=True, check=False)
    assert shim.returncode == 127
    assert "neither terraform nor tofu is on PATH" in shim.stderr


@pytest.mark.terraform
def test_a_program_that_is_not_there(sandbox: Sandbox) -> None:
    done = shipway(sandbox.root, "exec", "--", "no-such-program")
    assert done.returncode == 127
    assert "no program 'no-such-program'" in done.stderr


def test_outside_a_project(tmp_path: Path) -> None:
    done = shipway(tmp_path, "status")
    assert done.returncode == 1
    assert "is not in a Shipway project" in done.stderr


def test_a_folder_that_cannot_be_written(sandbox: Sandbox) -> None:
    # A file where a folder must be: nobody, root included, can write below it.
    state = sandbox.home.states
    state.rmdir()
    state.write_text("")
    done = shipway(sandbox.root, "env")
    assert done.returncode == 1
    assert "the sandbox cannot be prepared" in done.stderr


def test_only_this_user_reads_the_sandbox(sandbox: Sandbox) -> None:
    for path in (sandbox.home.folder, sandbox.home.workspaces, sandbox.home.states):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700


@pytest.mark.parametrize("command", ["", "up", "status", "reset", "env", "exec"])
def test_help(tmp_path: Path, command: str) -> None:
    done = shipway(tmp_path, *filter(None, [command]), "--help")
    assert done.returncode == 0
    assert "Usage:" in done.stdout
