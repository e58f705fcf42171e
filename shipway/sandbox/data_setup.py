"""The data setup job in the sandbox: it must be deployed, and a run of it is written down. No SQL is run.

A run belongs to the job that ran: one that was deleted and made anew has not run. The record lies beside the objects
(`runs/<host>.json`), goes with a reset, and can be deleted by hand to see what a deploy says then.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from shipway.deploy.data_setup import DataSetup
from shipway.errors import ShipwayError
from shipway.sandbox.layout import Home
from shipway.sandbox.provider.store import Store, StoreError, workspace_name

__all__ = ["SandboxSetups"]


@dataclass(frozen=True, slots=True)
class SandboxSetups:
    """The jobs of the sandbox of the project at `root`."""

    root: Path

    def installed(self, setup: DataSetup) -> bool:
        """Whether the job that is there has run last with that digest."""
        job = self._job(setup)
        return job is not None and self._runs(setup).get(job[0]) == setup.digest

    def run(self, setup: DataSetup) -> None:
        """Write down that the job ran, with the digest that it was deployed with."""
        job = self._job(setup)
        if job is None:
            raise ShipwayError(f"no job {setup.job} in the sandbox", f"deploy {setup.landing_zone} first")
        file = self._file(setup)
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(f".{os.getpid()}.draft")
        draft.write_text(json.dumps({**self._runs(setup), job[0]: job[1]}, indent=2) + "\n")
        draft.replace(file)

    def _job(self, setup: DataSetup) -> tuple[str, str] | None:
        """Id and digest of the job as it is deployed."""
        try:
            for stored in Store(Home(self.root).workspaces).objects(workspace_name(setup.host), "databricks_job"):
                if stored.attributes.get("name") == setup.job:
                    parameters = stored.attributes.get("parameter")
                    return str(stored.attributes.get("id")), _digest(parameters)
        except StoreError as error:
            raise ShipwayError(str(error), "`shipway sandbox status` says what is there") from error
        return None

    def _runs(self, setup: DataSetup) -> dict[str, str]:
        try:
            runs = json.loads(self._file(setup).read_bytes())
        except (OSError, ValueError):
            return {}
        return {str(job): str(digest) for job, digest in runs.items()} if isinstance(runs, dict) else {}

    def _file(self, setup: DataSetup) -> Path:
        return Home(self.root).runs / f"{workspace_name(setup.host)}.json"


def _digest(parameters: object) -> str:
    for one in parameters if isinstance(parameters, list) else ():
        if isinstance(one, dict) and one.get("name") == "digest":
            return str(one.get("default"))
    return ""
