"""The server that a command keeps for all of its calls: one process, and each call still a run of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from shipway.errors import ToolFailed
from shipway.outside.terraform import Terraform
from shipway.sandbox import home
from shipway.sandbox.kept import Kept
from shipway.sandbox.state import Lock
from tests.acceptance.sandbox.test_sandbox_trouble import DRAWN, robots

if TYPE_CHECKING:
    from tests.acceptance.sandbox.conftest import Sandbox

pytestmark = pytest.mark.terraform


def kept_of(sandbox: Sandbox) -> Kept:
    return Kept(sandbox.root, home.up(sandbox.root).packed, home.require_terraform(sandbox.root))


def served_by(kept: Kept, folder: Path) -> int:
    with kept.at(folder) as place:
        (provider,) = json.loads(place.environment["TF_REATTACH_PROVIDERS"]).values()
    return int(provider["Pid"])


def test_one_server_serves_call_after_call_and_ends_with_its_owner(sandbox: Sandbox, tmp_path: Path) -> None:
    folder, other = sandbox.write("dev", robots(3)), sandbox.write("test", robots(2))
    kept = kept_of(sandbox)
    terraform = Terraform(sandbox.environment(), at=kept.at)
    for stack in (folder, other):
        saved = terraform.plan(stack, tmp_path / "it.plan")
        assert saved.changes
        terraform.apply(stack, saved.file)
        assert not terraform.plan(stack, tmp_path / "it.plan", ready=True).changes
    assert len(sandbox.files(DRAWN)) == 5
    # Each apply is a run of its own, so that what a killed one made can be told from the others' objects.
    runs = {json.loads(path.read_text())["made_by"]["run"] for path in sandbox.files(DRAWN)}
    assert len(runs) == 2
    process = served_by(kept, folder)
    assert process == served_by(kept, other)
    del terraform, kept
    with pytest.raises(ChildProcessError):
        for _ in range(500):
            os.waitpid(process, os.WNOHANG)
            time.sleep(0.02)


def test_a_call_that_failed_leaves_nothing_locked(sandbox: Sandbox, tmp_path: Path) -> None:
    folder = sandbox.write("dev", {"databricks_catalog": {"c": {"nobody": "knows this"}}})
    terraform = Terraform(sandbox.environment(), at=kept_of(sandbox).at)
    with pytest.raises(ToolFailed, match="nobody"):
        terraform.plan(folder, tmp_path / "it.plan")
    sandbox.write("dev", robots(1))
    saved = terraform.plan(folder, tmp_path / "it.plan")
    terraform.apply(folder, saved.file)
    assert Lock(sandbox.home.state_file("dev")).left_by() is None


APPLY = """
import os, sys
from pathlib import Path
from shipway.outside.terraform import Terraform
from shipway.sandbox import home
from shipway.sandbox.kept import Kept
root, folder, file = map(Path, sys.argv[1:])
terraform = Terraform(dict(os.environ), at=Kept(root, home.up(root).packed, home.require_terraform(root)).at)
saved = terraform.plan(folder, file)
terraform.apply(folder, saved.file)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_an_apply_whose_command_was_killed_comes_to_its_end(
    sandbox: Sandbox, number: signal.Signals, tmp_path: Path
) -> None:
    folder = sandbox.write("dev", robots(150))
    with subprocess.Popen([sys.executable, "-c", APPLY, sandbox.root, folder, tmp_path / "it.plan"]) as command:
        while len(sandbox.files()) < 20:
            assert command.poll() is None, "it ended before it was to be killed"
            time.sleep(0.01)
        command.send_signal(number)
    # Terraform goes on, and the server stays for it. So nothing has to be put right.
    lock = Lock(sandbox.home.state_file("dev"))
    until = time.monotonic() + 60
    while lock.left_by() is not None and time.monotonic() < until:
        time.sleep(0.05)
    assert len(sandbox.run("dev", "state", "list").split()) == len(sandbox.files()) == 150
    again = sandbox.try_run("dev", "plan", "-detailed-exitcode")
    assert (again.returncode, again.stderr) == (0, "")
