"""`shipway watch`."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, NoReturn

import click

from shipway.errors import ShipwayError, visible

if TYPE_CHECKING:
    from shipway.cli._releasing import Session
    from shipway.release.line import Line
    from shipway.watch.decide import Decision
    from shipway.watch.signals import Reports, Signal

__all__ = ["command", "reports_of"]


@click.command("watch")
@click.argument("use_case", required=False)
@click.option("--env", "environment", required=True, metavar="ENVIRONMENT", help="The environment.")
@click.option("--every", metavar="SECONDS", type=click.IntRange(min=1), help="Again and again.  [default: once]")
@click.option("--propose", is_flag=True, help="Only say what it would do, whatever the bundles say.")
@click.option("--no-drift", is_flag=True, help="Do not plan the lines to see whether somebody else changed them.")
@click.option("--job", "in_job", is_flag=True, help="One round of the deployed watcher's job, on this machine.")
@click.option("--live", is_flag=True, help="The declared workspaces instead of the sandbox.")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON for each line.")
def command(
    use_case: str | None,
    environment: str,
    every: int | None,
    propose: bool,
    no_drift: bool,
    in_job: bool,
    live: bool,
    as_json: bool,
) -> None:
    """Look at every line that is under way, and take back what fails.

    It lets the judge take the look that is due, and reads runs, drift and what was reported (`shipway release report`).
    Where something FAILED the release goes back: by rollback from a canary on, by abort before. What stays UNDECIDED
    holds the line for a person. A bundle can have it only propose (`release: watcher: propose`), and so it is where the
    risk is low. What cannot be read is said, and keeps it from nothing that the rest asks for.

    \b
    Exit codes: 0 nothing to do, 1 a failure, or something could not be read, 2 something was done or is proposed.
    """
    if in_job:
        _one_round_of_the_job(environment, others=bool(use_case or every or propose or no_drift or live or as_json))
    codes = {0}
    while True:
        for answer in _round(use_case, environment, propose=propose, drift=not no_drift, live=live):
            codes.add(int(answer["code"]))
            click.echo(json.dumps(answer) if as_json else visible(_text(answer)))
        if every is None:
            raise SystemExit(1 if 1 in codes else max(codes))
        time.sleep(every)


def _one_round_of_the_job(environment: str, *, others: bool) -> NoReturn:
    from shipway.cli._watch_job import run_job

    if others:
        raise click.UsageError("--job takes --env alone: the job says and does what its wheel holds")
    code, said = run_job(environment)
    click.echo(visible(said), nl=False)
    raise SystemExit(2 if code else 0)


def reports_of(line: Line) -> Reports:
    """Where reports about a line are kept."""
    from shipway.watch.signals import Reports

    return Reports(line.root / ".shipway" / "reports" / f"{line.stack}.jsonl")


def _round(
    use_case: str | None, environment: str, *, propose: bool, drift: bool, live: bool
) -> Iterator[dict[str, Any]]:
    from shipway.cli._releasing import Answers, Session, line_of

    for name in _under_way(use_case, environment):
        line = line_of(environment, name)
        try:
            with Session.open(line, Answers(live=live, yes=True, quiet=True)) as session:
                yield _watched(session, propose=propose, drift=drift)
        except ShipwayError as error:
            # One line that cannot be looked at must not keep the others from being watched.
            yield {"line": f"{environment}/{name}", "decision": "none", "error": str(error), "signals": [], "code": 1}


def _under_way(use_case: str | None, environment: str) -> list[str]:
    from pathlib import Path

    from shipway.cli._releasing import read_documents
    from shipway.models.release import Phase
    from shipway.project import find_root

    if use_case is not None:
        return [use_case]
    releases = read_documents(find_root(Path.cwd())).releases
    here = [(name, found) for (place, name), found in releases.items() if place == environment]
    if not here:
        raise ShipwayError(f"no line is declared in {environment!r}", "see releases/<environment>/")
    return [name for name, found in here if found.model.phase is not Phase.AT_REST]


def _watched(session: Session, *, propose: bool, drift: bool) -> dict[str, Any]:
    from shipway.cli._watch_papers import hand_over
    from shipway.release.carry_out import carry_out
    from shipway.release.line import Request
    from shipway.watch.decide import decide

    line, manifest = session.line, session.manifest
    # What an earlier command could not tell the job, it is told now.
    hand_over(session)
    unread: list[str] = []
    signals = list(_signals(session, unread, drift=drift))
    decision = decide(manifest.phase, manifest.hold is not None, signals)
    bundle = session.known_documents.bundles[line.use_case].model
    acts = not propose and bundle.release.watcher_acts(bundle.risk)
    answer: dict[str, Any] = {
        "schema": "shipway/watch/v1",
        "line": "/".join(line.key),
        "phase": manifest.phase.value,
        "percent": manifest.percent,
        "signals": [_told(one) for one in signals],
        "unread": unread,
        "decision": decision.move.value if decision.move else "none",
        "code": 2 if decision.move else 1 if unread else 0,
    }
    if decision.move is None:
        return answer
    if acts:
        why = f"{decision.reason}: {_why(decision)}"
        carry_out(line, session.terms, Request(decision.move, why, hold=why), session.ports)
        hand_over(session)
    return {
        **answer,
        "done": acts,
        "command": f"shipway release {decision.move.value} {line.use_case} "
        f"--env {line.environment} --reason {decision.reason}",
    }


def _why(decision: Decision) -> str:
    return "; ".join(one.reason for one in decision.because)[:300]


def _signals(session: Session, unread: list[str], *, drift: bool) -> Iterator[Signal]:
    """What speaks against the release; what could not be asked goes to `unread`, and the rest is asked all the same."""
    from datetime import datetime

    from shipway.cli._release_judging import judged
    from shipway.cli._watch_papers import reports_of_job
    from shipway.ledger.fold import fold
    from shipway.release.status import status_of
    from shipway.watch.look import of_judge, of_runs
    from shipway.watch.ways import of_ways

    line, ports, manifest = session.line, session.ports, session.manifest
    candidate, stable = manifest.candidate.id, manifest.stable.id
    recorded = fold(ports.ledger.entries(line.use_case), line.key)
    if recorded.phase_since:
        since = datetime.fromisoformat(recorded.phase_since)
        yield from reports_of(line).since(since, (candidate,))
        yield from _asked(unread, lambda: reports_of_job(session, candidate, since))
        yield from _asked(unread, lambda: of_runs(candidate, stable, session.facts.runs(since), since))
        if manifest.phase.both_run:
            yield from _asked(unread, lambda: of_judge(judged(session)))
    if drift:
        yield from _asked(unread, lambda: of_ways(status_of(line, session.terms, ports).ways))


def _asked(unread: list[str], question: Callable[[], Iterable[Signal]]) -> list[Signal]:
    try:
        return list(question())
    except ShipwayError as error:
        if error.message not in unread:
            unread.append(error.message)
        return []


def _told(signal: Signal) -> dict[str, str]:
    told = {"trigger": signal.trigger.value, "verdict": signal.verdict.name, "reason": signal.reason}
    return {**told, "by": signal.by} if signal.by else told


def _text(answer: dict[str, Any]) -> str:
    where = f"{answer.get('phase', '')}" + (f" at {answer['percent']} %" if answer.get("percent") else "")
    lines = [f"{answer['line']}  {where}".rstrip()]
    for one in answer["signals"]:
        by = f" ({one['by']})" if "by" in one else ""
        lines.append(f"  {one['verdict']:9} {one['trigger']}: {one['reason']}{by}")
    lines += [f"  not read: {why}" for why in answer.get("unread", ())]
    if "error" in answer:
        lines.append(f"  not watched: {answer['error']}")
    elif answer["decision"] == "none":
        lines.append("  nothing more is known" if answer["unread"] else "  nothing to do")
    elif answer["done"]:
        lines.append(f"  done: {answer['decision']}")
    else:
        lines.append(f"  proposed: {answer['command']}")
    return "\n".join(lines)
