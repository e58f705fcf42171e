"""`shipway plan`."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["command"]


@click.command("plan")
@click.argument("stacks", nargs=-1, metavar="[STACK]...")
@click.option("--env", "environment", help="Only the stacks of this environment, or `account`.")
@click.option("--live", is_flag=True, help="Plan against the declared workspaces instead of the sandbox.")
@click.option("--refresh/--no-refresh", default=True, help="Ask the workspace what it really has.  [default: refresh]")
@click.option(
    "--synthesized",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Plan this synthesized folder, once it is checked, running none of the project's code.",
)
@click.option("--markdown", type=click.Path(dir_okay=False, path_type=Path), help="Also write the review here.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the plan set to this folder, which must not exist.")
@click.option("--json", "as_json", is_flag=True, help="Print the review as JSON.")
def command(
    stacks: tuple[str, ...],
    environment: str | None,
    live: bool,
    refresh: bool,
    synthesized: Path | None,
    markdown: Path | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Synthesize, plan with Terraform, and show what a reviewer must know. Changes nothing.

    What can be applied is kept as a plan set: the saved plans, the review and the scan under one digest, which
    `shipway apply` applies exactly and once.

    Without --live the plan is made in the sandbox of this folder: no cloud account, no credentials.

    A line whose manifest is a move of a release is left out, with the command that carries it out: a move has a proof,
    gates and a record, and a plan set has not. Of a folder given with --synthesized all is planned, nothing is kept.

    \b
    Examples:
      shipway plan                        everything, in the sandbox
      shipway plan prod-claims-triage     one stack
      shipway plan --env prod --live      an environment's stacks, against its workspace

    \b
    Exit codes: 0 nothing to do, 1 a failure, 2 changes that need nobody, 3 somebody must approve, or a move is left
    out, 4 blocked, or a manifest to which no move leads, 5 a plan could not be judged, 127 something is not installed.
    """
    from shipway.cli._flow import LEFT_OUT, Flow, exit_code, explain, without_moved
    from shipway.cli._intake import checked
    from shipway.cli._lines import Lines, lines_of, say_ahead, say_only_moves, say_unrecorded
    from shipway.cli._plan_sets import save
    from shipway.project import find_root

    foreign = synthesized is not None
    if foreign and out is not None:
        raise click.UsageError("--out keeps what is applied, and nothing of --synthesized is")
    if synthesized is not None:
        # Somebody else's: only what the documents here allow reaches Terraform, as a copy.
        synthesized = checked(find_root(Path.cwd()), synthesized, stacks, environment)
    with Flow.open(live=live, synthesized=synthesized, quiet=as_json) as flow:
        chosen = flow.choose(stacks, environment)
        # The manifests here are not those that it was synthesized from.
        lines = Lines(tuple(chosen), ()) if foreign else lines_of(flow.root, chosen, is_live=live).refuse_wrong()
        say_ahead(lines.ahead, is_live=live)
        say_unrecorded(lines, is_live=live)
        planned = flow.plan(lines.stacks, refresh=refresh)
        if not foreign:
            lines, planned = without_moved(flow, lines, planned, stacks)
        if not lines.stacks:
            say_only_moves(lines.ahead, as_json=as_json)
            raise SystemExit(LEFT_OUT)
        scanned = flow.scan(lines.stacks)
        read = flow.read(planned)
        review = flow.review(read, scanned)
        written = None if foreign else save(flow, planned, read, review, scanned, out)
        flow.show(review, as_json=as_json, markdown=markdown)
        explain(planned)
        flow.warn_of_orphans()
        if written is not None:
            _say_where(written, out)
        code = exit_code(review, planned)
        raise SystemExit(LEFT_OUT if lines.ahead and code in (0, 2) else code)


def _say_where(digest: str, out: Path | None) -> None:
    name = digest[:12] if out is None else out
    click.echo(f"Plan set {digest}\n  to apply exactly this, once, within 24 hours: shipway apply {name}", err=True)
