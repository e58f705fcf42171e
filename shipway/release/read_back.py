"""What is there after a move, laid beside what the stack declares: said by the objects, not by Terraform."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shipway.deploy.authored import Authored, authored, digest
from shipway.errors import ShipwayError
from shipway.observed import ObservedWorkspace

__all__ = ["ReadBack", "read_back", "state_digest"]


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What was read."""

    differs: tuple[str, ...]
    """Each place where an object is not as the stack declares it."""
    not_read: tuple[str, ...]
    """What could not be read, or was not asked for."""
    digest: str
    """Over the declared attributes of every object that was found: equal for equal ones."""


def state_digest(synth: bytes, state: bytes) -> str:
    """The digest of what is authored in a state; see `shipway.deploy.authored`."""
    return digest(authored(json.loads(synth), json.loads(state)))


def read_back(environment: str, stack: str, synth: bytes, state: bytes, found: ObservedWorkspace) -> ReadBack:
    """Lay a stack beside what its workspace answered; raises ShipwayError where the stack cannot be read."""
    # Here: whoever waits for a way back has it by now.
    from shipway.drift.find import find_drift
    from shipway.drift.sides import read_stack

    sides = read_stack(stack, synth, state)
    drift = find_drift(environment, found, [sides])
    mine = [one for one in drift.findings if one.stack == stack]
    projected, missing = _projected(synth, state, found)
    return ReadBack(
        differs=tuple(f"{one.object}: {one.attribute or one.kind}" for one in mine),
        not_read=tuple(missing),
        digest=hashlib.sha256(digest(projected).encode()).hexdigest(),
    )


def _projected(synth: bytes, state: bytes, found: ObservedWorkspace) -> tuple[Authored, list[str]]:
    """What the objects have of the attributes that the stack sets, and those that the source does not tell of."""
    try:
        resources = [one for one in _resources(json.loads(state)) if one.get("mode") == "managed"]
    except (ValueError, AttributeError) as error:
        raise ShipwayError(f"the state cannot be read: {error}") from error
    by_key = {one.key: one for one in found.objects}
    observed, missing = [], []
    for one in resources:
        there = by_key.get((str(one["type"]), str(one["values"].get("id"))))
        if there is None:
            missing.append(str(one["address"]))
        else:
            observed.append({**one, "values": dict(there.attributes)})
    shown = {"values": {"root_module": {"resources": observed}}}
    return authored(json.loads(synth), shown), missing


def _resources(state: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from state.get("values", {}).get("root_module", {}).get("resources", ())
