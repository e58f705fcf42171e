"""`shipway apply`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shipway.errors import visible

if TYPE_CHECKING:
    from shipway.planset.carry_out import Applied
    from shipway.planset.verify import Opened, Refusal

__all__ = ["command"]


@click.command("apply")
@click.argument("plan_set", default="")
@click.option("--approved", metavar="DIGEST", help="The digest that was approved, or its first 12 digits.")
@click.option("--live", is_flag=True, help="Apply to the declared workspaces instead of the sandbox.")
@click.option("--check", is_flag=True, help="Only say whether it could be applied.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def command(plan_set: str, approved: str | None, live: bool, check: bool, yes: bool, as_json: bool) -> None:
    """Apply exactly what `shipway plan` wrote and somebody reviewed.

    PLAN_SET is a folder, or the beginning of its digest; without it, the newest one. Before anything is applied every
    file is held against its digest, each stack's saved plan against the configuration and the state it was made for,
    and the whole against this commit, these rules, this target and the clock. One reason against it, and nothing is
    applied. A plan set is good for 24 hours and is used once.

    \b
    Examples:
      shipway plan --env prod                       writes a plan set and prints its digest
      shipway apply                                 the newest one, after asking
      shipway apply --approved 3f2a9c0d1e44 --yes   in CI: only if it is the one that was approved

    \b
    Exit codes: 0 applied, 1 a failure, 3 nobody approved, 4 refused, 127 something is not installed.
    """
    from shipway.cli._confirming import agreed
    from shipway.cli._flow import Flow
    from shipway.cli._lines import lines_of
    from shipway.cli._plan_sets import apply, find, home, surroundings
    from shipway.planset.record import only_one
    from shipway.planset.verify import Refused, approved_digest, open_plan_set, refusals
    from shipway.project import find_root

    wanted = "" if approved is None else approved_digest(approved)
    if as_json and not (yes or check):
        raise click.UsageError("--json cannot ask; add --yes")
    root = find_root(Path.cwd())
    try:
        opened = open_plan_set(find(root, plan_set))
    except Refused as error:
        _refuse(error.refusals, as_json)
    with only_one(home(root)), Flow.open(live=live, synthesized=root / "cdktf.out", quiet=as_json) as flow:
        lines = lines_of(root, [part.stack for part in opened.manifest.stacks], is_live=live).refuse_wrong()
        against = refusals(opened, surroundings(flow, opened, wanted, lines))
        if against:
            _refuse(against, as_json)
        _describe(opened, as_json)
        if check:
            return
        if not yes and not agreed(f"Apply this to {flow.target.name}?"):
            raise SystemExit(3)
        _say(opened, apply(flow, opened, lines), as_json)


def _refuse(against: Sequence[Refusal], as_json: bool) -> None:
    if as_json:
        found = [{"reason": one.reason.value, "message": one.message, "hint": one.hint} for one in against]
        click.echo(json.dumps({"schema": "shipway/apply/v1", "refused": found}, indent=2))
    for one in against:
        click.echo(visible(f"Refused ({one.reason}): {one.message}\n  {one.hint}"), err=True)
    click.echo("Nothing was applied.", err=True)
    raise SystemExit(4)


def _describe(opened: Opened, as_json: bool) -> None:
    if as_json:
        return
    manifest = opened.manifest
    click.echo(f"Plan set {opened.digest}")
    click.echo(f"  {manifest.outcome}, highest class {manifest.change_class}, against {manifest.target}")
    click.echo(f"  planned {manifest.created:%Y-%m-%d %H:%M} UTC, good until {manifest.expires:%Y-%m-%d %H:%M} UTC")
    for part in manifest.stacks:
        click.echo(f"  {part.stack}: {'changes' if part.changes else 'nothing to do'}")


def _say(opened: Opened, done: Sequence[Applied], as_json: bool) -> None:
    if as_json:
        applied = [{"stack": item.stack, "serial": item.after, "replanned": item.replanned} for item in done]
        click.echo(json.dumps({"schema": "shipway/apply/v1", "plan_set": opened.digest, "applied": applied}, indent=2))
    else:
        click.secho(f"Applied {opened.digest[:12]}: {', '.join(item.stack for item in done)}.", fg="green")
