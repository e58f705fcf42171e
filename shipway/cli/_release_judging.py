"""`shipway release judge`."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

import click

from shipway.errors import visible

if TYPE_CHECKING:
    from shipway.cli._releasing import Session
    from shipway.judge.judgement import Judgement
    from shipway.release.line import Request

__all__ = ["judge", "judged", "look_if_due"]


@click.command("judge")
@click.argument("use_case")
@click.option("--env", "environment", required=True, metavar="ENVIRONMENT", help="The environment.")
@click.option("--live", is_flag=True, help="The declared workspaces instead of the sandbox.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def judge(use_case: str, environment: str, live: bool, as_json: bool) -> None:
    """Compare the candidate with the live release, and write down what was found.

    It reads what the use case's own job measured in this phase: for the same keys in a shadow, for each release's own
    keys in a canary. The looks are planned in the bundle (`release: looks:`); one that is due is taken and recorded,
    and between two of them the last word holds. What the numbers mean: docs/judge.md. With --live it asks the SQL
    warehouse that the environment names (`judge_warehouse`); what that cannot answer, or not whole, is UNDECIDED.

    \b
    Exit codes: 0 PASSED, 1 a failure, 2 UNDECIDED: the line stays where it is, 4 FAILED: the release goes back.
    """
    from shipway.cli._releasing import Answers, Session, line_of
    from shipway.verdict import Verdict

    answers = Answers(live=live, quiet=True)
    with Session.open(line_of(environment, use_case), answers, terraform=not live) as session:
        found = judged(session)
    click.echo(json.dumps(found.as_json(), indent=2) if as_json else visible(str(found)))
    raise SystemExit({Verdict.PASSED: 0, Verdict.UNDECIDED: 2, Verdict.FAILED: 4}[found.verdict])


def judged(session: Session) -> Judgement:
    """The judgement that holds now; a look that is due is taken and recorded. Raises ShipwayError, also Unread."""
    from shipway.ledger.entry import head_of
    from shipway.ledger.fold import fold
    from shipway.release.looking import Looked, entry_of, look_at

    line, ports = session.line, session.ports
    entries = ports.ledger.entries(line.use_case)
    recorded = fold(entries, line.key)
    since = recorded.phase_since
    looked = Looked(
        line.key,
        session.manifest,
        recorded,
        entries,
        session.known_documents.bundles[line.use_case].model.release,
        session.facts.runs(datetime.fromisoformat(since)) if since else (),
        ports.clock(),
    )
    found = look_at(looked, session.facts.measures)
    if found.look is not None:
        whole = ports.ledger.blobs.put(json.dumps(found.as_json(), sort_keys=True).encode())
        ports.ledger.append(entry_of(line.key, found, ports.actor, whole), head_of(entries))
    return found


def look_if_due(session: Session, request: Request) -> None:
    """Before a move that waits for the judge: let it take the look that is due, so that nobody has to ask for it."""
    from shipway.judge.measures import Unread
    from shipway.release.moves import Gate, row_of

    waits = Gate.JUDGED in row_of(request.move).gates and Gate.JUDGED not in request.overrides
    if waits and not request.dry_run and session.manifest.phase.both_run:
        try:
            judged(session)
        except Unread as error:
            # The gate then says that nobody has judged it: silence is no permission, and no failure either.
            click.echo(visible(f"  the judge cannot look: {error.message}"), err=True)
