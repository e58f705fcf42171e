"""`shipway drift`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from shipway.drift.model import Drift

__all__ = ["command"]


@click.command("drift")
@click.option("--env", "environment", required=True, metavar="ENVIRONMENT", help="The environment, or `account`.")
@click.option(
    "--from",
    "source",
    default="sandbox",
    show_default=True,
    metavar="sandbox|live|FOLDER",
    help="What to ask: the sandbox, the declared workspace, or a folder with a recorded one.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def command(environment: str, source: str, as_json: bool) -> None:
    """Compare what is declared, what the state says, and what the workspace answers. Changes nothing.

    Also where `terraform plan` is blind: it asks only for what it made, so that it sees no binding, assignment,
    permission or schema that somebody added, and no schedule that somebody removed. Each finding says how to adopt it
    (what to write, at which line) and how to revert it (the command).

    \b
    Examples:
      shipway drift --env prod
      shipway drift --env prod --from live --json
      shipway sandbox add --help          to rehearse: make drift by hand

    \b
    Exit codes:
      0  no drift
      1  the command went wrong
      2  drift
      5  something could not be read: no answer, whatever was found
    """
    from shipway.cli._drift import look
    from shipway.drift.as_json import as_json as as_record
    from shipway.drift.text import as_text

    found: Drift = look(Path.cwd(), environment, source, quiet=as_json)
    click.echo(json.dumps(as_record(found), indent=2) if as_json else as_text(found))
    raise SystemExit(found.exit_code)
