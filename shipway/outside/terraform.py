"""Terraform (or OpenTofu) in one stack's folder: init, plan, show, apply.

Success is judged by the exit code alone: Terraform warns on stderr about things that are none of ours, such as a
TF_CLI_CONFIG_FILE that does not exist. Plans can hold secrets, so they are written to folders that only this user reads
and are removed by who asked for them.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile

from shipway.deploy.runner import SavedPlan
from shipway.errors import MissingTool, ToolFailed

__all__ = ["FakeTerraform", "Place", "Terraform", "find_terraform"]

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
# Terraform's complaint about a config file of the user's that is not there; it has nothing to do with the failure.
_CONFIG_WARNING = re.compile(r"There are some problems with the CLI configuration:.*?╵\n", re.DOTALL)


def find_terraform(environment: Mapping[str, str]) -> str:
    """Terraform's or OpenTofu's program on the PATH of `environment`; raises MissingTool."""
    for name in ("terraform", "tofu"):
        found = shutil.which(name, path=environment.get("PATH", ""))
        if found:
            return found
    raise MissingTool(
        "neither terraform nor tofu is on PATH",
        "install Terraform 1.10 or later, or OpenTofu; `shipway synth`, `shipway scan` and `shipway review --base` "
        "need neither",
    )


# What Terraform says wherever a folder is not ready, or is no longer: for providers, modules, backend, lock file. Its
# lines are wrapped.
_ASKS_FOR_INIT = re.compile(r"(?:terraform|tofu)\s+init")

# What a shell may hold that would change what these calls do: `TF_CLI_ARGS_plan=-destroy` plans a destroy.
_NOT_PASSED_ON = ("TF_CLI_ARGS", "TF_WORKSPACE", "TF_DATA_DIR", "TF_REATTACH_PROVIDERS")
_STALE = "somebody changed this stack between plan and apply, and nothing of it was applied; run the command again"


@dataclass(frozen=True, slots=True)
class Place:
    """Where one call of Terraform works: its program, its folder, and all that it sees of the outside."""

    program: str
    folder: Path
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Terraform:
    """The real one; `environment` is all that it sees of the outside: the sandbox's, or that of the shell."""

    environment: Mapping[str, str]
    binary: str = field(default="")
    at: Callable[[Path], AbstractContextManager[Place]] | None = None
    """Where a call on the stack in a folder works, where it is not in that folder itself."""

    def init(self, folder: Path) -> None:
        """Make `folder` ready to plan or to be asked for its state; raises ToolFailed."""
        self._call(folder, "init", "-input=false", "-no-color")

    def plan(self, folder: Path, file: Path, *, refresh: bool = True, ready: bool = False) -> SavedPlan:
        """Plan the stack in `folder` into `file`; raises ToolFailed with what Terraform said.

        `ready`: it was planned there before. Terraform itself refuses to plan with other providers or another backend
        than it was made ready for, and asks for an init; only then there is one.
        """
        if ready:
            try:
                return self._plan(folder, file, refresh=refresh)
            except ToolFailed as error:
                if not _ASKS_FOR_INIT.search(error.message):
                    raise
        self.init(folder)
        return self._plan(folder, file, refresh=refresh)

    def _plan(self, folder: Path, file: Path, *, refresh: bool) -> SavedPlan:
        arguments = [f"-out={file}", "-input=false", "-no-color", "-detailed-exitcode", "-lock-timeout=60s"]
        done = self._call(folder, "plan", *arguments, *([] if refresh else ["-refresh=false"]), allowed=(0, 2))
        return SavedPlan(folder.name, file, done.returncode == 2)

    def show(self, folder: Path, file: Path) -> bytes:
        """The plan in `file` as JSON bytes. It can hold secrets: keep it in memory."""
        return self._show(folder, str(file))

    def state(self, folder: Path) -> bytes:
        """The stack's state as JSON bytes, `{}`-like where there is none. It can hold secrets: keep it in memory."""
        return self._show(folder)

    def pull(self, folder: Path) -> bytes:
        """The state as it is stored, lineage and serial with it; empty where there is none. It can hold secrets."""
        self.init(folder)
        return self._call(folder, "state", "pull").stdout

    def apply(self, folder: Path, file: Path) -> None:
        """Apply exactly the plan in `file`; raises ToolFailed, also where the state has moved on since."""
        self._call(folder, "apply", "-input=false", "-no-color", "-lock-timeout=60s", str(file))

    def _show(self, folder: Path, *file: str) -> bytes:
        return self._call(folder, "show", "-json", *file).stdout

    def _call(
        self, folder: Path, *arguments: str, allowed: tuple[int, ...] = (0,)
    ) -> subprocess.CompletedProcess[bytes]:
        with (self.at or self._here)(folder) as place:
            done = _run(place, arguments)
            if done.returncode not in allowed:
                said = (done.stderr or done.stdout).decode(errors="replace")
                raise _failed(folder, arguments[0], said or f"it was ended: exit code {done.returncode}")
        return done

    @contextmanager
    def _here(self, folder: Path) -> Iterator[Place]:
        given = {name: value for name, value in self.environment.items() if not name.startswith(_NOT_PASSED_ON)}
        # Asking for news would write into the user's home.
        yield Place(self._binary(), folder, {**given, "CHECKPOINT_DISABLE": "1"})

    def _binary(self) -> str:
        return self.binary or find_terraform(self.environment)


