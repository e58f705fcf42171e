"""`shipway watch --job`: one round of the watcher's job on this machine, as it is deployed in the sandbox."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from shipway.errors import ShipwayError
from shipway.models.load import Documents, load
from shipway.models.names import Names
from shipway.outside.tasks import Tasks
from shipway.project import find_root
from shipway.run.carry_out import Call
from shipway.sandbox.jobs import new_run
from shipway.sandbox.layout import Home
from shipway.sandbox.provider.store import Store, StoreError, workspace_name

__all__ = ["run_job"]

_PATIENCE = 3600.0


def run_job(environment: str) -> tuple[int, str]:
    """Its exit code and what it printed; raises ShipwayError where no such job is deployed."""
    root = find_root(Path.cwd())
    documents = load(root)
    host, name = _job(documents, environment)
    task, paths = _deployed(root, host, name)
    _, folder = new_run(root)
    wheels = [_written(folder, path, content) for path, content in _files(root, host) if path in paths]
    if not wheels:
        raise ShipwayError(f"the wheel of {name} is not in the sandbox: {', '.join(paths)}", "deploy its landing zone")
    call = Call(tuple(wheels), task["package_name"], task["entry_point"], (), folder, folder / "watch.log")
    code = Tasks(Home(root).folder).run(call, _PATIENCE)
    return 1 if code is None else code, call.log.read_text("utf-8", "replace")


def _job(documents: Documents, environment: str) -> tuple[str, str]:
    loaded = documents.environments.get(environment)
    if loaded is None:
        known = ", ".join(documents.environments)
        raise ShipwayError(f"there is no environment {environment!r}", f"there are: {known}")
    if loaded.model.watcher is None:
        raise ShipwayError(f"{loaded.file} has no watcher", "add one: docs/watch.md")
    return loaded.model.workspace.place[0], Names(documents.account.model.organisation, environment).watch_job


def _deployed(root: Path, host: str, name: str) -> tuple[Mapping[str, Any], list[str]]:
    """The wheel task of the job, and the paths of the wheels that it depends on."""
    found = [one for one in _objects(root, host, "databricks_job") if one.get("name") == name]
    if len(found) != 1:
        raise ShipwayError(f"the sandbox has {len(found)} jobs called {name}, wanted one", "deploy its landing zone")
    spec = found[0]["environment"][0]["spec"][0]
    return found[0]["task"][0]["python_wheel_task"][0], list(spec["dependencies"])


def _files(root: Path, host: str) -> Iterator[tuple[str, bytes]]:
    for one in _objects(root, host, "databricks_workspace_file"):
        yield f"/Workspace{one['path']}", base64.b64decode(one["content_base64"])


def _objects(root: Path, host: str, resource: str) -> list[Mapping[str, Any]]:
    try:
        stored = Store(Home(root).workspaces).objects(workspace_name(host), resource)
        return [one.attributes for one in stored]
    except StoreError as error:
        raise ShipwayError(str(error), "`shipway sandbox status` says what is there") from error


def _written(folder: Path, path: str, content: bytes) -> Path:
    file = folder / path.rpartition("/")[2]
    file.write_bytes(content)
    return file
