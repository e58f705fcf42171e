"""`shipway access`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shipway.errors import ShipwayError

if TYPE_CHECKING:
    from shipway.access.landscape import Landscape

__all__ = ["command"]

_AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
_FROM = click.option(
    "--from",
    "source",
    default="declared",
    show_default=True,
    metavar="declared|sandbox|live|FOLDER",
    help="Ask the documents, the sandbox, the declared workspace, or a folder with a recorded one.",
)
_ENV = click.option(
    "--env", "environment", required=True, metavar="ENVIRONMENT", help="The environment, as in its file."
)


@click.group("access")
def command() -> None:
    """Say who can do what, and by which route: granted, inherited, through a group, as owner, as admin.

    Asks the declarations, what is deployed in the sandbox, or a workspace. A privilege that cannot be used for lack of
    USE_CATALOG or USE_SCHEMA is told apart from one that can, and so is whoever could grant it to themselves.

    \b
      shipway access who-can SELECT claims_prod.triage --env prod
      shipway access what-can halyard-claims-triage-authors --env prod
      shipway access review --env prod --out access-review
    How it decides: docs/access.md.
    """


@command.command("who-can")
@click.argument("privilege")
@click.argument("securable")
@_ENV
@_FROM
@_AS_JSON
def who_can(privilege: str, securable: str, environment: str, source: str, as_json: bool) -> None:
    """Say who has PRIVILEGE on SECURABLE, each with its route.

    SECURABLE is a name as Databricks has it (claims_prod, claims_prod.triage, claims-triage-blue-prod), or
    <kind>:<name> where two things have one name: model:claims_prod.triage.claims_triage. A table is asked for as
    table:<catalog>.<schema>.<table>; jobs make tables, so it need not be declared.

    \b
    Examples:
      shipway access who-can SELECT table:claims_prod.triage.decisions --env prod
      shipway access who-can MANAGE claims_prod --env prod --from sandbox
      shipway access who-can CAN_MANAGE_RUN claims-triage-router-prod --env prod --json

    \b
    Exit codes:
      0  somebody can
      1  the command went wrong, or the privilege, securable or environment is not there
      2  nobody can
      5  something could not be read, so that the answer may lack somebody
    """
    from shipway.access.as_json import who_can_json
    from shipway.access.effective import Access, Standing
    from shipway.access.find import find_environment, find_privilege, find_securable
    from shipway.access.text import plain, who_can_text

    landscape = _landscape(source, environment)
    target = find_securable(landscape, securable, find_environment(landscape, environment))
    name = find_privilege(privilege, target)
    rights = Access(landscape).who_can(name, target)
    if as_json:
        click.echo(json.dumps(who_can_json(name, target, rights, landscape), indent=2))
    else:
        click.echo(plain(who_can_text(f"{name} on {target.id}", rights, landscape)))
    _end(landscape, any(right.standing is Standing.CAN for right in rights))


@command.command("what-can")
@click.argument("principal")
@click.option("--env", "environment", metavar="ENVIRONMENT", help="Only in this environment.  [default: in all]")
@click.option("--all", "every", is_flag=True, help="Also list what is inherited or implied, thing by thing.")
@_FROM
@_AS_JSON
def what_can(principal: str, environment: str | None, every: bool, source: str, as_json: bool) -> None:
    """Say what PRINCIPAL, a group or service principal, can do, each with its route.

    JSON always has every right; for people a right stands where it was given, and holds for all that is in it.

    \b
    Examples:
      shipway access what-can sp-claims-triage-run-prod --env prod
      shipway access what-can halyard-internal-audit

    \b
    Exit codes:
      0  it can do something
      1  the command went wrong, or there is no such principal or environment
      2  it can do nothing
      5  something could not be read, so that the answer may lack something
    """
    from shipway.access.as_json import what_can_json
    from shipway.access.effective import Access, Standing
    from shipway.access.find import find_environment, find_principal
    from shipway.access.text import plain, what_can_text

    landscape = _landscape(source, environment)
    who = find_principal(landscape, principal)
    where = find_environment(landscape, environment) if environment is not None else None
    rights = Access(landscape).what_can(who.name, where)
    if as_json:
        click.echo(json.dumps(what_can_json(who, where, rights, landscape), indent=2))
    else:
        click.echo(plain(what_can_text(who, rights, landscape, every=every)))
    _end(landscape, any(right.standing is Standing.CAN for right in rights))


@command.command("review")
@_ENV
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="A folder for review.html, review.csv, review.json."
)
@click.option(
    "--since",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="The review.json of the last review: what is new and what is gone is marked.",
)
@_FROM
@_AS_JSON
def review(environment: str, out: Path | None, since: Path | None, source: str, as_json: bool) -> None:
    """Write the periodic access review: who can do what, by principal, for a manager to sign off.

    With --since, what the last review decided (`shipway access signoff`) stands beside each right, and what was to be
    revoked and is still there is marked.

    With --out: a page to read, print and sign (HTML), a table to work in (CSV), and the record that the next review
    compares with (JSON). Without it only the summary is printed.

    \b
    Examples:
      shipway access review --env prod --out reviews/2026-q4
      shipway access review --env prod --out reviews/2027-q1 --since reviews/2026-q4/review.json

    \b
    Exit codes:
      0  the review was made
      1  the command went wrong
      2  it was made, and rights that the last one decided to revoke are still there
      5  something could not be read, so that the review may lack something
    """
    from datetime import UTC, datetime

    from shipway.access.decisions import read_decisions
    from shipway.access.find import find_environment
    from shipway.access.review import make_review, read_review, summary
    from shipway.access.review_files import as_record, write_review
    from shipway.access.text import plain

    landscape = _landscape(source, environment)
    where = find_environment(landscape, environment)
    before = read_review(since, where, landscape) if since else None
    decided = read_decisions(since) if since else {}
    found = make_review(landscape, where, datetime.now(UTC).date(), before, decided)
    written = write_review(found, out) if out else ()
    if as_json:
        click.echo(json.dumps(as_record(found), indent=2))
    else:
        click.echo(plain(summary(found)))
        for path in written:
            click.echo(f"  {path}")
    _end(landscape, not found.not_revoked)


@command.command("signoff")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@_AS_JSON
def signoff(folder: Path, as_json: bool) -> None:
    """Read back what the reviewer decided, from the review.csv in FOLDER, and write decisions.json beside it.

    Each row says keep or revoke, and in the column reviewer who says so. The next review shows it: --since with this
    folder's review.json. Done again, the later table counts.

    \b
    Exit codes:
      0  every right was decided on
      1  the command went wrong, or the table has mistakes: nothing was written
      2  written, and some rights are undecided
    """
    from datetime import UTC, datetime

    from shipway.access.decisions import sign_off, sign_off_text
    from shipway.access.review import open_review
    from shipway.access.text import plain

    found = sign_off(folder, open_review(folder / "review.json"), datetime.now(UTC).date())
    click.echo(json.dumps(found.as_json(), indent=2) if as_json else plain(sign_off_text(found)))
    click.get_current_context().exit(2 if found.open else 0)


def _landscape(source: str, environment: str | None) -> Landscape:
    """The landscape of this project from that source; raises ShipwayError."""
    from shipway.access.declared import declared
    from shipway.access.observed import observed
    from shipway.cli._source import SANDBOX, observe_environment
    from shipway.models.load import load
    from shipway.models.resolve import resolve
    from shipway.project import find_root

    root = find_root(Path.cwd())
    documents = load(root)
    if source == "declared":
        return declared(documents, resolve(documents))
    if source != SANDBOX and environment not in documents.environments:
        raise ShipwayError(f"--from {source} asks one workspace: say which", "--env with an environment's name")
    # The sandbox has all workspaces, so that a principal can be followed through all of them.
    made = [name for name, loaded in documents.environments.items() if loaded.model.workspace.url]
    asked = [environment] if source != SANDBOX and environment else made
    ids = {str(documents.environments[name].model.workspace.id): name for name in made}
    return observed({name: observe_environment(root, source, documents, name) for name in asked}, ids)


def _end(landscape: Landscape, anybody: bool) -> None:
    click.get_current_context().exit(5 if landscape.gaps else 0 if anybody else 2)
