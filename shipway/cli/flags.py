"""`shipway flags`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from shipway.errors import visible

if TYPE_CHECKING:
    from shipway.cli._switching import Standing

__all__ = ["command"]


def _line_options(function: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--live", is_flag=True, help="The declared workspace instead of the sandbox."),
        click.option("--env", "environment", required=True, metavar="ENVIRONMENT", help="The environment."),
        click.argument("use_case"),
    ):
        function = option(function)
    return function


@click.group("flags")
def command() -> None:
    """Switch parts of a use case on and off without a deployment.

    \b
      shipway flags begin claims-triage --env test
      shipway flags set claims-triage short-prompt 25 --env test --reason "on trial until Friday"
      shipway flags status claims-triage --env test
      shipway release kill claims-triage --env test --component route --reason "wrong desk"
    What jobs and agents ask, and what they are told when the file cannot be believed: docs/flags.md.
    """


@command.command("begin")
@_line_options
def begin(use_case: str, environment: str, live: bool) -> None:
    """Write a line's first flags file. Until there is one, all of its components take the safe path."""
    from shipway.cli._switching import open_switches

    switches = open_switches(use_case, environment, live=live)
    done = "nothing is killed, no feature is on" if switches.begin() else "was there already; nothing was changed"
    click.echo(f"{switches.place}: {done}")


@command.command("set")
@click.argument("use_case")
@click.argument("feature")
@click.argument("percent", type=click.IntRange(0, 100))
@click.option("--env", "environment", required=True, metavar="ENVIRONMENT", help="The environment.")
@click.option("--reason", required=True, metavar="TEXT", help="Why, for who reads it later.")
@click.option("--live", is_flag=True, help="The declared workspace instead of the sandbox.")
def set_(use_case: str, feature: str, percent: int, environment: str, reason: str, live: bool) -> None:
    """Switch FEATURE on for PERCENT of a hundred keys; those that have it keep it while the share grows."""
    from shipway.cli._switching import minute, open_switches

    switches = open_switches(use_case, environment, live=live)
    change = switches.set_feature(feature, percent, reason)
    click.echo(f"{feature} of {use_case} in {environment} is on for {percent} % of the keys.")
    click.echo(f"Recorded in {switches.ledger_file}; Git has to know by {minute(change.back_fill_by)}.")


@command.command("status")
@_line_options
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def status(use_case: str, environment: str, live: bool, as_json: bool) -> None:
    """Show what is killed, which features are on, and which changes Git does not know of.

    \b
    Exit codes:
      0  everything is in service
      1  the command went wrong
      2  something is killed, the file is not believed, or a change is not in Git yet
    """
    from shipway.cli._switching import open_switches

    found = open_switches(use_case, environment, live=live).standing()
    text = json.dumps(_json(found), indent=2) if as_json else visible("\n".join(_text(found)))
    click.echo(text)
    raise SystemExit(2 if found.needs_somebody else 0)


def _text(found: Standing) -> Iterator[str]:
    from shipway.cli._switching import minute

    yield f"{found.line.use_case} in {found.line.environment}   {found.place}"
    if found.file is None:
        yield f"  everything takes the safe path: {found.distrust}"
    else:
        for name, killed in sorted(found.file.killed.items()):
            what = "everything" if name == "*" else name
            yield f"  killed    {what}   since {minute(killed.at)} by {killed.who}: {killed.reason}"
        for name, feature in sorted(found.file.features.items()):
            yield f"  feature   {name}   {feature.percent} %"
        if not found.file.killed:
            yield "  in service, all of it"
    for change in found.unrecorded:
        yield f"  not in the ledger: {change.what.value} {change.name} at {minute(change.at)} by {change.who}"
    for entry in found.owed:
        by = str(entry.details.get("back_fill_by"))
        late = "   OVERDUE" if found.now > datetime.fromisoformat(by) else ""
        yield f"  Git has to know by {minute(by)}: {entry.move} {entry.details.get('name')}{late}"


def _json(found: Standing) -> dict[str, Any]:
    file = found.file
    return {
        "environment": found.line.environment,
        "use_case": found.line.use_case,
        "place": found.place,
        "believed": file is not None,
        "distrust": found.distrust,
        "killed": {} if file is None else {name: one.reason for name, one in file.killed.items()},
        "features": {} if file is None else {name: one.percent for name, one in file.features.items()},
        "not_in_ledger": [change.id for change in found.unrecorded],
        "to_back_fill": [one.details.get("flags_change") for one in found.owed],
    }
