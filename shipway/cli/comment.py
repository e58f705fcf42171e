"""`shipway comment`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shipway.errors import ShipwayError, visible

if TYPE_CHECKING:
    from shipway.plan.moves import Moves
    from shipway.plan.report import Review

__all__ = ["command"]

_HOSTS = ("github", "gitlab", "azure-devops")


@click.command("comment")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--host", type=click.Choice(_HOSTS), help="Where the pull request is; without it, only print the comment."
)
@click.option("--expect", multiple=True, metavar="NAME", help="An environment that must have a review; repeatable.")
@click.option("--commit", default="", help="The commit that was planned, to be shown.")
@click.option("--run", default="", help="Where the whole reviews are, to be shown.")
@click.option("--author", default="", help="On GitHub, whose comment to update.  [default: github-actions[bot]]")
def command(folder: Path, host: str | None, expect: tuple[str, ...], commit: str, run: str, author: str) -> None:
    """Keep one comment on a pull request that holds the reviews in FOLDER.

    FOLDER has one `review-<environment>.json` each, as `shipway plan --json` prints it, and beside it perhaps a
    `moves-<environment>.json`, as `shipway release apply --dry-run --json` prints it. What is posted is rendered from
    these and is redacted; where a host takes no more, the least risky is left out and counted. An environment that was
    expected and has no review is said first.

    The token comes from the environment only: GITHUB_TOKEN, SHIPWAY_GITLAB_TOKEN or SYSTEM_ACCESSTOKEN.

    \b
    Examples:
      shipway comment reviews                                        print it
      shipway comment reviews --host github --expect dev --expect prod

    \b
    Exit codes: 0 posted, 1 a failure.
    """
    from shipway.outside.code_host import LIMITS, Host, keep_one, open_host
    from shipway.plan.comment import MARK, render_comment

    reviews = _read(folder)
    missing = sorted(set(expect) - reviews.keys())
    if not reviews and not missing:
        raise ShipwayError(f"{folder} has no review-<environment>.json", "write one: shipway plan --json")
    limit = LIMITS[Host(host)] if host else LIMITS[Host.GITHUB]
    text = render_comment(reviews, missing, commit, run, limit - len(MARK) - 1, _moves(folder))
    if host is None:
        click.echo(text, nl=False)
        return
    keep_one(open_host(Host(host), os.environ, author), MARK, text)
    click.echo(f"Commented: {len(reviews)} reviews, {len(missing)} environments without one.")


def _moves(folder: Path) -> dict[str, Moves]:
    from shipway.plan.moves import read_moves

    found: dict[str, Moves] = {}
    for path in sorted(folder.glob("moves-*.json")):
        try:
            found[path.stem.removeprefix("moves-")] = read_moves(path.read_bytes(), path.name)
        except ShipwayError as error:
            click.echo(visible(str(error)), err=True)
    return found


def _read(folder: Path) -> dict[str, Review]:
    from shipway.plan.as_json import read_json

    found: dict[str, Review] = {}
    for path in sorted(folder.glob("review-*.json")):
        try:
            found[path.stem.removeprefix("review-")] = read_json(path.read_bytes(), path.name)
        except ShipwayError as error:
            # A plan that failed wrote what it failed with; the comment says that there is no review.
            click.echo(visible(str(error)), err=True)
    return found
