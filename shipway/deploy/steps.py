"""Plan stacks, keep the plans, apply exactly them.

A plan is kept as Terraform saved it, in a folder that only this user reads and that is gone afterwards: it can hold
secrets. Applying takes the saved plan, so what runs is what was shown; if the state has moved on in between, Terraform
refuses.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from shipway.deploy.runner import Runner, SavedPlan
from shipway.errors import ShipwayError

__all__ = ["Failed", "Planned", "Tell", "apply_stacks", "plan_stacks", "planning_folder"]

Tell = Callable[[str], None]
"""Says one line of progress."""

# Terraform itself is busy on one core; more at once only wait for each other on a laptop.
_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Planned:
    """A stack with its saved plan and the plan's JSON."""

    plan: SavedPlan
    json: bytes

    @property
    def stack(self) -> str:
        """The stack's name."""
        return self.plan.stack


@dataclass(frozen=True, slots=True)
class Failed:
    """A stack that could not be planned or applied, and what was said."""

    stack: str
    error: ShipwayError


@contextmanager
def planning_folder(root: Path) -> Iterator[Path]:
    """A folder for saved plans, for this user only, gone afterwards; what killed runs left is removed."""
    parent = root / ".shipway" / "plans"
    parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in parent.iterdir():
        if not _is_alive(left.name.partition("-")[0]):
            shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(prefix=f"{os.getpid()}-", dir=parent) as folder:
        yield Path(folder)


def _is_alive(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except PermissionError:
        return True
    except (ValueError, OSError):
        return False
    return True


def plan_stacks(
    stacks: Sequence[str], out: Path, plans: Path, terraform: Runner, tell: Tell, *, refresh: bool = True
) -> list[Planned | Failed]:
    """Plan each stack of the synthesized folder `out`, two at a time; one that fails does not stop the others."""

    def plan(stack: str) -> Planned | Failed:
        tell(f"planning {stack}")
        folder = out / "stacks" / stack
        try:
            saved = terraform.plan(folder, plans / f"{stack}.tfplan", refresh=refresh)
            return Planned(saved, terraform.show(folder, saved.file))
        except ShipwayError as error:
            return Failed(stack, error)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(plan, stacks))


def apply_stacks(
    planned: Sequence[Planned], out: Path, terraform: Runner, tell: Tell, *, verb: str = "applying"
) -> list[Failed]:
    """Apply the saved plans that do something, one after the other; stops at the first that fails."""
    for item in planned:
        if item.plan.changes:
            tell(f"{verb} {item.stack}")
            try:
                terraform.apply(out / "stacks" / item.stack, item.plan.file)
            except ShipwayError as error:
                return [Failed(item.stack, error)]
    return []
