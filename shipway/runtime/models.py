"""The model that a release pins: a folder of files, of one version in the registry, and registering new versions.

Loading looks the version up and hands over its folder: on the laptop in MLflow's own database, without importing
MLflow, which takes seconds; on Databricks through MLflow. A registered version is a whole MLflow model with a
signature, as Unity Catalog wants it: `mlflow.pyfunc.load_model` can load it too.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

from shipway.runtime.place import full_name, sandbox

__all__ = ["NewVersion", "NoSuchVersion", "folder", "register"]


class NoSuchVersion(Exception):
    """The registry has no such version of the model."""


@dataclass(frozen=True, slots=True)
class NewVersion:
    """What is registered: the model's files, what goes in and comes out (names and MLflow's types), what is said of it.

    `loader` is a module with `_load_pyfunc(path)`, in the bundle's wheel.
    """

    files: Mapping[str, bytes]
    loader: str
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    description: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """Of the files."""
        digests = {name: hashlib.sha256(content).hexdigest() for name, content in self.files.items()}
        return hashlib.sha256(json.dumps(digests, sort_keys=True).encode()).hexdigest()


def folder(name: str, version: int) -> Path:
    """The files of that version of the model `catalog.schema.name`; raises NoSuchVersion."""
    full_name(name)
    at = sandbox()
    if at is None:
        from mlflow.artifacts import download_artifacts

        return Path(download_artifacts(f"models:/{name}/{version}"))
    found = _registered(at / "mlflow.db", name, version)
    if found is None or not found.is_dir():
        raise NoSuchVersion(f"the registry has no version {version} of {name}: train it first")
    return found


def _registered(registry: Path, name: str, version: int) -> Path | None:
    if not registry.is_file():
        return None
    with closing(sqlite3.connect(f"{registry.as_uri()}?mode=ro", uri=True, timeout=20)) as database:
        row = database.execute(
            "SELECT coalesce(storage_location, source) FROM model_versions "
            "WHERE name = ? AND version = ? AND current_stage != 'Deleted_Internal'",
            (name, version),
        ).fetchone()
    if row is None:
        return None
    # MLflow keeps whole paths; a project's folder may have been moved or copied since.
    _, _, artifact = unquote(urlparse(str(row[0])).path).rpartition("/mlartifacts/")
    return registry.parent / "mlartifacts" / artifact


def register(name: str, versions: list[NewVersion]) -> list[int]:
    """Register the versions, in order, and say their numbers; one whose files are there already is not doubled."""
    full_name(name)
    with _client() as client:
        there = {one.tags.get("sha256"): int(one.version) for one in client.search_model_versions(f"name='{name}'")}
        if not there:
            _made(client, name)
        return [there.get(one.sha256) or _new(client, name, one) for one in versions]


@contextmanager
def _client() -> Iterator[Any]:
    """MLflow's client; on the laptop nobody else opens a new database meanwhile: two at once would break it."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    at = sandbox()
    if at is None:
        from mlflow import MlflowClient

        yield MlflowClient(registry_uri="databricks-uc")
        return
    at.mkdir(parents=True, exist_ok=True)
    with (at / "mlflow.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        from mlflow import MlflowClient

        uri = f"sqlite:///{at / 'mlflow.db'}"
        yield MlflowClient(tracking_uri=uri, registry_uri=uri)


def _made(client: Any, name: str) -> None:
    from mlflow.exceptions import MlflowException

    try:
        client.get_registered_model(name)
    except MlflowException:
        # On Databricks Terraform has made it; on the laptop nobody has.
        client.create_registered_model(name)


def _new(client: Any, name: str, new: NewVersion) -> int:
    run = client.create_run(_experiment(client, name), tags={"model": name})
    with tempfile.TemporaryDirectory() as draft:
        for file, content in {**new.files, "MLmodel": _mlmodel(new)}.items():
            target = Path(draft) / file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        client.log_artifacts(run.info.run_id, draft, "model")
    for metric, value in new.metrics.items():
        client.log_metric(run.info.run_id, metric, value)
    client.set_terminated(run.info.run_id)
    made = client.create_model_version(
        name,
        f"{run.info.artifact_uri}/model",
        run_id=run.info.run_id,
        tags={"sha256": new.sha256},
        description=new.description,
    )
    return int(made.version)


def _experiment(client: Any, name: str) -> str:
    at = sandbox()
    title = name if at is not None else f"/Shared/{name}"
    found = client.get_experiment_by_name(title)
    if found is not None:
        return str(found.experiment_id)
    # Without a place of its own MLflow would write into whatever folder is current.
    place = None if at is None else (at / "mlartifacts" / name).as_uri()
    return str(client.create_experiment(title, artifact_location=place))


def _mlmodel(new: NewVersion) -> bytes:
    """The model's description, as MLflow reads it. JSON is YAML; the schemas are JSON texts in it, as MLflow's are."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}"
    signature = {
        side: json.dumps([{"type": kind, "name": column, "required": True} for column, kind in columns.items()])
        for side, columns in (("inputs", new.inputs), ("outputs", new.outputs))
    }
    pyfunc = {"loader_module": new.loader, "python_version": python}
    return json.dumps({"flavors": {"python_function": pyfunc}, "signature": signature}, indent=2).encode()
