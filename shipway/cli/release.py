"""`shipway release`."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import click

from shipway.cli._release_applying import apply, carried_out, committed
from shipway.cli._release_approving import approve
from shipway.cli._release_judging import judge
from shipway.cli._release_reading import diagram, explain, history, status
from shipway.cli._release_rehearsing import rehearse
from shipway.cli._release_reporting import report
from shipway.errors import visible

if TYPE_CHECKING:
    from shipway.cli._releasing import Session
    from shipway.models.release import Release
    from shipway.release.moves import Gate, Move

__all__ = ["command"]

_CODES = """

    \b
    Exit codes: 0 done (or, of a dry run, it could be), 1 a failure, 3 a dry run of what somebody has to approve,
    4 refused: the plan does more than this move, a gate is UNDECIDED or FAILED, or nobody agreed, 5 the plan could
    not be judged, 127 something is not installed.
"""


_OVERRIDE = "Skip this gate, for this move; --reason says why, with a code OV-…. It is recorded."


@click.group("release")
def command() -> None:
    """Bring a release into a line, step by step, and take it back for certain.

    Each move edits the manifest releases/<environment>/<use-case>.yaml, plans that one stack, proves that the plan is
    exactly this move, writes down how it is taken back, and then applies it. What the plan does beyond the move refuses
    it.

    \b
      shipway release admit claims-triage --env test --from dev --reason RC-FEATURE
      shipway release shadow claims-triage --env test          then canary, step, flip, stabilise, retire
      shipway release rollback claims-triage --env test        takes it back, from a canary on
      shipway release status claims-triage --env test
    """


def _line_options(function: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON."),
        click.option("--live", is_flag=True, help="The declared workspaces instead of the sandbox."),
        click.option("--env", "environment", required=True, metavar="ENVIRONMENT", help="The environment."),
        click.argument("use_case"),
    ):
        function = option(function)
    return function


def _move_options(function: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--note", default="", metavar="TEXT", help="What the code does not say."),
        click.option("--reason", default="", metavar="CODE", help="Why, by a code of the list; a wrong one prints it."),
        click.option("--quiet", "-q", is_flag=True, help="Show neither the review nor the steps."),
        click.option(
            "--confirm",
            "confirmed",
            multiple=True,
            metavar="NAME",
            help="With --live: a protected environment to move.",
        ),
        click.option("--yes", "-y", is_flag=True, help="Apply without asking."),
        click.option("--dry-run", is_flag=True, help="Show all of it, change nothing."),
    ):
        function = option(function)
    return _line_options(function)


def _onwards(name: str, summary: str) -> None:
    """A command for a move that needs no more than to be named."""

    @click.option("--override", multiple=True, metavar="GATE", help=_OVERRIDE)
    def move(**given: Any) -> None:
        _make(name, **given)

    move.__doc__ = f"{summary}\n{_CODES}"
    command.command(name)(_move_options(move))


@command.command("admit")
@click.option("--from", "source", metavar="ENVIRONMENT", help="The release that is live there.")
@click.option("--release", "release_id", metavar="ID", help="The release of that name, in any environment of the line.")
@click.option("--version", help="A new release: its wheel's version …")
@click.option("--wheel-sha256", metavar="HEX", help="… its wheel's SHA-256 …")
@click.option("--model-version", type=int, help="… and its model's version.")
@click.option("--prompt-version", type=int, help="Of an agent: the prompt's version …")
@click.option("--prompt-sha256", metavar="HEX", help="… and its text's SHA-256.")
@click.option("--override", multiple=True, metavar="GATE", help=_OVERRIDE)
@_move_options
def admit(**given: Any) -> None:
    """Put a release into the slot that waits. Nothing of it runs yet.

    Which release: the one that is live in another environment (--from), one that the line has somewhere (--release), or
    a new one (--version, --wheel-sha256, --model-version).
    """
    source, release_id = given.pop("source"), given.pop("release_id")
    names = ("version", "wheel_sha256", "model_version", "prompt_version", "prompt_sha256")
    parts = {name: given.pop(name) for name in names}
    _make("admit", chosen=(source, release_id, parts), **given)


_onwards("shadow", "Let the candidate run beside the live release, on the same input. Consumers see nothing of it.")
_onwards("canary", "Give the first share of keys to the candidate.")
_onwards("step", "Give the next share of keys to the candidate; those it has, it keeps.")
_onwards("flip", "Give all keys to the candidate. The old release keeps running, so that it can come back whole.")
_onwards("stabilise", "Say that the new release has proven itself.")
_onwards("retire", "Stop the old release. From here on going back is a release of its own.")
_onwards("abort", "Take the candidate out again, before any consumer has seen it.")
_onwards("resume", "Go on where the line was held.")


@command.command("rollback")
@click.option("--anew", is_flag=True, help="Go back from what is there now: synthesize anew, and ask.")
@_move_options
def rollback(**given: Any) -> None:
    """Give all keys back to the stable release, and bar the other one from coming again.

    What it applies was written down before the release went out. If the plan is that, to the byte, nobody is asked; it
    needs neither Git nor the documents of other lines. Six assertions then say whether what is there is what there was.
    Without --reason it is RB-INCIDENT.
    """
    _make("rollback", **given)


@command.command("hold")
@_move_options
def hold(**given: Any) -> None:
    """Stand still, with a reason: until `resume`, only the ways back go on from there. Needs no Terraform."""
    _make("hold", **given)


def _switch(name: str, summary: str) -> None:
    """A command for the kill switch: a flags file, no Terraform."""

    @click.option("--component", metavar="NAME", help="A task of its job, or a part that its code asks for.")
    @click.option("--all", "everything", is_flag=True, help="All of the use case.")
    @click.option("--reason", required=True, metavar="TEXT", help="Why, for who reads it later.")
    @_line_options
    def switch(
        use_case: str,
        environment: str,
        live: bool,
        as_json: bool,
        component: str | None,
        everything: bool,
        reason: str,
    ) -> None:
        from shipway.cli._switching import change_json, change_text, open_switches

        if (component is None) is not everything:
            raise click.UsageError("say what: --component NAME, or --all")
        switches = open_switches(use_case, environment, live=live)
        change = (switches.kill if name == "kill" else switches.unkill)(component or "*", reason)
        click.echo(json.dumps(change_json(change), indent=2) if as_json else visible(change_text(switches, change)))

    switch.__doc__ = summary
    command.command(name)(switch)


_switch(
    "kill",
    """Take a component out of service at once. Needs no Terraform, no Git and nobody's agreement.

    Its code takes the safe path from when it looks at its flags again, after half a minute. Git has to know within the
    hour: `shipway flags status` says what it does not know. `shipway release unkill` brings the component back.
    """,
)
_switch("unkill", "Put a component back into service. It has to be killed, and what else is killed stays out.")


def _make(
    name: str,
    *,
    environment: str,
    use_case: str,
    live: bool,
    as_json: bool,
    dry_run: bool,
    yes: bool,
    confirmed: tuple[str, ...],
    quiet: bool,
    reason: str,
    note: str,
    override: tuple[str, ...] = (),
    chosen: tuple[str | None, str | None, dict[str, Any]] | None = None,
    anew: bool = False,
) -> None:
    with ExitStack() as opened:
        place = None
        if name == "rollback" and not anew:
            # First of all: it goes on while all that is named below is imported.
            from shipway.cli._early import begin_way_back

            place = opened.enter_context(begin_way_back(environment, use_case, is_live=live))
        from shipway.cli._releasing import Answers, Session, line_of
        from shipway.release.line import Request
        from shipway.release.moves import Move
        from shipway.release.reasons import reason_for

        move = Move(name)
        if as_json and not (yes or dry_run or move is Move.ROLLBACK):
            raise click.UsageError("--json cannot ask; add --yes or --dry-run")
        why = reason_for(move, reason, note, overriding=bool(override))
        line = line_of(environment, use_case)
        answers = Answers(live=live, yes=yes, confirmed=confirmed, quiet=quiet or as_json)
        session = opened.enter_context(Session.open(line, answers, place=place))
        request = Request(
            move,
            why,
            candidate=_chosen(session, chosen) if chosen else None,
            hold=why,
            overrides=_gates(override, move) if override else (),
            dry_run=dry_run,
            anew=anew,
        )
        carried_out(session, request, as_json=as_json)


def _chosen(session: Session, chosen: tuple[str | None, str | None, dict[str, Any]]) -> Release:
    from shipway.cli._release_choice import chosen_release

    return chosen_release(session.documents, session.line, *chosen)


def _gates(names: tuple[str, ...], move: Move) -> tuple[Gate, ...]:
    from shipway.cli._release_choice import gate_named

    return tuple(gate_named(name, move) for name in names)


@command.command("plan")
@_line_options
def plan(environment: str, use_case: str, live: bool, as_json: bool) -> None:
    """Show what the next move would do: the one that the manifest is ahead by, else the next one onwards."""
    from shipway.cli._releasing import Answers, Session, line_of
    from shipway.release.committed import committed_move
    from shipway.release.machine import next_move

    line = line_of(environment, use_case)
    with Session.open(line, Answers(live=live, quiet=True)) as session:
        request = committed_move(line, session.terms, session.ports, "", dry_run=True)
        onwards = None if request else next_move(session.manifest, session.terms.percents)
    if request is not None:
        committed(environment, use_case, Answers(live=live, quiet=as_json), "", dry_run=True, as_json=as_json)
    if onwards is None:
        raise click.UsageError(f"{line} is at rest; name what to bring in: shipway release admit --dry-run")
    given: dict[str, Any] = {"dry_run": True, "yes": False, "confirmed": (), "quiet": False, "reason": "", "note": ""}
    _make(onwards.value, environment=environment, use_case=use_case, live=live, as_json=as_json, **given)


for _other in (apply, status, history, explain, diagram, judge, rehearse, report, approve):
    command.add_command(_other)
