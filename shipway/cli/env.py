"""`shipway env`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shipway.errors import ShipwayError, visible

if TYPE_CHECKING:
    from shipway.models.load import Documents

__all__ = ["command"]


@click.group("env")
def command() -> None:
    """List environments, say in what two of them differ, add one.

    \b
      shipway env list
      shipway env diff test prod
      shipway env add stage --like test --workspace-id 1042000000000044
    What counts as a difference: docs/environments.md.
    """


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
def list_(as_json: bool) -> None:
    """List the environments: workspace, use cases, and what each is a replica of."""
    from shipway.models.resolve import resolve

    documents = _documents()
    resolve(documents)
    rows = []
    for name, loaded in documents.environments.items():
        use_cases = sorted(use_case for environment, use_case in documents.releases if environment == name)
        of = loaded.model.replica.of if loaded.model.replica else ""
        url, description = loaded.model.workspace.url, loaded.model.description
        rows.append(
            {"name": name, "description": description, "workspace": url, "replica_of": of, "use_cases": use_cases}
        )
        if not as_json:
            where = url or "not made yet"
            click.echo(visible(f"{name}  {where}{f', replica of {of}' * bool(of)}\n  {description}"))
            click.echo(f"  use cases: {', '.join(use_cases) or 'none'}")
    if as_json:
        click.echo(json.dumps({"schema": "shipway/env-list/v1", "environments": rows}, indent=2))


@command.command("add")
@click.argument("name")
@click.option("--like", required=True, metavar="ENVIRONMENT", help="The environment to take everything over from.")
@click.option("--workspace-url", default="", help="Of its workspace.  [default: the other's, by the new name]")
@click.option("--workspace-id", default="", help="Of its workspace.")
def add(name: str, like: str, workspace_url: str, workspace_id: str) -> None:
    """Write environments/NAME.yaml after another environment's file, comments and all; nothing is written over.

    Where the other's name stands as a word, the new name takes its place. What is written is right as a document, or
    nothing is written: two environments in one workspace, for one, are refused.

    \b
    Example:
      shipway env add stage --like test --workspace-id 1042000000000044

    \b
    Exit codes: 0 written, 1 refused.
    """
    from shipway.project import find_root
    from shipway.replica.add import add_environment

    documents = _documents()
    _known(documents, like)
    root = find_root(Path.cwd())
    path = add_environment(root, documents, name, like, (workspace_url, workspace_id))
    click.echo(
        f"Wrote {path.relative_to(root)}; read it. No use case runs there yet, and it is no replica until it says so."
    )
    click.echo(f"Next: shipway env diff {name} {like}; cp releases/{like}/<use-case>.yaml releases/{name}/")


@command.command("diff")
@click.argument("left")
@click.argument("right")
@click.option("--json", "as_json", is_flag=True, help="Print the differences as JSON.")
def diff(left: str, right: str, as_json: bool) -> None:
    """Say in what the environments LEFT and RIGHT differ, where each side is written, and whether it is intended.

    Names, addresses and storage that follow from an environment's own name are no differences, nor is its workspace
    or its state. A difference is intended if the one that is a replica of the other says so under replica.differs.

    \b
    Examples:
      shipway env diff test prod
      shipway env diff dev prod --json

    \b
    Exit codes:
      0  no difference, or only intended ones and what moves with releases
      1  the command went wrong, or there is no such environment
      2  a difference is not explained
    """
    from shipway.models.differences import Standing, differences
    from shipway.replica.effects import effects
    from shipway.replica.report import differences_json, differences_text

    documents = _documents()
    for name in (left, right):
        _known(documents, name)
    found = differences(documents, left, right)
    meaning = {one.path: effects(documents, left, one) for one in found if one.where is not None}
    if as_json:
        click.echo(json.dumps(differences_json(left, right, found, meaning), indent=2))
    else:
        click.echo(visible(differences_text(left, right, found, meaning, _relation(documents, left, right))))
    unexplained = any(one.standing is Standing.UNEXPLAINED for one in found)
    click.get_current_context().exit(2 if unexplained else 0)


def _relation(documents: Documents, left: str, right: str) -> str:
    for name, of in ((left, right), (right, left)):
        replica = documents.environments[name].model.replica
        if replica is not None and replica.of == of:
            return f"{name} is declared to be a replica of {of}."
    return "Neither is declared to be a replica of the other, so nothing is intended."


def _known(documents: Documents, name: str) -> None:
    from shipway.models.document import suggestion

    if name not in documents.environments:
        raise ShipwayError(
            f"no environment {name!r}{suggestion(name, documents.environments)}",
            f"there are: {', '.join(documents.environments)}",
        )


def _documents() -> Documents:
    """The project's documents, each right for itself: also replicas that differ can be looked at."""
    from shipway.models.load import load
    from shipway.project import find_root

    return load(find_root(Path.cwd()))
