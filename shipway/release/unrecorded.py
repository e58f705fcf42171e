"""A committed move that was carried out by other means: `shipway deploy`, or a ledger that was lost. It is recorded.

What was changed then is worked out backwards: the plan of where the line came from, from what is there now.
"""

from __future__ import annotations

from dataclasses import replace

from shipway.release.allowed import Case, Proof, prove
from shipway.release.inverse import Changes, changes_of
from shipway.release.line import Line, Ports
from shipway.release.look import plan_stack
from shipway.release.prepared import Planned
from shipway.release.refusals import refuse_unproven

__all__ = ["done_elsewhere", "was_done"]


def was_done(changes: Changes, proof: Proof) -> bool:
    """Whether what is there is already what the move leads to, and not where it starts."""
    return not changes and bool(proof.standing) and not proof.residual and not proof.unknown


def done_elsewhere(line: Line, ports: Ports, planned: Planned, case: Case) -> Planned:
    """The plan as it must have been; raises Refused where more than this move was done."""
    _, plan = plan_stack(line, ports, planned.synth_before)
    proof = prove(plan, replace(case, before=case.after, after=case.before), planned.synth_after, planned.synth_before)
    refuse_unproven(line, case.row.move, proof, recorded=True)
    saved, _ = plan_stack(line, ports, planned.synth_after)
    ports.say(f"UNRECORDED: the {case.row.move.value} of {line} was carried out by other means; it is recorded now.")
    return replace(planned, saved=saved, changes=changes_of(plan).swapped())
