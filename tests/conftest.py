"""What all tests share: a copy of the project to break, and which tools this machine has."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A machine may be busy: how long an example takes says nothing of whether it holds.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("here")

ROOT = Path(__file__).parent.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if shutil.which("terraform") or shutil.which("tofu"):
        return
    skip = pytest.mark.skip(reason="neither terraform nor tofu is on PATH; everything else runs")
    for item in items:
        if item.get_closest_marker("terraform"):
            item.add_marker(skip)


@pytest.fixture(scope="session")
def root() -> Path:
    """The project itself: read it, never write to it."""
    return ROOT


_CODE = ("stacks", "constructs", "shipway", "policies")


def _copy_project(copy: Path) -> Path:
    """A copy of the project's documents and code in a folder of its own, with this environment's packages."""
    copy.mkdir()
    for name in (*("environments", "bundles", "releases", "schemas", "templates"), *_CODE):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("main.py", "cdktf.json", "requirements.lock", "pyproject.toml", ".gitignore"):
        shutil.copy(ROOT / name, copy / name)
    # Installed tools are looked for in the project; they are large and never written to.
    (copy / ".venv").symlink_to(ROOT / ".venv")
    (copy / "tools" / "cdktf-cli").mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / "tools" / "cdktf-cli" / name, copy / "tools" / "cdktf-cli" / name)
    (copy / "tools" / "cdktf-cli" / "node_modules").symlink_to(ROOT / "tools" / "cdktf-cli" / "node_modules")
    return copy


@pytest.fixture(scope="session")
def copy_project() -> Callable[[Path], Path]:
    """Makes a copy of the project at a path, for fixtures that live longer than one test."""
    return _copy_project


@pytest.fixture(scope="session")
def deployed_project(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """Makes a copy, at a path, of the project with all of its stacks deployed to its sandbox.

    It is deployed once for all tests of a run, whichever worker asks first: half a minute each time otherwise.
    """
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "deployed"
    shared.mkdir(exist_ok=True)
    project = shared / "project"

    def copy(path: Path) -> Path:
        with (shared / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (shared / "done").exists():
                _deploy(_copy_project(project))
                (shared / "done").touch()
        # Bytecode is kept by path: of another path's it would never be read.
        shutil.copytree(project, path, symlinks=True, ignore=shutil.ignore_patterns("bytecode"))
        return path

    return copy


def _deploy(project: Path) -> None:
    command = [sys.executable, "-m", "shipway", "deploy", "--yes", "--quiet"]
    done = subprocess.run(command, cwd=project, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project for one test."""
    return _copy_project(tmp_path / "project")


@pytest.fixture(autouse=True)
def _quiet_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests see none of the credentials or settings of whoever runs them."""
    for name in list(os.environ):
        if name.startswith(("DATABRICKS_", "SHIPWAY_", "CDKTF_")):
            monkeypatch.delenv(name)
