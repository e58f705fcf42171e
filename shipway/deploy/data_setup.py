"""Between a landing zone and its data policies: the job that installs functions and tables must have run.

A policy over a function that is not there, or that masks less than it used to, is worse than none: people rely on it.
So a landing zone's deploy ends with the job, and data policies are refused until the last run of it that ended was a
success, and of exactly the statements that are declared now.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from shipway.deploy.runner import Runner, SavedPlan
from shipway.errors import ShipwayError

__all__ = ["DataSetup", "SetupRunner", "SetupsFirst", "install", "refuse_before_setup", "setups"]

_LANDING_ZONE, _POLICIES = "-landing-zone", "-data-policies"


@dataclass(frozen=True, slots=True)
class DataSetup:
    """One environment's job, and the digest of what it has to install."""

    landing_zone: str
    host: str
    job: str
    digest: str


class SetupRunner(Protocol):
    """Whoever can start the job and knows how it went: a workspace, or the sandbox."""

    def installed(self, setup: DataSetup) -> bool:
        """Whether the last run that ended was a success, of that digest."""

    def run(self, setup: DataSetup) -> None:
        """Start the job and wait for its end; raises ShipwayError where there is no such job, or it fails."""


def setups(out: Path, stacks: Sequence[str]) -> list[DataSetup]:
    """The jobs of the environments whose landing zone or data policies are among `stacks`, as synthesized in `out`."""
    found = []
    for stack in stacks:
        for ending in (_LANDING_ZONE, _POLICIES):
            if stack.endswith(ending):
                setup = _setup(out, stack.removesuffix(ending) + _LANDING_ZONE)
                found += [setup] if setup else []
    return found


def install(wanted: Sequence[DataSetup], runner: SetupRunner) -> None:
    """Run each job; raises ShipwayError where one did not do what it is for."""
    for setup in wanted:
        runner.run(setup)
        if not runner.installed(setup):
            raise ShipwayError(
                f"{setup.job} has run, and what is declared now is not what it installed",
                f"somebody else may have deployed meanwhile; run `shipway deploy {setup.landing_zone}` again",
            )


def refuse_before_setup(wanted: Sequence[DataSetup], runner: SetupRunner) -> None:
    """Raises ShipwayError where functions and tables are not installed as they are declared now."""
    for setup in wanted:
        if not runner.installed(setup):
            raise ShipwayError(
                f"the functions and tables of {setup.landing_zone} are not installed as they are declared "
                f"(digest {setup.digest[:12]}), and no policy is applied before them",
                f"run `shipway deploy {setup.landing_zone}`: it ends with the job {setup.job}",
            )


@dataclass(frozen=True, slots=True)
class SetupsFirst:
    """Terraform that refuses data policies before their setup, and ends a landing zone's apply with it.

    Whoever applies, a deploy or a plan set, applies through this; what destroys does not.
    """

    terraform: Runner
    runner: SetupRunner
    tell: Callable[[str], None]

    def plan(self, folder: Path, file: Path, *, refresh: bool = True) -> SavedPlan:
        """Plan the stack in `folder` into `file`."""
        return self.terraform.plan(folder, file, refresh=refresh)

    def show(self, folder: Path, file: Path) -> bytes:
        """The plan in `file` as JSON."""
        return self.terraform.show(folder, file)

    def state(self, folder: Path) -> bytes:
        """The stack's state as JSON."""
        return self.terraform.state(folder)

    def pull(self, folder: Path) -> bytes:
        """The stack's state as it is stored."""
        return self.terraform.pull(folder)

    def apply(self, folder: Path, file: Path) -> None:
        """Apply exactly the plan in `file`; raises ShipwayError where something has to be installed first."""
        wanted = setups(folder.parents[1], [folder.name])
        if folder.name.endswith(_POLICIES):
            refuse_before_setup(wanted, self.runner)
        self.terraform.apply(folder, file)
        missing = [setup for setup in wanted if not self.runner.installed(setup)]
        for setup in missing:
            self.tell(f"running {setup.job}: it installs functions and tables")
        install(missing, self.runner)


def _setup(out: Path, landing_zone: str) -> DataSetup | None:
    path = f"{landing_zone}/data_setup/job"
    try:
        stack = json.loads((out / "stacks" / landing_zone / "cdk.tf.json").read_bytes())
        for job in stack.get("resource", {}).get("databricks_job", {}).values():
            if job["//"]["metadata"]["path"] == path:
                (host,) = (provider["host"] for provider in stack["provider"]["databricks"])
                (digest,) = (one["default"] for one in job["parameter"] if one["name"] == "digest")
                return DataSetup(landing_zone, host, job["name"], digest)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ShipwayError(f"{landing_zone} in {out} cannot be read: {error!r}", "run `shipway synth`") from error
    return None
