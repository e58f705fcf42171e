"""`shipway deploy`."""

from __future__ import annotations

import click

__all__ = ["command"]


@click.command("deploy")
@click.argument("stacks", nargs=-1, metavar="[STACK]...")
@click.option("--env", "environment", help="Only the stacks of this environment, or `account`.")
@click.option("--live", is_flag=True, help="Deploy to the declared workspaces instead of the sandbox.")
@click.option("--yes", "-y", is_flag=True, help="Apply without asking.")
@click.option(
    "--confirm",
    "confirmed",
    multiple=True,
    metavar="NAME",
    help="A protected environment, or `account`, to change without asking; with --live, --yes is not enough there.",
)
@click.option("--quiet", "-q", is_flag=True, help="Do not show the review before applying.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON; needs --yes.")
def command(
    stacks: tuple[str, ...],
    environment: str | None,
    live: bool,
    yes: bool,
    confirmed: tuple[str, ...],
    quiet: bool,
    as_json: bool,
) -> None:
    """Synthesize, scan, plan, review, ask, and apply exactly the plan that was shown.

    The account comes first, then landing zones, then lines: a line looks up what the other two made. A finding of the
    scan of severity medium or higher stops the deploy before anything is planned. If the state moves on between plan
    and apply, Terraform refuses the stale plan and nothing is changed.

    With --live a protected environment (`protected: true`, and the account always) wants its name typed, or given with
    --confirm. That keeps accidents away and is no approval: who may approve is decided where this runs.

    Without --live this is the sandbox of this folder. `cdktf deploy` works as well (`shipway sandbox exec -- cdktf
    deploy <stack>`), but plans anew when it applies.

    A line's first deploy begins its record. From then on a line whose manifest was edited is left out, with the command
    that carries out the move; a manifest to which no single move leads stops the deploy.

    \b
    Exit codes: 0 deployed (or nothing to do), 1 a failure, 2 findings stopped it, 3 deployed, but for moves of
    releases, which are listed, 4 blocked or not confirmed, 5 a plan could not be judged, 127 something is not
    installed.
    """
    from shipway.cli._flow import Flow, deploy

    if as_json and not yes:
        raise click.UsageError("--json cannot ask; add --yes")
    with Flow.open(live=live, quiet=as_json) as flow:
        chosen = flow.choose(stacks, environment)
        raise SystemExit(deploy(flow, chosen, yes=yes, quiet=quiet, as_json=as_json, confirmed=confirmed, named=stacks))
