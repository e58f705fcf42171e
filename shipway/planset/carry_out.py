"""Applying a plan set, wave by wave: the saved plans as they are, or a new plan that does nothing else.

A plan that was made before something it looks up was applied is provisional. Such a stack is planned anew, and the new
plan may have only effects that were reviewed; anything else stops, with what was applied before it said.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from shipway.deploy.runner import Runner, SavedPlan
from shipway.errors import ShipwayError
from shipway.planset.model import StackPart
from shipway.planset.verify import Opened, StateMark

__all__ = ["Applied", "Replanned", "carry_out", "state_mark", "steps"]


@dataclass(frozen=True, slots=True)
class Applied:
    """One stack that was applied: from which serial of its state to which."""

    stack: str
    before: int
    after: int
    replanned: bool


@dataclass(frozen=True, slots=True)
class Replanned:
    """What planning a provisional stack anew found."""

    plan: SavedPlan
    effects: frozenset[str]


Replan = Callable[[str, Path], Replanned]
"""Plans a stack anew into the folder that it is given."""


def steps(opened: Opened) -> Iterator[tuple[StackPart, bool]]:
    """The stacks to apply in their order, each with whether its plan is provisional. What does nothing is left out."""
    earlier = False
    for wave in sorted({part.wave for part in opened.manifest.stacks}):
        here = [part for part in opened.manifest.stacks if part.wave == wave and part.changes]
        yield from ((part, earlier) for part in here)
        earlier = earlier or bool(here)


def carry_out(
    opened: Opened, terraform: Runner, folder: Callable[[str], Path], private: Path, replan: Replan
) -> Iterator[Applied]:
    """Apply each step and say so; raises ShipwayError at the first that cannot be, with what is applied by then.

    `private` is a folder that only this user reads; saved plans stand there as long as Terraform needs them.
    """
    done: list[str] = []
    for part, provisional in steps(opened):
        try:
            with TemporaryDirectory(dir=private) as place:
                before = state_mark(terraform.pull(folder(part.stack)))
                if provisional:
                    file = _again(part, Path(place), replan)
                else:
                    _must_be(part, before)
                    file = _private(Path(place), opened.content[part.plan_file])
                if file is not None:
                    terraform.apply(folder(part.stack), file)
                after = state_mark(terraform.pull(folder(part.stack)))
        except ShipwayError as error:
            so_far = f"applied before it: {', '.join(done)}" if done else "nothing was applied"
            raise ShipwayError(f"{error.message}\n{so_far}", error.hint or "plan again: shipway plan") from error
        done.append(part.stack)
        yield Applied(part.stack, before.serial, after.serial, provisional)


def _must_be(part: StackPart, mark: StateMark) -> None:
    """Somebody may have applied since the plan set was verified; Terraform would refuse as well, less clearly."""
    if mark.serial != part.serial:
        raise ShipwayError(f"the state of {part.stack} has moved from serial {part.serial} to {mark.serial}")


def _again(part: StackPart, place: Path, replan: Replan) -> Path | None:
    found = replan(part.stack, place)
    more = found.effects - set(part.effects)
    if more:
        raise ShipwayError(
            f"{part.stack}: planned anew after what it looks up was applied, it does {len(more)} thing"
            f"{'s' * (len(more) != 1)} that nobody reviewed",
            "plan again: what remains is now planned on what is there",
        )
    return found.plan.file if found.plan.changes else None


def _private(place: Path, content: bytes) -> Path:
    file = place / "tfplan"
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(content)
    return file


def state_mark(stored: bytes) -> StateMark:
    """Lineage and serial of a state as it is stored; raises ShipwayError if it is none."""
    if not stored.strip():
        return StateMark("", 0)
    try:
        state = json.loads(stored)
        return StateMark(str(state["lineage"]), int(state["serial"]))
    except (ValueError, KeyError, TypeError) as error:
        raise ShipwayError(
            f"the state has no lineage and serial ({error})", "look at it: terraform state pull"
        ) from error
