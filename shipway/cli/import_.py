"""`shipway import`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

__all__ = ["command"]


@click.command("import")
@click.option("--env", "environment", required=True, metavar="ENVIRONMENT", help="What the environment is called here.")
@click.option(
    "--from",
    "source",
    default="live",
    show_default=True,
    metavar="live|sandbox|FOLDER",
    help="Ask the workspace, the sandbox, or a folder with a recorded workspace.",
)
@click.option("--url", metavar="URL", help="The workspace's address, where no environment's document says it.")
@click.option(
    "--workspace-id", metavar="ID", help="The workspace's id, where neither a document nor the source says it."
)
@click.option(
    "--record",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep what the live workspace answers in this new folder, which --from takes.",
)
@click.option("--write", is_flag=True, help="Write the documents into this project.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write them into this folder instead.")
@click.option(
    "--waive-until",
    metavar="YYYY-MM-DD",
    type=click.DateTime(["%Y-%m-%d"]),
    help="With --write: also waive, until that day, the rules that what was found does not keep.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the whole report as JSON.")
def command(
    environment: str,
    source: str,
    url: str | None,
    workspace_id: str | None,
    record: Path | None,
    write: bool,
    out: Path | None,
    waive_until: datetime | None,
    as_json: bool,
) -> None:
    """Read a workspace and declare what is in it, exactly as it is. Changes nothing in it.

    Writes adopted/<environment>.yaml, from which the stack <environment>-adopted is made: every object with the block
    by which Terraform takes it over, so that the first plan imports and creates, changes and destroys nothing. What
    cannot be declared is listed with its reason, here and in the report beside the document. Without --write or --out
    only the report is printed.

    \b
    Examples:
      shipway import --env legacy --url https://legacy.cloud.databricks.com          look only
      shipway import --env legacy --url https://legacy.cloud.databricks.com --write
      shipway import --env legacy --url https://legacy.cloud.databricks.com --write --waive-until 2027-06-30
      shipway plan legacy-adopted --live                                             only imports
      shipway import --env dev --from sandbox --out /tmp/found                       what dev has and nobody declares

    \b
    Exit codes:
      0  all that was found is declared
      1  the command went wrong, and nothing was written
      2  something is left out that somebody has to look after; what could be declared was written
      5  not everything could be read
    """
    from shipway.cli._adopting import Import

    if record is not None and source != "live":
        raise click.UsageError("--record keeps what a live workspace answers: not with --from")
    if waive_until is not None and not write:
        raise click.UsageError("--waive-until needs --write: waivers are for what is declared here")
    if write and out is not None:
        raise click.UsageError("--write writes into this project, --out somewhere else: give one of the two")

    def tell(line: str) -> None:
        click.echo(f"  … {line}", err=True)

    run = Import.open(environment, source, url or "", workspace_id or "", tell, record)
    folder = run.root if write else out
    written = run.write(folder) if folder is not None else ()
    if waive_until is not None:
        count = run.waive(waive_until.date())
        click.echo(f"  … {count} rules waived until {waive_until.date()} in adopted/{environment}.yaml", err=True)
    click.echo(run.report_json() if as_json else run.report_text(written))
    raise SystemExit(run.exit_code)
