"""`shipway build`."""

from __future__ import annotations

import json
from pathlib import Path

import click

__all__ = ["command"]


@click.command("build")
@click.argument("use_case")
@click.option("--env", "environments", multiple=True, metavar="ENVIRONMENT", help="Only there; can be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(use_case: str, environments: tuple[str, ...], as_json: bool) -> None:
    """Build the wheel of a use case, and put it into the sandbox's volumes.

    The same sources give the same bytes on every machine, so version and digest are what a manifest says of a release.
    The wheel goes to where the jobs of each environment look for it, by its digest. A version is built once: other
    bytes under a version that is there already are refused.

    \b
    Examples:
      shipway build claims-triage
      shipway build claims-triage --env dev --json
    """
    from shipway.cli._building import build

    built = build(Path.cwd(), use_case, environments)
    if as_json:
        click.echo(json.dumps(built.as_json(), indent=2))
        return
    click.echo(f"version: {built.wheel.version}")
    click.echo(f"wheel_sha256: {built.wheel.sha256}")
    for file, is_new in built.placed:
        click.echo(f"  {'put' if is_new else 'there already'}: {file}")
