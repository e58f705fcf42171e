"""Where the sandbox keeps things: all of it in .shipway/sandbox of the project.

bin/terraform            the shim                     packed/<digest>/   the provider's facts, ready to read
workspaces/<host>/...    one file per object          state/             Terraform's state per stack, and its lock
runs/<host>.json         runs of data setup jobs      runs/<number>/     runs of use cases: logs and run.json
tables/<c>/<s>/<t>/      Delta tables                 volumes/<c>/<s>/   files of /Volumes
mlflow.db, mlartifacts/  the model registry           turns/<host>/      locks of running jobs
work/<stack>-<digest>/   Terraform's working folder   log/<stack>.log    what the sandbox's server has to say
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Home", "stack_name"]


@dataclass(frozen=True)
class Home:
    """The sandbox of the project at `root`."""

    root: Path

    @property
    def folder(self) -> Path:
        """Everything is in here."""
        return self.root / ".shipway" / "sandbox"

    @property
    def shim(self) -> Path:
        """The program that is called instead of Terraform."""
        return self.folder / "bin" / "terraform"

    @property
    def packed(self) -> Path:
        """The provider's facts; in it one folder per version of them."""
        return self.folder / "packed"

    @property
    def workspaces(self) -> Path:
        """The objects."""
        return self.folder / "workspaces"

    @property
    def runs(self) -> Path:
        """What the data setup jobs installed, one file per workspace; a folder for each run of a use case."""
        return self.folder / "runs"

    @property
    def tables(self) -> Path:
        """Delta tables, by catalog, schema and name."""
        return self.folder / "tables"

    @property
    def volumes(self) -> Path:
        """What lies in `/Volumes`."""
        return self.folder / "volumes"

    @property
    def registry(self) -> Path:
        """MLflow's database."""
        return self.folder / "mlflow.db"

    @property
    def artifacts(self) -> Path:
        """MLflow's artifacts."""
        return self.folder / "mlartifacts"

    @property
    def turns(self) -> Path:
        """Locks of the jobs that run."""
        return self.folder / "turns"

    @property
    def states(self) -> Path:
        """Terraform's states."""
        return self.folder / "state"

    @property
    def work(self) -> Path:
        """Terraform's working folders."""
        return self.folder / "work"

    @property
    def logs(self) -> Path:
        """What the servers had to say."""
        return self.folder / "log"

    def state_file(self, stack: str) -> Path:
        """The state of one stack."""
        return self.states / f"{stack}.tfstate"

    def work_folder(self, stack: str, source: Path) -> Path:
        """Where Terraform works on the stack that lies in `source`."""
        return self.work / f"{stack}-{_short(source)}"


def stack_name(source: Path) -> str:
    """The stack in that folder: cdktf names the folder for it; another folder of Terraform's is told by its path."""
    if (source / "cdk.tf.json").is_file():
        return source.name
    return f"{source.name}-{_short(source)}"


def _short(path: Path) -> str:
    return hashlib.sha256(str(path).encode("utf-8", "surrogateescape")).hexdigest()[:8]
