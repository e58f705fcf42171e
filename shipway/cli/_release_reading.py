"""`shipway release status`, `plan`, `history`, `explain`, `diagram`: they look, and change nothing."""

from __future__ import annotations

import json
from pathlib import Path

import click

from shipway.errors import visible

__all__ = ["diagram", "explain", "history", "status"]

_ENV = click.option("--env", "environment", required=True, metavar="ENVIRONMENT", help="The environment.")
_LIVE = click.option("--live", is_flag=True, help="The declared workspaces instead of the sandbox.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
_USE_CASE = click.argument("use_case")


@click.command("status")
@_USE_CASE
@_ENV
@click.option("--no-observe", is_flag=True, help="Leave out what is there now: manifest and ledger only, at once.")
@_LIVE
@_JSON
def status(use_case: str, environment: str, no_observe: bool, live: bool, as_json: bool) -> None:
    """Say where a line stands: what is live and since when, what the next moves wait for, how it is taken back.

    The manifest, the ledger and what is there are laid side by side. Where they disagree it says how: OPEN (a move did
    not end), UNAPPLIED (the manifest is ahead), UNRECORDED (done by other means), DRIFT (somebody was there).

    \b
    Exit codes: 0 they agree, 1 a failure, 4 they disagree.
    """
    from shipway.cli._release_status import picture_of_status, status_json, status_text
    from shipway.cli._releasing import Answers, Session, line_of
    from shipway.release.status import status_of

    line = line_of(environment, use_case)
    with Session.open(line, Answers(live=live, quiet=True)) as session:
        terms, ports = session.terms, session.ports
        found = status_of(line, terms, ports, observe=not no_observe)
        picture = picture_of_status(found, terms, ports.clock())
    answer = json.dumps(status_json(found, picture), indent=2) if as_json else "\n".join(status_text(found, picture))
    click.echo(visible(answer))
    raise SystemExit(4 if found.ways else 0)


@click.command("history")
@_USE_CASE
@_ENV
@_LIVE
@_JSON
def history(use_case: str, environment: str, live: bool, as_json: bool) -> None:
    """Say what was done to a line: who, when, why, how it ended, and what releases of it took."""
    from datetime import UTC, datetime

    from shipway.cli._ledgers import ledger_of
    from shipway.cli._releasing import line_of
    from shipway.release.story import history_json, history_text

    line, now = line_of(environment, use_case), datetime.now(UTC)
    entries = ledger_of(line.root, environment, is_live=live).entries(use_case)
    if as_json:
        click.echo(json.dumps(history_json(entries, line.key, now), indent=2))
    else:
        click.echo(visible("\n".join(history_text(entries, line.key, now))))


@click.command("explain")
@_USE_CASE
@_ENV
@click.option("--move", "name", metavar="MOVE", help="This move only.  [default: those that are legal now]")
@_LIVE
@_JSON
def explain(use_case: str, environment: str, name: str | None, live: bool, as_json: bool) -> None:
    """Say step by step what a move would do: the very list that it then walks. Needs no Terraform."""
    from shipway.cli._release_choice import move_named
    from shipway.cli._release_status import explained_json, explained_text
    from shipway.cli._releasing import Answers, Session, line_of
    from shipway.release.status import status_of

    line = line_of(environment, use_case)
    with Session.open(line, Answers(live=live, quiet=True), terraform=False) as session:
        found = status_of(line, session.terms, session.ports, observe=False)
        rows = [move_named(name)] if name else [one.row for one in found.nexts]
    told = explained_json(rows) if as_json else None
    click.echo(json.dumps(told, indent=2) if as_json else visible("\n".join(explained_text(line, found, rows))))


@click.command("diagram")
@_USE_CASE
@_ENV
@click.option("--html", "page", type=click.Path(dir_okay=False, path_type=Path), help="Write it as a page.")
@click.option("--mermaid", "as_mermaid", is_flag=True, help="Print the moves as a Mermaid diagram.")
@_LIVE
def diagram(use_case: str, environment: str, page: Path | None, as_mermaid: bool, live: bool) -> None:
    """Draw a line: its two slots and who gets them, and the phases with the moves between them."""
    from shipway.cli._release_status import picture_of_status
    from shipway.cli._releasing import Answers, Session, line_of
    from shipway.release.diagram import diagram_text, mermaid
    from shipway.release.picture import picture_text
    from shipway.release.picture_page import as_page
    from shipway.release.status import status_of

    if as_mermaid:
        click.echo("\n".join(mermaid()))
        return
    line = line_of(environment, use_case)
    with Session.open(line, Answers(live=live, quiet=True), terraform=False) as session:
        ports, terms = session.ports, session.terms
        found = status_of(line, terms, ports, observe=False)
        picture = picture_of_status(found, terms, ports.clock())
    phases = diagram_text(found.seen.manifest.phase)
    click.echo(visible("\n".join([*picture_text(picture), "", *phases])))
    if page is not None:
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(as_page(picture, found.seen.entries), encoding="utf-8")
        click.echo(f"Written: {page}")
