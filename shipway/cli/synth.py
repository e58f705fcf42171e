"""`shipway synth`."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path

import click

__all__ = ["command"]


@click.command("synth")
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write to.  [default: cdktf.out]")
@click.option("--no-cache", is_flag=True, help="Synthesize everything, also what has not changed.")
@click.option("--processes", type=click.IntRange(1), help="Apps to run side by side.  [default: one per core]")
@click.option("--check", is_flag=True, help="Only read and resolve the documents; write nothing, start no Node.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(out: Path | None, no_cache: bool, processes: int | None, check: bool, as_json: bool) -> None:
    """Turn the documents into Terraform: one stack per landing zone and per line.

    Reads environments/, bundles/ and releases/, refuses every mistake with its file, line and column, and writes
    cdktf.out/stacks/<stack>/cdk.tf.json. What has not changed since the last time is left as it is.

    \b
    Exit codes: 0 written (or nothing to do), 1 a mistake or a failure, 127 something is not installed.
    """
    from shipway.project import find_root

    root = find_root(Path.cwd())
    if check:
        _check(root, as_json)
        return
    from shipway.outside.app import CdktfApps
    from shipway.synth.run import synthesize

    started = time.perf_counter()
    result = synthesize(root, out or root / "cdktf.out", CdktfApps, cache=not no_cache, processes=processes or 0)
    if as_json:
        click.echo(json.dumps(result.as_json(), indent=2))
        return
    for name in result.synthesized:
        click.echo(f"  synthesized  {name}")
    for name in result.removed:
        click.echo(f"  removed      {name}")
    _say_who_waits(result.waiting)
    total = len(result.synthesized) + len(result.unchanged)
    took = time.perf_counter() - started
    click.echo(f"{total} stacks in {_short(result.out)}, {len(result.unchanged)} unchanged ({took:.1f} s)")


def _check(root: Path, as_json: bool) -> None:
    from shipway.models.load import load
    from shipway.models.resolve import resolve

    deployment = resolve(load(root))
    if as_json:
        click.echo(json.dumps(deployment.as_json(), indent=2))
        return
    _say_who_waits(deployment.waiting)
    click.echo(f"The documents declare {len(deployment.stacks)} stacks: {', '.join(s.name for s in deployment.stacks)}")


def _say_who_waits(environments: Sequence[str]) -> None:
    for name in environments:
        where = f"environments/{name}.yaml"
        click.echo(f"  left out     all of {name}: {where} has no workspace.url and id yet; deploy the stack account,")
        click.echo("               write there what `terraform -chdir=cdktf.out/stacks/account output` then says")


def _short(path: Path) -> str:
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
