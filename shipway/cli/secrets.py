"""`shipway secrets`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shipway.errors import visible

if TYPE_CHECKING:
    from shipway.models.load import Documents
    from shipway.outside.hooks import ProgramHooks
    from shipway.rotation.record import FileRecord
    from shipway.rotation.runbook import Rotation
    from shipway.rotation.seams import Occasion, SecretStore, SecretValue

__all__ = ["command"]

_LIVE = click.option("--live", is_flag=True, help="The declared workspaces instead of the sandbox.")


@click.group("secrets")
def command() -> None:
    """Say which secrets are due, and give them new values. No value is ever shown or kept.

    \b
      shipway secrets status --env prod
      shipway secrets rotate claims-triage --env prod --generate
    What a rotation does, and how it goes on after a kill: docs/secrets.md.
    """


@command.command("status")
@click.option("--env", "environment", metavar="ENVIRONMENT", help="Only of this environment.  [default: of all]")
@_LIVE
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def status(environment: str | None, live: bool, as_json: bool) -> None:
    """Show each secret's owner, age and day due, the overdue first.

    What is declared (bundles' `secrets`) is joined with when the store says it was last written, and with the record.

    \b
    Exit codes:
      0  nothing to do now
      1  the command went wrong
      2  a secret is overdue, has no value or no owner, or its rotation is not through
    """
    from datetime import UTC, datetime

    from shipway.rotation.declared import declared_secrets
    from shipway.rotation.record import History
    from shipway.rotation.status import secret_status, status_json, status_text

    root, documents = _project()
    declared = list(declared_secrets(documents, environment))
    now = datetime.now(UTC)
    found = []
    for name in dict.fromkeys(one.environment for one in declared):
        here = [one for one in declared if one.environment == name]
        record = _record(root, name, live)
        history = History(record.events())
        for line in record.unreadable:
            click.echo(f"Warning: {record.path}:{line} is no record of a rotation, torn or altered", err=True)
        found += secret_status(here, _store(root, documents, name, live), history, now)
    if as_json:
        click.echo(json.dumps(status_json(found, now), indent=2))
    else:
        click.echo(visible("\n".join(status_text(found))))
    click.get_current_context().exit(2 if any(one.condition.needs_somebody for one in found) else 0)


@command.command("rotate")
@click.argument("use_case")
@click.argument("key", required=False)
@click.option("--env", "environment", required=True, metavar="ENVIRONMENT", help="The environment.")
@click.option("--command", "program", metavar="COMMAND", help="A program that prints the new value.")
@click.option("--generate", is_flag=True, help="Random letters and digits.")
@click.option("--length", type=click.IntRange(16, 4096), default=48, show_default=True, help="Of a generated value.")
@click.option("--stdin", is_flag=True, help="Read the new value from standard input; for one KEY.")
@click.option("--try", "try_", metavar="COMMAND", help="Run before writing, with the value on its standard input.")
@click.option("--verify", metavar="COMMAND", help="Run after writing: do those who use the secret still work?")
@click.option("--revoke", metavar="COMMAND", help="Run at the end: takes the old value out of service.")
@_LIVE
@click.option("--explain", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--abandon", is_flag=True, help="Give up the rotation that is not through.")
def rotate(
    use_case: str,
    key: str | None,
    environment: str,
    program: str | None,
    generate: bool,
    length: int,
    stdin: bool,
    try_: str | None,
    verify: str | None,
    revoke: str | None,
    live: bool,
    explain: bool,
    abandon: bool,
) -> None:
    """Give the secret KEY of USE_CASE a new value, or all of its secrets one after the other.

    The value goes from its origin to the API, through memory alone. Each step is written down before it is done and
    after, so that the same command goes on where a kill stopped it. Commands are split as a shell does and run without
    one; they know the secret by SHIPWAY_ENVIRONMENT, SHIPWAY_SECRET_SCOPE, SHIPWAY_SECRET_KEY and SHIPWAY_ROTATION,
    and what they print is not shown.

    \b
    Examples:
      shipway secrets rotate claims-triage --env dev --generate
      shipway secrets rotate claims-triage claims-desk-token --env prod --live \\
        --command 'desk-cli token new' --try 'desk-cli ping --token-from-stdin' --revoke 'desk-cli token revoke-others'

    \b
    Exit codes:
      0    rotated (or explained, or given up)
      1    a step failed, or somebody else is rotating; the message says what was done
      127  something is not installed
    """
    from shipway.journal import alone
    from shipway.rotation.declared import secrets_of
    from shipway.rotation.runbook import explain as explained
    from shipway.rotation.runbook import steps_of

    root, documents = _project()
    secrets = secrets_of(documents, environment, use_case, key)
    commands = {
        step: text for step, text in (("try", try_), ("verify", verify), ("revoke", revoke)) if text is not None
    }
    hooks = _hooks(program, length if generate else None, stdin, commands, asked=not abandon, one=len(secrets) == 1)
    if explain:
        click.echo("\n".join(explained(secrets, steps_of(hooks))))
        return
    lock = root / ".shipway" / "locks" / f"{'live' if live else 'sandbox'}-{secrets[0].scope}.lock"
    refusal = f"{secrets[0].scope} in {environment} is being rotated by another process on this machine"
    # Between machines the runbook itself notices: it does not write over what was written since it began.
    with alone(lock, refusal, "wait until it is done; nothing was changed"):
        rotation = _rotation(_store(root, documents, environment, live), _record(root, environment, live), hooks)
        if abandon:
            given_up = rotation.abandon(secrets)
            click.echo(f"gave up rotation {given_up}" if given_up else "there is no rotation to give up")
            return
        rotation.carry_out(secrets)
        click.echo(f"Rotated. The record: {_record(root, environment, live).path.relative_to(root)}")


def _rotation(store: SecretStore, record: FileRecord, hooks: ProgramHooks) -> Rotation:
    import getpass
    import os
    import uuid
    from datetime import UTC, datetime

    from shipway.rotation.runbook import Rotation

    return Rotation(
        store=store,
        journal=record,
        hooks=hooks,
        now=lambda: datetime.now(UTC).isoformat(timespec="milliseconds"),
        new_id=lambda: uuid.uuid4().hex[:12],
        by=os.environ.get("GITHUB_ACTOR") or getpass.getuser(),
        tell=lambda text: click.echo(visible(f"  {text}")),
    )


def _hooks(
    program: str | None, length: int | None, stdin: bool, commands: dict[str, str], *, asked: bool, one: bool
) -> ProgramHooks:
    """The origin of values that was chosen, exactly one; raises click.UsageError."""
    from shipway.outside.hooks import ProgramHooks, from_program, generated

    chosen: list[Callable[[Occasion], SecretValue]] = []
    if program is not None:
        chosen.append(from_program(program))
    if length is not None:
        chosen.append(generated(length))
    if stdin:
        chosen.append(_typed)
    if len(chosen) != 1 and (asked or chosen):
        raise click.UsageError("say where the new value comes from: one of --command, --generate and --stdin")
    if stdin and not one:
        raise click.UsageError("--stdin gives one value: name the KEY")
    return ProgramHooks(chosen[0] if chosen else _typed, commands)


def _typed(occasion: Occasion) -> SecretValue:
    import sys

    from shipway.rotation.seams import LARGEST, SecretValue

    if sys.stdin.isatty():
        return SecretValue.read(
            click.prompt(f"New value of {occasion.key}", hide_input=True, err=True).encode("utf-8", "surrogateescape")
        )
    return SecretValue.read(sys.stdin.buffer.read(LARGEST + 3))


def _store(root: Path, documents: Documents, environment: str, live: bool) -> SecretStore:
    host, _ = documents.environments[environment].model.workspace.place
    if live:
        from shipway.outside.secrets import connect

        return connect(host)
    from shipway.sandbox.layout import Home
    from shipway.sandbox.secrets import SandboxSecrets

    return SandboxSecrets(Home(root), host)


def _record(root: Path, environment: str, live: bool) -> FileRecord:
    """What was done to real workspaces belongs to the project and is committed; the sandbox's goes with the sandbox."""
    from shipway.rotation.record import FileRecord

    folder = root / "records" if live else root / ".shipway" / "sandbox" / "records"
    return FileRecord(folder / "secrets" / f"{environment}.jsonl")


def _project() -> tuple[Path, Documents]:
    from shipway.models.load import load
    from shipway.models.resolve import resolve
    from shipway.project import find_root

    root = find_root(Path.cwd())
    documents = load(root)
    resolve(documents)
    return root, documents
