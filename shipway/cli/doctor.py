"""`shipway doctor`."""

from __future__ import annotations

import json
from pathlib import Path

import click

__all__ = ["command"]

_SIGNS = {"ok": ("ok", "green"), "warning": ("!!", "yellow"), "missing": ("--", "red")}


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print the checks as JSON.")
def command(as_json: bool) -> None:
    """Say what is missing on this machine, what needs it, and how to get it.

    Nothing is changed. What is missing is needed only by the commands named beside it: without Terraform, for
    example, synth, scan and the synth-level review still work.

    \b
    Exit codes: 0 everything is here, 127 something is missing (warnings do not count).
    """
    from shipway.outside.machine import Health, check_machine
    from shipway.project import find_root

    checks = list(check_machine(find_root(Path.cwd())))
    missing = [check for check in checks if check.health is Health.MISSING]
    if as_json:
        checks_json = [check.as_json() for check in checks]
        click.echo(json.dumps({"schema": "shipway/doctor/v1", "checks": checks_json}, indent=2))
    else:
        for check in checks:
            sign, colour = _SIGNS[check.health]
            click.echo(f"  {click.style(sign, fg=colour)}  {check.name}: {check.found}")
            if check.health is not Health.OK:
                click.echo(f"      needed for: {check.needed_for}\n      next: {check.next}")
        said = f"{len(missing)} missing" if missing else "Everything is here"
        click.echo(f"{said}.")
    raise SystemExit(127 if missing else 0)
