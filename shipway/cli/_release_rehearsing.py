"""`shipway release rehearse`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from shipway.errors import ShipwayError, visible

if TYPE_CHECKING:
    from shipway.cli._releasing import Session
    from shipway.models.release import Release
    from shipway.release.moves import Move
    from shipway.release.rehearsal import Rehearsed

__all__ = ["rehearse"]


@click.command("rehearse")
@click.argument("use_case")
@click.option("--env", "environment", required=True, metavar="ENVIRONMENT", help="A lower environment.")
@click.option("--from", "source", metavar="ENVIRONMENT", help="The release that is live there.")
@click.option("--release", "release_id", metavar="ID", help="The release of that name.  [default: one in shadow here]")
@click.option("--live", is_flag=True, help="The declared workspaces instead of the sandbox.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def rehearse(
    use_case: str,
    environment: str,
    source: str | None,
    release_id: str | None,
    live: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Bring a release in and take it back, really, where nobody is hurt; write down how that went.

    All moves up to the flip and the rollback are made, by the code and with the plans that production will see; what
    waits for time or data does not wait. At the end the line is where it was, to the byte. Without a rehearsal of
    exactly this release, no other environment gives it any keys.

    \b
    Exit codes: 0 it came in and went back, 1 a failure, 4 not rehearsed here, or something is not as it was.
    """
    from shipway.cli._confirming import agreed
    from shipway.cli._releasing import Answers, Session, line_of
    from shipway.release.rehearsal import rehearse as rehearsed
    from shipway.verdict import Verdict

    if as_json and not yes:
        raise click.UsageError("--json cannot ask; add --yes")
    line = line_of(environment, use_case)
    with Session.open(line, Answers(live=live, yes=yes, quiet=True)) as session:
        if session.known_documents.environments[environment].model.protected:
            raise NotHere(
                f"{environment} is protected: a rehearsal gives its consumers a release that goes away again",
                "rehearse in another environment; a rehearsal there counts here",
            )
        candidate = _candidate(session, source, release_id)
        what = f"Bring {candidate.id} ({candidate.version}) into {line} and take it back, in {session.target.name}?"
        if not yes and not agreed(what):
            raise NotHere(f"{line} was not touched", "nothing was done")
        found = rehearsed(line, session.terms, session.ports, candidate, _quiet if as_json else _tell)
    click.echo(json.dumps(_json(found), indent=2) if as_json else visible("\n".join(_text(found, str(line)))))
    raise SystemExit(0 if found.verdict is Verdict.PASSED else 4)


class NotHere(ShipwayError):
    """It is not rehearsed in this environment."""

    exit_code = 4


def _candidate(session: Session, source: str | None, release_id: str | None) -> Release:
    from shipway.cli._release_choice import chosen_release
    from shipway.models.release import Phase

    if not source and not release_id and session.manifest.phase is Phase.SHADOW:
        return session.manifest.candidate
    return chosen_release(session.documents, session.line, source, release_id, {})


def _tell(move: Move) -> None:
    click.echo(f"  … {move.value}", err=True)


def _quiet(move: Move) -> None:
    pass


def _text(found: Rehearsed, line: str) -> list[str]:
    head = f"{found.verdict}: {found.release} came into {line} and was taken back in {found.seconds:.0f} s"
    head += f"; the way back alone took {found.back_seconds:.1f} s."
    return [head, *(f"  {one.verdict.name:9} {one.name}: {one.reason}" for one in found.equality)]


def _json(found: Rehearsed) -> dict[str, object]:
    return {
        "schema": "shipway/release-rehearsal/v1",
        "release": found.release,
        "verdict": found.verdict.name,
        "moves": [move.value for move in found.moves],
        "equality": [{"name": one.name, "verdict": one.verdict.name, "reason": one.reason} for one in found.equality],
        "seconds": found.seconds,
        "back_seconds": found.back_seconds,
    }
