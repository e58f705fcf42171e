"""Why a move is not made: its plan does more, or less, or cannot be judged; and what to do then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shipway.errors import ShipwayError
from shipway.ledger.blobs import Blobs
from shipway.models.release import ReleaseManifest
from shipway.plan.model import Plan
from shipway.plan.text import clip, visible
from shipway.release.allowed import Proof
from shipway.release.disagreement import Disagreement, Way, said
from shipway.release.inverse import Changes
from shipway.release.line import Line, read_manifest
from shipway.release.look import Seen
from shipway.release.moves import Move, MoveRow
from shipway.release.record import Back, at_rest_before

__all__ = [
    "CannotJudge",
    "Refused",
    "refuse_findings",
    "refuse_first",
    "refuse_other_rest",
    "refuse_other_way_back",
    "refuse_unproven",
]


class Refused(ShipwayError):
    """A plan that is not exactly its move."""

    exit_code = 4


class CannotJudge(ShipwayError):
    """A plan of which something is not known."""

    exit_code = 5


def refuse_unproven(line: Line, move: Move, proof: Proof, *, recorded: bool) -> None:
    """Raises CannotJudge, Disagreement or Refused for a plan that is not exactly its move."""
    if proof.unknown:
        raise CannotJudge(f"{line}: the plan of this {move.value} cannot be judged\n{_listed(proof.unknown)}")
    # A plan that does more than its move is said before what is there: one change explains both, mostly.
    if proof.residual:
        raise Refused(
            f"{line}: the plan does what no {move.value} explains\n{_listed((*proof.residual, *proof.standing))}",
            f"nothing was done; take them out, or bring them in by themselves: {line.file} as the line stands, then "
            f"shipway deploy {line.stack}",
        )
    if proof.standing:
        raise Disagreement.of_objects(line, proof.standing, recorded=recorded)


def refuse_findings(line: Line, move: Move, findings: Sequence[str]) -> None:
    """Raises Refused for a stack that a deploy would not take either: rules have something against it."""
    if findings:
        raise Refused(
            f"{line}: rules have something against the stack that this {move.value} leads to\n{_listed(findings)}",
            f"nothing was done; mend it, or waive it in its document: shipway scan {line.stack}",
        )


def refuse_first(line: Line, row: MoveRow, applied: str) -> None:
    """Raises Disagreement for a move onwards where nobody wrote down with what the line was `applied` last.

    What a plan does not show (another version of a provider, another place of the state) would come with it unseen.
    """
    if not applied and not row.backwards:
        raise Disagreement(
            Way.UNRECORDED,
            f"the ledger does not say with what {line} was deployed last, so nobody can say what else a "
            f"{row.move.value} would bring along",
            f"its record begins with a deploy of {line.file} as the line stands: shipway deploy {line.stack}",
        )


def refuse_other_way_back(line: Line, plan: Plan, made: Changes, back: Back, recorded: Changes) -> None:
    """Raises Refused where a plan is not the way back that was written down."""
    if plan.gaps or plan.errored or plan.complete is False:
        raise CannotJudge(
            f"{line}: the plan of this way back cannot be judged\n{_listed(gap.message for gap in plan.gaps)}",
            _anew(line, back),
        )
    if made.digest == back.inverse:
        return
    more = [one for one in made.by_place.items() if recorded.by_place.get(one[0]) != one[1]]
    missing = [place for place in recorded.by_place if place not in made.by_place]
    told = [f"also: {place[0]}: {place[1]}: {_short(one.before)} -> {_short(one.after)}" for place, one in more]
    told += [f"missing: {address}: {path}" for address, path in missing]
    raise Refused(
        f"{line}: the plan is not the way back that was written down ({back.inverse[:12]}), "
        f"so somebody changed something since\n{_listed(told)}",
        _anew(line, back),
    )


def refuse_other_rest(line: Line, move: Move, after: ReleaseManifest, seen: Seen, blobs: Blobs) -> None:
    """Raises Refused for an abort that leads elsewhere than to where the line rested before the admission."""
    rested = at_rest_before(seen.entries, line.key)
    if move is not Move.ABORT or not rested:
        return
    known = read_manifest(blobs.get(rested), "the recorded manifest")
    if known != after:
        raise Refused(
            f"{line}: this is no abort: before the admission the line was {said(known)}, and {line.file} says "
            f"{said(after)}",
            "take the candidate out first; another release is an admission of its own",
        )


def _anew(line: Line, back: Back) -> str:
    return (
        "nothing was done; to go back from what is there now, with somebody to agree: "
        f"shipway release {back.move} {line.use_case} --env {line.environment} --anew"
    )


def _listed(items: Iterable[str]) -> str:
    return "\n".join(f"  - {item}" for item in items)


def _short(value: object) -> str:
    return clip(visible(str(value)), 80)
