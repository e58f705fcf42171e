"""`shipway review`: what a reviewer must know of plans, or of two synthesized folders."""

from __future__ import annotations

import gc
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shipway.errors import Position, ShipwayError

if TYPE_CHECKING:
    from shipway.plan.model import Gap, Plan
    from shipway.plan.report import Place, Review, RuleRow
    from shipway.plan.sarif import Locate
    from shipway.plan.verdict import Routes

    _Given = tuple[Sequence[Plan], Sequence[Gap]]

__all__ = ["command"]

_FORMATS = ("terminal", "markdown", "html", "json", "sarif")


@click.command()
@click.argument("plans", nargs=-1, type=click.Path(path_type=Path))
@click.option("--before", type=click.Path(path_type=Path), help="A synthesized folder, as it was.")
@click.option("--after", type=click.Path(path_type=Path), help="A synthesized folder, as it will be.")
@click.option("--base", metavar="REVISION", help="Compare this project with what it was at that git revision.")
@click.option("--synth", type=click.Path(path_type=Path), help="The synthesized folder that the plans were made from.")
@click.option("--format", "form", type=click.Choice(_FORMATS), default="terminal", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--out", type=click.Path(path_type=Path), help="Write to this file instead of the terminal.")
@click.option(
    "--approved",
    type=click.Path(path_type=Path),
    help="A review in JSON that was approved: what stands in it needs nobody again.",
)
@click.option("--detail", is_flag=True, help="Also list the attributes of what is created.")
def command(
    plans: tuple[Path, ...],
    before: Path | None,
    after: Path | None,
    base: str | None,
    synth: Path | None,
    form: str,
    as_json: bool,
    out: Path | None,
    approved: Path | None,
    detail: bool,
) -> None:
    """Say what plans do, by meaning: data at risk, who gains access, where a release's pointer goes.

    PLANS are saved plans or files of `terraform show -json`, one per stack, of anyone's Terraform or OpenTofu; the
    file's name is the stack's. Terraform shows a saved plan, in the file's folder or in its stack's under --synth: that
    folder must be initialised. With --base this project is compared with an earlier revision of itself, with --before
    and --after two synthesized folders; neither needs Terraform or credentials. Secrets are never shown.

    \b
    Examples:
      terraform show -json tfplan > prod-claims-triage.json
      shipway review prod-claims-triage.json
      shipway review prod-claims-triage.tfplan --synth cdktf.out
      shipway review plans/*.json --format markdown --out comment.md
      shipway review plans/*.json --format html --out review.html
      shipway review --base main
      shipway review --before main/cdktf.out --after cdktf.out

    \b
    Exit codes:
      0  nothing has an effect
      1  the command went wrong
      2  there are effects, and none of them needs anybody
      3  somebody must approve: see who in the first lines
      4  blocked: a release does more than it may, a check fails, or a rule refuses it
      5  cannot judge: something was unreadable, unknown or incomplete
    """
    if base is not None and (before or after or plans):
        raise ShipwayError("--base stands alone: it finds both sides itself", "see `shipway review --help`")
    with _no_collection():
        if base is not None:
            given = _compare(*_sides_since(base))
        elif before is not None or after is not None:
            given = _compare(before, after, plans)
        else:
            given = _read(plans, synth)
        found = _review(*given, approved)
        text = _rendered(found, "json" if as_json else form, out, detail, synth)
    _write(text, out, plans)
    click.get_current_context().exit(_exit_code(found))


@contextmanager
def _no_collection() -> Iterator[None]:
    # A large plan is millions of values and no circles: looking for circles would take as long as the review.
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _sides_since(revision: str) -> tuple[Path, Path]:
    from shipway.outside.app import CdktfApps, run_alone
    from shipway.outside.git import commit_of, export
    from shipway.project import find_root
    from shipway.synth.run import synthesize

    root = find_root(Path.cwd())
    commit = commit_of(root, revision)
    # A commit does not change, so neither does what it synthesizes to: the second review of it finds it here.
    home = root / ".shipway" / "review" / commit
    if not (home / "cdktf.out").is_dir():
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        export(root, commit, home / "source")
        run_alone(home / "source", home / "draft")
        (home / "draft").rename(home / "cdktf.out")
        shutil.rmtree(home / "source")
    return home / "cdktf.out", synthesize(root, root / "cdktf.out", CdktfApps).out


def _compare(before: Path | None, after: Path | None, plans: tuple[Path, ...] = ()) -> _Given:
    from shipway.plan.synth import compare

    if plans or before is None or after is None:
        raise ShipwayError("--before and --after go together, and without PLANS", "see `shipway review --help`")
    return compare(before, after), []


def _read(paths: tuple[Path, ...], synth: Path | None) -> _Given:
    from shipway.cli._reading_plans import read_plans

    if not paths:
        raise ShipwayError("nothing to review", "give plans, or --before and --after")
    return read_plans(paths, synth)


def _review(plans: Sequence[Plan], gaps: Sequence[Gap], approved: Path | None) -> Review:
    from shipway.cli._review_key import review_key
    from shipway.plan.approved import read_approved
    from shipway.plan.review import review

    before = read_approved(approved) if approved else frozenset()
    routes, rules = _of_project(plans)
    return review(plans, gaps, rules=rules, routes=routes, approved=before, key=review_key())


def _of_project(plans: Sequence[Plan]) -> tuple[Routes, tuple[RuleRow, ...]]:
    """This project's routes and rules; outside of one, what reaches far needs a person, and nothing else judges."""
    from shipway.plan.verdict import Routes
    from shipway.project import NoProject, find_root

    try:
        root = find_root(Path.cwd())
    except NoProject:
        return Routes(), ()
    from shipway.cli._judging import rule_rows
    from shipway.models.load import load
    from shipway.plan.routes import routes_of

    documents = load(root)
    return routes_of(documents), rule_rows(root, documents, plans)


def _rendered(found: Review, form: str, out: Path | None, detail: bool, synth: Path | None) -> str:
    match form:
        case "json":
            from shipway.plan.as_json import render_json

            return render_json(found)
        case "markdown":
            from shipway.plan.markdown import render_markdown

            return render_markdown(found, detail=detail)
        case "html":
            from shipway.plan.page import render_page

            return render_page(found)
        case "sarif":
            from shipway.plan.sarif import render_sarif

            return render_sarif(found, _locator(synth))
    from shipway.plan.terminal import render_terminal

    return render_terminal(found, colour=out is None and _wants_colour(), detail=detail)


def _locator(synth: Path | None) -> Locate:
    """Finds the documents' lines by way of the synthesized stacks; outside of a project nothing has a line."""
    from shipway.cli._reading_plans import paths_of
    from shipway.models.load import load
    from shipway.models.origins import Origins
    from shipway.project import NoProject, find_root

    try:
        root = find_root(Path.cwd())
    except NoProject:
        return lambda place: None
    origins, folder, known = Origins(load(root)), synth or root / "cdktf.out", dict[str, dict[str, str]]()

    def locate(place: Place) -> Position | None:
        if place.stack not in known:
            known[place.stack] = paths_of(folder, place.stack)
        path = known[place.stack].get(place.address)
        return origins.find(path) if path else None

    return locate


def _wants_colour() -> bool:
    import os

    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _write(text: str, out: Path | None, plans: tuple[Path, ...]) -> None:
    if out is None:
        click.echo(text, nl=False)
        return
    if out.resolve() in [plan.resolve() for plan in plans]:
        raise ShipwayError(f"{out}: this is a plan to review, not a place to write to", "give --out another name")
    partial = out.with_name(f"{out.name}.part")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(out)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise ShipwayError(f"{out}: {error.strerror or error}", "give --out a file that can be written") from error


def _exit_code(found: Review) -> int:
    return found.verdict.exit_code
