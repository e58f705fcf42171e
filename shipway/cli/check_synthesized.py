"""`shipway check-synthesized`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from shipway.errors import visible

__all__ = ["command"]


@click.command("check-synthesized")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(folder: Path, as_json: bool) -> None:
    """Say whether a folder that somebody else synthesized may be planned with an identity.

    Runs none of its code and follows none of its links. Each stack is held against what the documents of this checkout
    declare: providers, hosts, backend and names as declared, plain references only, nothing that runs a program, reads
    a file or opens a connection. `shipway plan --synthesized` does the same by itself.

    \b
    Exit codes: 0 nothing is against it, 1 a failure, 4 refused.
    """
    from shipway.cli._intake import look
    from shipway.project import find_root

    found = look(find_root(Path.cwd()), folder)
    if as_json:
        refused = [one.as_json() for one in found.objections]
        answer = {"schema": "shipway/check-synthesized/v1", "sound": list(found.stacks), "refused": refused}
        click.echo(json.dumps(answer, indent=2))
    else:
        for one in found.objections:
            click.echo(f"{visible(str(one))}\n", err=True)
        click.echo(f"{len(found.stacks)} stacks can be planned, {len(found.objections)} refusals")
    raise SystemExit(4 if found.objections else 0)
