"""`shipway release approve`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from shipway.errors import ShipwayError, visible

if TYPE_CHECKING:
    from shipway.cli._releasing import Session
    from shipway.ledger.entry import Entry
    from shipway.release.approvals import Approval
    from shipway.release.line import Request
    from shipway.release.prepared import Prepared

__all__ = ["approve"]

_MOVES = ("canary", "flip")


@click.command("approve")
@click.argument("use_case")
@click.option("--env", "environment", required=True, metavar="ENVIRONMENT", help="The environment.")
@click.option("--move", "name", type=click.Choice(_MOVES), help="The move to approve.  [default: the next one]")
@click.option("--withdraw", is_flag=True, help="Take back what you approved, as long as no move has used it.")
@click.option("--reason", default="", metavar="CODE", help="Why, by a code of the list; a wrong one prints it.")
@click.option("--note", default="", metavar="TEXT", help="What the code does not say.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@click.option("--quiet", "-q", is_flag=True, help="Show neither the review nor the steps.")
@click.option("--live", is_flag=True, help="The declared workspaces instead of the sandbox.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def approve(
    use_case: str,
    environment: str,
    name: str | None,
    withdraw: bool,
    reason: str,
    note: str,
    yes: bool,
    quiet: bool,
    live: bool,
    as_json: bool,
) -> None:
    """Approve the first keys for a release, or all of them: exactly the plan that is shown, and its way back.

    It plans what the move would do, shows it, asks, and writes that down; nothing is moved. An approval is good for 24
    hours and for one move: this plan, this manifest, this release, judged by these rules. Neither who brought the
    release in nor who makes the move can give it. How many are wanted says `releases: approvals:` of the environment.

    Who you are is what the ledger says of you, the name in SHIPWAY_ACTOR or this machine's user, and nobody has checked
    it: docs/releases.md says what that is worth.

    \b
    Exit codes: 0 approved, or nobody has to, 1 a failure, 4 refused: it is not yours to approve, rules on plans refuse
    the plan, or you did not agree.
    """
    from shipway.cli._releasing import Answers, Session, line_of
    from shipway.ledger.entry import Act
    from shipway.release.reasons import reason_for

    if as_json and not yes:
        raise click.UsageError("--json cannot ask; add --yes")
    why = reason_for(Act.WITHDRAW if withdraw else Act.APPROVE, reason, note)
    answers = Answers(live=live, yes=yes, quiet=quiet or as_json)
    with Session.open(line_of(environment, use_case), answers, terraform=not withdraw) as session:
        if withdraw:
            _say(_withdrawn(session, why), as_json=as_json)
        elif session.terms.approvals == 0:
            text = f"Nobody has to approve a release in {environment}: nothing was written down."
            _say({"text": text, "approved": False}, as_json=as_json)
        else:
            _say(_approved(session, name, why), as_json=as_json)


class NotApproved(ShipwayError):
    """Nobody approved it."""

    exit_code = 4


def _say(answer: dict[str, object], *, as_json: bool) -> None:
    told = json.dumps({"schema": "shipway/release-approval/v1", **answer}, indent=2)
    click.echo(told if as_json else visible(str(answer["text"])))


def _withdrawn(session: Session, why: str) -> dict[str, object]:
    from shipway.release.approving import take_back
    from shipway.release.look import look

    line, ports = session.line, session.ports
    entry = take_back(line, ports, look(line, ports), why)
    text = f"Taken back: {entry.actor} no longer approves a {entry.details['move']} of {line}."
    return {"text": text, "approved": False, "by": entry.actor, "entry": entry.hash}


def _approved(session: Session, name: str | None, why: str) -> dict[str, object]:
    from shipway.release.approving import give
    from shipway.release.carry_out import carry_out
    from shipway.release.moves import Gate

    line, ports = session.line, session.ports
    prepared = carry_out(line, session.terms, _request(session, name), ports).prepared
    others = tuple(one for one in prepared.answers if one.gate is not Gate.APPROVED)
    _agree(session, replace(prepared, answers=others))
    approval, entry = give(prepared, ports, why, ports.policy())
    return {"text": "\n".join(_text(session, prepared, approval)), **_json(approval, entry)}


def _request(session: Session, name: str | None) -> Request:
    """The move that the manifest is ahead by, else the next one onwards; it has to be one that somebody approves."""
    from shipway.release.committed import committed_move
    from shipway.release.line import Request
    from shipway.release.machine import next_move
    from shipway.release.moves import Gate, Move, row_of

    committed = committed_move(session.line, session.terms, session.ports, "", dry_run=True)
    move = committed.move if committed else next_move(session.manifest, session.terms.percents)
    if committed is None and name is not None:
        move = Move(name)
    if move is None or Gate.APPROVED not in row_of(move).gates or name not in (None, move.value):
        said = f"the next move of {session.line} is {move.value}" if move else f"{session.line} is at rest"
        raise ShipwayError(f"{said}: nothing to approve there", f"somebody approves: {', '.join(_MOVES)}")
    return committed or Request(move, "", dry_run=True)


def _agree(session: Session, prepared: Prepared) -> None:
    from shipway.cli._confirming import agreed
    from shipway.plan.verdict import Outcome

    found = session.show(prepared)
    if found is not None and found.verdict.outcome is Outcome.BLOCKED:
        raise NotApproved("rules on plans refuse this plan: it cannot be approved", "mend what the review names")
    what = f"Approve this {prepared.request.move.value} of {session.line}, and its way back?"
    if not session.answers.yes and not agreed(what):
        raise NotApproved(f"the {prepared.request.move.value} of {session.line} is not approved", "nothing was done")


def _text(session: Session, prepared: Prepared, approval: Approval) -> Iterator[str]:
    line, bound = session.line, approval.bound
    until = f"{approval.until:%Y-%m-%d %H:%M} UTC"
    yield f"Approved: {bound.move} of {bound.release} in {line}, by {approval.by}, good until {until}."
    yield f"  Plan {bound.plan[:12]}, and with it the way back {bound.inverse[:12]}, which asks nobody then."
    wanted = session.terms.approvals
    more = f"; {wanted} people are wanted" if wanted > 1 else ""
    how = f"shipway release {bound.move} {line.use_case} --env {line.environment}"
    if session.answers.live:
        yield "  It counts where the ledger is that has it: shipway ledger push"
    yield f"  For somebody else to make{more}: {how}{' --live' if session.answers.live else ''}"


def _json(approval: Approval, entry: Entry) -> dict[str, object]:
    bound = approval.bound
    return {
        "approved": True,
        "by": approval.by,
        "until": approval.until.isoformat(),
        "move": bound.move,
        "release": bound.release,
        "plan": bound.plan,
        "inverse": bound.inverse,
        "manifest": bound.manifest,
        "policy": bound.policy,
        "approval": bound.digest,
        "entry": entry.hash,
    }
