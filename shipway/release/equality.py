"""Whether a way back restored what there was: six assertions, each with its own answer.

An empty plan alone proves nothing: a resource that was replaced gives one too (research/releases.md, 3.6).
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from shipway.errors import ShipwayError
from shipway.ledger.blobs import digest_of
from shipway.plan.read import read_plan
from shipway.plan.synth import construct_paths
from shipway.release.inverse import Changes, changes_of
from shipway.release.line import Line, Ports
from shipway.release.look import plan_json
from shipway.release.read_back import ReadBack
from shipway.release.record import Back
from shipway.verdict import Verdict

__all__ = ["Again", "Assertion", "assert_equal", "plan_again"]


@dataclass(frozen=True, slots=True)
class Assertion:
    """One of the six."""

    name: str
    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True)
class Again:
    """What planning once more came to."""

    found: Assertion
    state: bytes | None
    """The state that it was planned against, refreshed, as Terraform shows one; None where no plan says."""


def assert_equal(
    line: Line, back: Back, made: Changes, again: Again, state: str, there: ReadBack, *, anew: bool = False
) -> tuple[Assertion, ...]:
    """Hold what is there after a way back against what was recorded before it was needed.

    `made` is what the way back changed, `again` what planning once more came to; `state` is the digest of the state
    that was read afterwards, `there` what the objects said. A way back that was made `anew`, since something else was
    changed in between, cannot lead to the same stack: that it differs decides nothing.
    """
    synth = (line.folder / "cdk.tf.json").read_bytes()
    other = Verdict.UNDECIDED if anew else Verdict.FAILED
    return (
        _same("manifest", "the manifest's bytes", digest_of(line.manifest.read_bytes()), back.manifest, Verdict.FAILED),
        _same("synth", "the synthesized stack", digest_of(synth), back.synth, other),
        _same("plan", "what the plan did", made.digest, back.inverse, other),
        again.found,
        _same("state", "what is authored in the state", state, back.state, other),
        _same("read-back", "what the objects say", there.digest, back.read_back, other),
    )


def _same(name: str, what: str, got: str, wanted: str, other: Verdict) -> Assertion:
    if not wanted:
        return Assertion(name, Verdict.UNDECIDED, f"{what}: nothing was recorded to compare with")
    if got == wanted:
        return Assertion(name, Verdict.PASSED, f"{what}: {got[:12]}, as before")
    return Assertion(name, other, f"{what}: {got[:12]}, and before it was {wanted[:12]}")


def plan_again(line: Line, ports: Ports, synth: bytes) -> Again:
    """Plan the stack that was applied: there must be nothing to do."""
    try:
        saved, raw = plan_json(line, ports, synth)
        plan = read_plan(raw, line.stack, construct_paths(line.folder))
    except ShipwayError as error:
        reason = f"it cannot be planned again: {error.message.splitlines()[0]}"
        return Again(Assertion("re-plan", Verdict.UNDECIDED, reason), None)
    found = len(changes_of(plan).by_place)
    prior = json.loads(raw).get("prior_state")
    state = json.dumps(prior).encode() if prior else None
    if saved.changes or found or plan.gaps:
        failed = Assertion("re-plan", Verdict.FAILED, f"planned again, it would change {found} things more")
        return Again(failed, state)
    return Again(Assertion("re-plan", Verdict.PASSED, "planned again, there is nothing to do"), state)