def _run(place: Place, arguments: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
    """Run it to its end. What it prints goes to files: with a pipe it would die in the middle of an apply with us."""
    command = [place.program, *arguments]
    with TemporaryFile() as out, TemporaryFile() as err:
        with subprocess.Popen(command, cwd=place.folder, env=place.environment, stdout=out, stderr=err) as process:
            try:
                process.wait()
            except KeyboardInterrupt:
                # Terraform has heard of it too, and ends in order. A second one does not wait for that.
                process.wait()
                raise
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(command, process.returncode, out.read(), err.read())


def _failed(folder: Path, verb: str, said: str) -> ToolFailed:
    text = _CONFIG_WARNING.sub("", _COLOUR.sub("", said)).strip()
    return ToolFailed(f"terraform {verb} failed for {folder.name}:\n{text}", _STALE if "plan is stale" in text else "")


@dataclass(slots=True)
class FakeTerraform:
    """Stands in for Terraform: answers with the plans it was given and remembers what it was asked."""

    plans: Mapping[str, bytes]
    """Plan JSON by stack; a stack without one has no changes."""
    failing: Mapping[str, str] = field(default_factory=dict)
    """What Terraform says when it is asked to plan these stacks."""
    applied: list[str] = field(default_factory=list)
    stored: dict[str, bytes] = field(default_factory=dict)
    """What `pull` answers, by stack."""

    def plan(self, folder: Path, file: Path, *, refresh: bool = True, ready: bool = False) -> SavedPlan:
        """As the real one."""
        del refresh, ready
        if folder.name in self.failing:
            raise _failed(folder, "plan", self.failing[folder.name])
        file.write_bytes(self.plans.get(folder.name, b"{}"))
        return SavedPlan(folder.name, file, folder.name in self.plans)

    def show(self, folder: Path, file: Path) -> bytes:
        """As the real one."""
        del folder
        return file.read_bytes()

    def state(self, folder: Path) -> bytes:
        """As the real one: nothing was ever applied."""
        del folder
        return b'{"format_version": "1.0"}'

    def pull(self, folder: Path) -> bytes:
        """As the real one: the stored states it was given, none for others."""
        return self.stored.get(folder.name, b"")

    def apply(self, folder: Path, file: Path) -> None:
        """As the real one; refuses a plan file that it did not write."""
        if file.read_bytes() != self.plans[folder.name]:
            raise AssertionError(f"{folder.name}: the plan to apply is not the plan that was made")
        self.applied.append(folder.name)

    def assert_applied(self, *stacks: str) -> None:
        """Exactly these stacks were applied, in this order."""
        if self.applied != list(stacks):
            raise AssertionError(f"applied {self.applied}, wanted {list(stacks)}")
