"""`shipway release report`."""

from __future__ import annotations

import click

__all__ = ["report"]

_REPORTED = ("task-success", "sla", "contract", "rejections", "incident")


@click.command("report")
@click.argument("use_case")
@click.option("--env", "environment", required=True, metavar="ENVIRONMENT", help="The environment.")
@click.option("--trigger", type=click.Choice(_REPORTED), required=True, help="What it is about.")
@click.option("--undecided", is_flag=True, help="It may be nothing: hold the line, do not take the release back.")
@click.option("--reason", required=True, metavar="TEXT", help="What was seen, for whoever reads it later.")
def report(use_case: str, environment: str, trigger: str, undecided: bool, reason: str) -> None:
    """Say that something speaks against the release that is under way: an incident, a missed service level, bad data.

    The next look of `shipway watch` takes it back for that, or holds the line where it is --undecided. Monitoring
    calls this too.
    """
    from shipway.cli._releasing import Answers, Session, line_of
    from shipway.cli.watch import reports_of
    from shipway.errors import visible
    from shipway.verdict import Verdict
    from shipway.watch.signals import Signal, Trigger

    line = line_of(environment, use_case)
    with Session.open(line, Answers(quiet=True)) as session:
        ports, manifest = session.ports, session.manifest
    verdict = Verdict.UNDECIDED if undecided else Verdict.FAILED
    at = ports.clock().isoformat()
    reports_of(line).write(Signal(Trigger(trigger), verdict, reason, at, ports.actor, manifest.candidate.id))
    now = f"Act on it now: shipway watch {use_case} --env {environment}"
    click.echo(visible(f"Reported about {manifest.candidate.id} of {line}. {now}"))
