"""`shipway run`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from shipway.run.record import RunRecord

__all__ = ["command"]


@click.command("run")
@click.argument("use_case")
@click.option("--env", "environment", required=True, metavar="ENVIRONMENT", help="The environment.")
@click.option("--as-of", "as_of", metavar="DATE", default="", help="The business date, e.g. 2026-11-21; today without.")
@click.option(
    "--param", "parameters", multiple=True, metavar="NAME=VALUE", help="Another job parameter; can be repeated."
)
@click.option(
    "--call", "entry_point", metavar="ENTRY_POINT", default="", help="Not the job: this entry point of a slot's wheel."
)
@click.option(
    "--slot", type=click.Choice(["blue", "green"]), help="Whose wheel --call calls; without it, the active slot's."
)
@click.option("--json", "as_json", is_flag=True, help="Print the record of the run as JSON.")
def command(
    use_case: str,
    environment: str,
    as_of: str,
    parameters: tuple[str, ...],
    entry_point: str,
    slot: str | None,
    as_json: bool,
) -> None:
    """Run a use case's router job on this machine, as it is deployed in the sandbox.

    What runs is what the sandbox holds: the router's and the slots' jobs, the wheels in the volumes, the model versions
    in the registry; not what the documents say today. Tables are Delta files in .shipway/sandbox/tables. Databricks'
    clusters, schedules and access rights are not simulated. Each run leaves its logs and a record, run.json, in
    .shipway/sandbox/runs/<number>/.

    With --call it is one entry point of a slot's wheel, with that slot's parameters: training a model, say.

    \b
    Examples:
      shipway build claims-triage
      shipway run claims-triage --env dev --as-of 2026-11-20
      shipway run claims-triage --env dev --call train

    \b
    Exit codes:
      0    the run succeeded
      1    the command went wrong
      2    the run failed
      130  it was stopped; everything that it had started was ended
    """
    from shipway.cli._running import Wanted, run_use_case

    wanted = Wanted(Path.cwd(), use_case, environment, as_of, parameters, entry_point, slot or "")
    record: RunRecord = run_use_case(wanted, tell=lambda text: click.echo(text, err=as_json))
    click.echo(json.dumps(record.as_json(), indent=2) if as_json else _said(record))
    raise SystemExit(record.exit_code)


def _said(record: RunRecord) -> str:
    if record.called:
        return f"Run {record.number}: {record.job.result} in {record.job.seconds:.1f} s"
    slots = ", ".join(f"{slot} {run.release} {run.result}" for slot, run in record.slots.items()) or "no slot ran"
    return f"Run {record.number}: {record.job.result} in {record.job.seconds:.1f} s ({slots})"
