"""`shipway ledger`."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shipway.cli._ledger_branch import pull, push
from shipway.errors import ShipwayError, visible

if TYPE_CHECKING:
    from shipway.ledger.chain import Ledger
    from shipway.ledger.verify import Anchor

__all__ = ["command"]

_ENV = click.option("--env", "environment", metavar="ENVIRONMENT", help="Only of this environment.  [default: of all]")
_LIVE = click.option("--live", is_flag=True, help="Of the declared workspaces instead of the sandbox.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")


@click.group("ledger")
def command() -> None:
    """Read the record of what was done to lines: who, when, why, and how it ended.

    \b
      shipway ledger show --env prod
      shipway ledger verify
    Each entry holds the hash of the one before it, so a change inside the ledger shows. What such a chain does not
    show, and what to keep elsewhere against it: docs/ledger.md.
    """


@command.command("verify")
@_ENV
@click.option("--anchor", "anchor", metavar="SEQ:HASH", multiple=True, help="An entry that was there, with --env.")
@click.option(
    "--anchors",
    "files",
    metavar="FILE",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Lines that `shipway ledger head` printed, kept elsewhere.",
)
@_LIVE
@_JSON
def verify(
    environment: str | None, anchor: tuple[str, ...], files: tuple[Path, ...], live: bool, as_json: bool
) -> None:
    """Say whether the ledger is what was written, and where it is not.

    It reads files only, and nothing of it is repaired. An intent without outcome, and a torn line that the next entry
    tells of, are notes: they happen without anybody's doing.

    \b
    Examples:
      shipway ledger verify
      shipway ledger head > ../kept-elsewhere/heads         and later:
      shipway ledger verify --anchors ../kept-elsewhere/heads

    \b
    Exit codes:
      0  all of it is as it was written, as far as the anchors go; perhaps with notes
      1  the command went wrong
      2  something is missing, altered, torn, out of order, or not what an anchor says
    """
    from shipway.ledger.report import report_json, report_on, report_text

    wanted = _wanted_anchors(environment, anchor, files)
    named = [name for name, _ in wanted if environment in (None, name)]
    reports = [
        report_on(ledger, [one for name, one in wanted if name == ledger.environment])
        for ledger in _ledgers(environment, live, named)
    ]
    if as_json:
        answer = {"whole": all(one.whole for one in reports), "ledgers": [report_json(one) for one in reports]}
        click.echo(json.dumps(answer, indent=2))
    else:
        click.echo(visible("\n".join(line for one in reports for line in report_text(one)) or _none(live)))
    click.get_current_context().exit(0 if all(one.whole for one in reports) else 2)


@command.command("show")
@_ENV
@click.option("--use-case", metavar="USE_CASE", help="Only of this use case.")
@click.option("--last", type=click.IntRange(1), metavar="N", help="Only the last N entries of each ledger.")
@_LIVE
@_JSON
def show(environment: str | None, use_case: str | None, last: int | None, live: bool, as_json: bool) -> None:
    """Print the entries, the oldest first. What cannot be read is named on standard error.

    \b
    Exit codes:
      0  printed; whether they are what was written, `shipway ledger verify` says
      1  the command went wrong
    """
    from shipway.ledger.report import entries_text

    shown = []
    ledgers = _ledgers(environment, live)
    for ledger in ledgers:
        lines = ledger.lines()
        for line in lines:
            if line.entry is None:
                click.echo(f"Warning: {ledger.path}:{line.number} is no entry: {line.reason}", err=True)
        mine = [line for line in lines if line.entry and use_case in (None, line.entry.use_case)]
        shown += mine[-last:] if last else mine
    if as_json:
        click.echo(json.dumps([json.loads(line.data) for line in shown], indent=2))
    else:
        text = "\n".join(entries_text(line.entry for line in shown if line.entry))
        click.echo(visible(text) or (_none(live) if not ledgers else "no entry"))


@command.command("head")
@_ENV
@_LIVE
@_JSON
def head(environment: str | None, live: bool, as_json: bool) -> None:
    """Print the place and hash of the last entry: the anchor to keep where whoever can write the ledger cannot.

    \b
      shipway ledger head >> <a folder, repository or bucket of somebody else>

    \b
    Exit codes:
      0  printed
      1  the command went wrong, or a ledger is broken: its head would vouch for that
    """
    from shipway.ledger.report import report_on

    heads = {}
    for ledger in _ledgers(environment, live):
        report = report_on(ledger, ())
        if not report.whole:
            raise ShipwayError(f"the ledger of {ledger.environment} is broken", "shipway ledger verify says where")
        if report.head:
            heads[ledger.environment] = str(report.head)
    if as_json:
        click.echo(json.dumps(heads, indent=2))
    else:
        for name, text in heads.items():
            click.echo(f"{name} {text}")
    if not heads:
        # Not among what is kept.
        click.echo(_none(live), err=True)


command.add_command(pull)
command.add_command(push)


def _ledgers(environment: str | None, live: bool, named: Sequence[str] = ()) -> list[Ledger]:
    """The ledgers that are there or that an anchor names: one that was deleted must be missed."""
    from datetime import UTC, datetime

    from shipway.ledger.chain import Ledger, ledger_folder
    from shipway.project import find_root

    root = find_root(Path.cwd())
    folder = ledger_folder(root, live=live)
    found = sorted({path.stem for path in folder.glob("*.jsonl")} | set(named))
    if environment is not None:
        known = sorted({path.stem for path in (root / "environments").glob("*.yaml")} - {"account"} | set(found))
        if environment not in known:
            raise ShipwayError(f"no environment {environment!r}", f"there is: {', '.join(known)}")
        found = [name for name in found if name == environment]
    return [Ledger(folder, name, lambda: datetime.now(UTC)) for name in found]


def _wanted_anchors(environment: str | None, given: Sequence[str], files: Sequence[Path]) -> list[tuple[str, Anchor]]:
    from shipway.ledger.verify import Anchor

    if given and environment is None:
        raise ShipwayError("--anchor needs --env: an anchor is of one ledger", "or give --anchors a file of them")
    found = [(environment or "", Anchor.parse(text)) for text in given]
    for file in files:
        for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            match line.split():
                case []:
                    pass
                case [name, text] if re.fullmatch(r"[a-z0-9-]+", name):
                    found.append((name, Anchor.parse(text)))
                case _:
                    raise ShipwayError(f"{file}:{number}: not `<environment> <seq>:<hash>`", "see shipway ledger head")
    return found


def _none(live: bool) -> str:
    return f"there is no ledger yet: nothing was done to a line {'in the workspaces' if live else 'in the sandbox'}"
