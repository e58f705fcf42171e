"""`shipway ledger pull` and `push`: the ledger of live lines between machines, by way of a branch of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shipway.errors import visible

if TYPE_CHECKING:
    from shipway.outside.ledger_branch import LedgerBranch

__all__ = ["pull", "push"]

_BRANCH = click.option("--branch", default="shipway-ledger", show_default=True, help="The branch that it is kept on.")
_REMOTE = click.option("--remote", default="origin", show_default=True, help="Where the branch is.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")


@click.command("pull")
@_REMOTE
@_BRANCH
@_JSON
def pull(remote: str, branch: str, as_json: bool) -> None:
    """Bring the ledger of live lines here: what others did since. Do it before anything is planned or moved.

    Only what goes on from what is here is taken; two copies that each have an entry of their own are a LEDGER_FORK, and
    nothing is written. Where there is no such branch yet, the first push makes it.

    \b
    Exit codes: 0 it is here, 1 a failure, 2 a fork.
    """
    came = _branch(remote, branch, None).pull()
    _say("pull", came, f"The ledger of {', '.join(came)} went on." if came else "Nothing new there.", as_json=as_json)


@click.command("push")
@click.option(
    "--from",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A ledger that was handed on.  [default: this project's]",
)
@_REMOTE
@_BRANCH
@_JSON
def push(folder: Path | None, remote: str, branch: str, as_json: bool) -> None:
    """Hand on what was done to live lines from here: one commit on a branch that holds nothing else.

    Each ledger and its blobs are verified first. Nothing is forced: where somebody else was first, theirs is joined and
    it is tried again, and where both have entries of one environment that is a LEDGER_FORK for people to look at. What
    is here stays in any case.

    \b
    Exit codes: 0 it is there, 1 a failure, or the remote did not take it, 2 a fork.
    """
    from shipway.cli._ledgers import actor

    sent = _branch(remote, branch, folder).push(actor())
    text = f"Handed on: the ledger of {', '.join(sent)}." if sent else "Nothing that is not there already."
    _say("push", sent, text, as_json=as_json)


def _branch(remote: str, branch: str, folder: Path | None) -> LedgerBranch:
    from shipway.ledger.chain import ledger_folder
    from shipway.outside.ledger_branch import LedgerBranch
    from shipway.project import find_root

    root = find_root(Path.cwd())
    return LedgerBranch(root, folder.resolve() if folder else ledger_folder(root, live=True), remote, branch)


def _say(did: str, ledgers: tuple[str, ...], text: str, *, as_json: bool) -> None:
    answer = {"schema": "shipway/ledger-branch/v1", "did": did, "ledgers": list(ledgers)}
    click.echo(json.dumps(answer, indent=2) if as_json else visible(text))
