"""`shipway sandbox`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shipway.errors import ShipwayError, visible

if TYPE_CHECKING:
    from shipway.sandbox.by_hand import ByHand

__all__ = ["command"]

_AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")


@click.group("sandbox")
def command() -> None:
    """Deploy on this machine: the real Terraform, a stand-in for Databricks.

    In the sandbox `terraform` and `cdktf` do what they always do, on the stacks as they are. Only the databricks
    provider and the state are the sandbox's own: workspaces are folders of JSON files, one per object. Credentials of
    Databricks are taken away, so that nothing in it can reach a real workspace.

    \b
      shipway sandbox exec -- cdktf deploy account dev-landing-zone --auto-approve
      shipway sandbox exec -- terraform -chdir=cdktf.out/stacks/dev-landing-zone plan
      shipway sandbox status
    What it simulates and what it does not: docs/sandbox.md.
    """


@command.command("up")
@_AS_JSON
def up(as_json: bool) -> None:
    """Make the sandbox ready, in .shipway/sandbox of the project.

    Done again, it mends what is missing and leaves all states and objects as they are. `exec` does it by itself.
    """
    from shipway.project import find_root
    from shipway.sandbox import home

    root = find_root(Path.cwd())
    prepared = home.up(root)
    terraform = home.require_terraform(root)
    if as_json:
        result = {"folder": str(prepared.home.folder), "terraform": terraform, "changed": prepared.changed}
        click.echo(json.dumps({"schema": "shipway/sandbox-up/v1", **result}, indent=2))
        return
    click.echo(f"The sandbox {'is ready' if prepared.changed else 'was ready already'}: {prepared.home.folder}")
    click.echo(f"It runs {terraform}.")
    click.echo("Next: shipway sandbox exec -- cdktf deploy account dev-landing-zone --auto-approve")


@command.command("status")
@_AS_JSON
def status(as_json: bool) -> None:
    """Show what is in the sandbox: objects per workspace, states, and what a killed run left.

    An object that no state knows was made by hand, or by a run that was killed: the next run of its stack removes the
    latter.
    """
    from shipway.project import find_root
    from shipway.sandbox.contents import look
    from shipway.sandbox.layout import Home

    contents = look(Home(find_root(Path.cwd())))
    if as_json:
        click.echo(json.dumps(contents.as_json(), indent=2))
        return
    if not contents.workspaces and not contents.states:
        click.echo("The sandbox is empty. Next: shipway sandbox exec -- cdktf deploy account --auto-approve")
        return
    for workspace in contents.workspaces:
        click.secho(f"{workspace.name}  ({workspace.total} objects)", bold=True)
        for resource, count in workspace.objects.items():
            click.echo(f"  {count:>5}  {resource.removeprefix('databricks_')}")
    if contents.states:
        click.secho("States", bold=True)
    for state in contents.states:
        notes = [
            *(["in use"] if state.in_use else []),
            *(["the last run was killed; the next one puts it right"] if state.killed else []),
            *(["unreadable: restore it, or `shipway sandbox reset --stack` it"] if state.unreadable else []),
        ]
        said = f"  ({'; '.join(notes)})" if notes else ""
        click.echo(f"  {state.stack}: {state.resources} resources, serial {state.serial}{said}")
    for path in contents.unowned:
        click.echo(f"  in no state: {path.relative_to(contents.folder)}")
    for path in contents.unreadable:
        click.echo(f"  no object, mend or delete it: {path.relative_to(contents.folder)}")


@command.command("reset")
@click.option("--stack", "stacks", multiple=True, metavar="PATTERN", help="Only this stack; 'dev-*' and repeats work.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@_AS_JSON
def reset(stacks: tuple[str, ...], yes: bool, as_json: bool) -> None:
    """Empty the sandbox: the states, and the objects that the stacks made.

    With --stack only those stacks' states and objects; without it everything, also objects made by hand. There is no
    way back. A stack that is in use is not touched, and then nothing is.
    """
    from shipway.project import find_root
    from shipway.sandbox.contents import empty
    from shipway.sandbox.layout import Home

    home = Home(find_root(Path.cwd()))
    what = f"the stacks matching {', '.join(stacks)}" if stacks else "everything"
    if not yes:
        click.confirm(f"Remove {what} from {home.folder}?", abort=True, err=as_json)
    emptied = empty(home, stacks)
    if as_json:
        result = {"stacks": list(emptied.stacks), "objects": emptied.objects}
        click.echo(json.dumps({"schema": "shipway/sandbox-reset/v1", **result}, indent=2))
        return
    click.echo(f"Removed {emptied.objects} objects and the states of {', '.join(emptied.stacks) or 'no stack'}.")


_ENV = click.option("--env", "environment", required=True, help="The environment, or `account`.")


@command.command("add")
@click.argument("type_", metavar="TYPE")
@click.argument("given", nargs=-1, metavar="NAME=VALUE...")
@_ENV
def add(type_: str, given: tuple[str, ...], environment: str) -> None:
    """Make an object by hand, as somebody would in the console. No state knows of it.

    TYPE is Terraform's resource type. A VALUE is text, or JSON where the attribute is no text.

    \b
      shipway sandbox add databricks_workspace_binding --env prod securable_type=catalog \\
        securable_name=claims_prod workspace_id=1042000000000011
      shipway sandbox add databricks_schema --env prod catalog_name=claims_prod name=scratch
    """
    click.echo(f"Made {type_} {_by_hand(environment).add(type_, given)} by hand.")


@command.command("change")
@click.argument("type_", metavar="TYPE")
@click.argument("id_", metavar="ID")
@click.argument("given", nargs=-1, required=True, metavar="NAME=VALUE...")
@_ENV
def change(type_: str, id_: str, given: tuple[str, ...], environment: str) -> None:
    """Change an object by hand. `NAME=null` unsets an attribute.

    \b
      shipway sandbox change databricks_catalog claims_prod --env prod comment="changed by hand"
      shipway sandbox change databricks_job 136078154244120 --env prod schedule=null
    """
    _by_hand(environment).change(type_, id_, given)
    click.echo(f"Changed {type_} {id_} by hand.")


@command.command("remove")
@click.argument("type_", metavar="TYPE")
@click.argument("id_", metavar="ID")
@_ENV
def remove(type_: str, id_: str, environment: str) -> None:
    """Delete an object by hand; a state that has it does not know.

    \b
      shipway sandbox remove databricks_volume claims_prod.triage.claims_triage_releases --env prod
    """
    _by_hand(environment).remove(type_, id_)
    click.echo(f"Removed {type_} {id_} by hand.")


@command.command("list")
@click.argument("type_", metavar="[TYPE]", required=False, default="")
@_ENV
@_AS_JSON
def list_(type_: str, environment: str, as_json: bool) -> None:
    """List the objects of an environment and of the account, by type and id."""
    found = _by_hand(environment).objects(type_)
    if as_json:
        objects = [{"type": kind, "id": key} for kind, key in found]
        click.echo(json.dumps({"schema": "shipway/sandbox-list/v1", "objects": objects}, indent=2))
        return
    for kind, key in found:
        click.echo(visible(f"{kind}  {key}"))


def _by_hand(environment: str) -> ByHand:
    """Somebody at the console of that environment; raises ShipwayError."""
    from shipway.models.load import load
    from shipway.project import find_root
    from shipway.sandbox import home
    from shipway.sandbox.by_hand import ByHand
    from shipway.sandbox.provider.store import workspace_name

    root = find_root(Path.cwd())
    documents = load(root)
    urls = {name: loaded.model.workspace.url for name, loaded in documents.environments.items()}
    known = {name: url for name, url in urls.items() if url}
    if environment not in (*known, "account"):
        raise ShipwayError(f"no environment {environment!r}", f"there are: account, {', '.join(known)}")
    home.up(root)
    account = documents.account.model
    above = workspace_name(account.host, account.account_id)
    if environment == "account":
        return ByHand(root, [above], account.host)
    return ByHand(root, [workspace_name(known[environment]), above], known[environment])


@command.command("env")
@_AS_JSON
def env(as_json: bool) -> None:
    """Print what a shell needs to be in the sandbox.

    \b
      eval "$(shipway sandbox env)"
      terraform -chdir=cdktf.out/stacks/dev-landing-zone plan
    Credentials of Databricks that the shell has are unset.
    """
    import os
    import shlex

    from shipway.project import find_root
    from shipway.sandbox import home

    root = find_root(Path.cwd())
    home.up(root)
    variables = home.variables(root, os.environ)
    removed = sorted(set(os.environ) - set(home.environment(root)))
    if as_json:
        click.echo(json.dumps({"schema": "shipway/sandbox-env/v1", "set": variables, "unset": removed}, indent=2))
        return
    for name in removed:
        click.echo(f"unset {name}")
    for name, value in variables.items():
        click.echo(f"export {name}={shlex.quote(value)}")


@command.command("exec", context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, required=True, type=click.UNPROCESSED, metavar="-- COMMAND [ARGUMENTS]...")
def execute(arguments: tuple[str, ...]) -> None:
    """Run a command in the sandbox; its exit code is the command's.

    The sandbox is made ready first. `terraform`, `cdktf`, `node` and the project's Python are found without being
    installed elsewhere.

    \b
      shipway sandbox exec -- cdktf diff dev-landing-zone
      shipway sandbox exec -- terraform -chdir=cdktf.out/stacks/dev-landing-zone state list
    """
    import os
    import shutil

    from shipway.errors import MissingTool
    from shipway.project import find_root
    from shipway.sandbox import home

    root = find_root(Path.cwd())
    home.require_terraform(root)
    home.up(root)
    environment = home.environment(root)
    program = shutil.which(arguments[0], path=environment["PATH"])
    if program is None:
        hint = "`make setup` installs cdktf into tools/cdktf-cli" if arguments[0] == "cdktf" else "is it on PATH?"
        raise MissingTool(f"there is no program {arguments[0]!r} to run in the sandbox", hint)
    if arguments[0] == "cdktf":
        # It works in the folder that has cdktf.json, and looks for it nowhere else.
        os.chdir(root)
    os.execve(program, list(arguments), environment)  # noqa: S606 - no shell is wanted


@command.command("seed")
@click.argument("recording", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--url", required=True, metavar="URL", help="The workspace that the objects are put into.")
@click.option("--workspace-id", default="1", metavar="ID", help="Its id.")
@_AS_JSON
def seed(recording: Path, url: str, workspace_id: str, as_json: bool) -> None:
    """Put the objects of a recorded workspace into the sandbox, as if made by hand: to rehearse an import.

    RECORDING is a folder as docs/import.md describes it. What is there already stays as it is.

    \b
    Example:
      shipway sandbox seed tests/acceptance/recordings/legacy --url https://legacy.cloud.databricks.com
    """
    from shipway.cli._source import observe
    from shipway.project import find_root
    from shipway.sandbox import home
    from shipway.sandbox.seed import seed as put

    root = find_root(Path.cwd())
    home.up(root)
    written, there = put(root, url, observe(root, str(recording), url, workspace_id))
    if as_json:
        click.echo(json.dumps({"schema": "shipway/sandbox-seed/v1", "written": written, "there": there}, indent=2))
    else:
        click.echo(f"{written} objects put into {url} of the sandbox; {there} were there already.")
