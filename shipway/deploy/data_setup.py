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

__all__ = ["DataSetup", "SetupRunner", "SetupsFirst", "install", "refuse_before_setup", "setups_of_zones"]

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


def setups_of_zones(out: Path, stacks: Sequence[str]) -> list[DataSetup]:
    """The jobs of the landing zones among `stacks`, as synthesized in `out`."""
    return _setups(out, stacks, _LANDING_ZONE)


def install(wanted: Sequence[DataSetup], runner: SetupRunner, tell: Callable[[str], None]) -> None:
    """Run each job whose work is not done; raises ShipwayError where one did not do what it is for."""
    for setup in [setup for setup in wanted if not runner.installed(setup)]:
        tell(f"running {setup.job}: it installs functions and tables")
        runner.run(setup)
        if not runner.installed(setup):
            raise ShipwayError(
                f"{setup.job} has run, and what is declared now is not what it installed",
                f"somebody else may have deployed meanwhile; run `shipway deploy {setup.landing_zone}` again",
            )


def refuse_before_setup(out: Path, stacks: Sequence[str], runner: SetupRunner) -> None:
    """Raises ShipwayError where data policies are among `stacks` and what they name is not installed as declared."""
    for setup in _setups(out, stacks, _POLICIES):
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

    def plan(self, folder: Path, file: Path, *, refresh: bool = True, ready: bool = False) -> SavedPlan:
        """Plan the stack in `folder` into `file`."""
        return self.terraform.plan(folder, file, refresh=refresh, ready=ready)

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
        out, stacks = folder.parents[1], [folder.name]
        refuse_before_setup(out, stacks, self.runner)
        self.terraform.apply(folder, file)
        install(setups_of_zones(out, stacks), self.runner, self.tell)


def _setups(out: Path, stacks: Sequence[str], ending: str) -> list[DataSetup]:
    zones = [f"{stack.removesuffix(ending)}{_LANDING_ZONE}" for stack in stacks if stack.endswith(ending)]
    return [setup for zone in zones if (setup := _setup(out, zone)) is not None]


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
