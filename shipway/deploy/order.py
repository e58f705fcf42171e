"""In which order stacks can be deployed.

Stacks refer to each other by name only, so each is planned alone; but a line looks up principals of the account and
policies of its landing zone, which must exist by then, and data policies name functions that the landing zone's job
installs. What is masked is masked before a line runs. So there are four waves, and within a wave no order.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from shipway.errors import ShipwayError
from shipway.models.document import suggestion
from shipway.models.names import environment_of

__all__ = ["choose", "not_of", "stack_names", "waves"]


def stack_names(out: Path) -> list[str]:
    """The stacks in a synthesized folder, in its manifest's order; raises ShipwayError where there is none."""
    try:
        return list(json.loads((out / "manifest.json").read_bytes())["stacks"])
    except (OSError, ValueError, KeyError) as error:
        raise ShipwayError(f"{out} is no synthesized folder", "run `shipway synth`") from error


def choose(known: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """The stacks of `known` that are wanted, all of them for none; raises ShipwayError for one that is not there."""
    for name in wanted:
        if name not in known:
            raise ShipwayError(
                f"no stack is called {name!r}{suggestion(name, known)}", f"there are: {', '.join(known)}"
            )
    return [name for name in known if name in wanted or not wanted]


def not_of(environment: str, others: Sequence[str], known: Sequence[str]) -> ShipwayError:
    """The error for stacks that were named and are of `others` environments; for none, where there is no such one."""
    if others:
        return ShipwayError(
            f"--env {environment} and {', '.join(others)}, which is of another environment", "leave one of them out"
        )
    there = sorted({environment_of(name) for name in known})
    meant = suggestion(environment, there)
    return ShipwayError(f"no environment {environment!r} has a stack{meant}", f"there are: {', '.join(there)}")


def waves(stacks: Sequence[str]) -> list[list[str]]:
    """The stacks in groups that can be deployed one group after the other."""
    groups: list[list[str]] = [[], [], [], []]
    for name in stacks:
        groups[_wave(name)].append(name)
    return [group for group in groups if group]


def _wave(name: str) -> int:
    if name == "account":
        return 0
    endings = (("-landing-zone", "-adopted"), ("-data-policies",))
    return next((wave for wave, ending in enumerate(endings, 1) if name.endswith(ending)), 3)
