"""What the documents declare and what is then deployed are one: the same rights, and no drift in any environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from shipway.access.declared import declared
from shipway.access.observed import observed
from shipway.cli._source import SANDBOX, observe_environment
from shipway.models.load import load
from shipway.models.resolve import resolve

pytestmark = [pytest.mark.terraform, pytest.mark.slow]


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory, deployed_project: Callable[[Path], Path]) -> Path:
    return deployed_project(tmp_path_factory.mktemp("agrees") / "project")


def shipway(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{root / 'constructs'}"}
    command = [sys.executable, "-m", "shipway", *arguments]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)


def test_the_rights_that_are_declared_are_those_that_are_deployed(deployed: Path) -> None:
    documents = load(deployed)
    wanted = declared(documents, resolve(documents))
    ids = {str(loaded.model.workspace.id): name for name, loaded in documents.environments.items()}
    workspaces = {name: observe_environment(deployed, SANDBOX, documents, name) for name in documents.environments}
    found = observed(workspaces, ids)
    assert set(found.held) == set(wanted.held)
    # A line's output and the view of it: nobody is granted anything on them, they have their schema's rights.
    tables = {name for name in found.securables if str(name).startswith("table:")}
    assert set(found.securables) - tables == set(wanted.securables)
    assert not found.gaps


@pytest.mark.parametrize("environment", ["account", "dev", "test", "prod"])
def test_nothing_drifts_by_being_deployed(deployed: Path, environment: str) -> None:
    done = shipway(deployed, "drift", "--env", environment, "--json")
    found = json.loads(done.stdout)
    assert (found["drift"], found["not_judged"], done.returncode) == ([], [], 0)
    assert found["compared"] > 80
