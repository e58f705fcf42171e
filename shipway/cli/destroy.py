"""`shipway destroy`."""

from __future__ import annotations

import click

__all__ = ["command"]


@click.command("destroy")
@click.argument("stacks", nargs=-1, metavar="[STACK]...")
@click.option("--env", "environment", help="Every stack of this environment, what was deployed last first.")
@click.option("--live", is_flag=True, help="Destroy in the declared workspaces instead of the sandbox.")
@click.option("--confirm", "confirmed", multiple=True, metavar="NAME", help="The name that would be asked for.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON; needs --confirm.")
def command(
    stacks: tuple[str, ...], environment: str | None, live: bool, confirmed: tuple[str, ...], as_json: bool
) -> None:
    """Destroy stacks: plan it, show what is lost, refuse what is protected, ask for the name, apply that plan.

    In a protected environment nothing is destroyed that holds data or closes a door, until a waiver of R40 in its
    document says who answers for it, why and until when; the refusal prints the waiver to write.

    A stack that is declared no more is destroyed by its name, as long as its environment is declared.

    \b
    Examples:
      shipway destroy dev-claims-triage
      shipway destroy --env dev --confirm dev

    \b
    Exit codes: 0 destroyed (or nothing to destroy), 1 a failure, 4 refused or not confirmed,
    5 a plan could not be judged, 127 something is not installed.
    """
    from shipway.cli._destroying import choose_stacks, destroy
    from shipway.cli._flow import Flow

    if not stacks and environment is None:
        raise click.UsageError("name stacks, or an environment with --env")
    if as_json and not confirmed:
        raise click.UsageError("--json cannot ask; add --confirm")
    with Flow.open(live=live, quiet=as_json) as flow:
        raise SystemExit(destroy(flow, choose_stacks(flow, stacks, environment), confirmed=confirmed, as_json=as_json))
