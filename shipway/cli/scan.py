"""`shipway scan`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from shipway.scan.report import ScanReport

__all__ = ["command"]

_FINDINGS = 2
_GITHUB = "https://token.actions.githubusercontent.com"


@click.command("scan")
@click.argument("stacks", nargs=-1, metavar="[STACK]...")
@click.option("--out", type=click.Path(path_type=Path), help="The synthesized folder.  [default: cdktf.out]")
@click.option(
    "--fail-on",
    type=click.Choice(["critical", "high", "medium", "low", "never"]),
    default="medium",
    show_default=True,
    help="The least severity that exits with 2.",
)
@click.option("--no-cache", is_flag=True, help="Scan unchanged stacks too; for a gate that trusts no folder.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON (shipway/scan/v1).")
@click.option("--sarif", type=click.Path(path_type=Path, dir_okay=False), help="Also write the report as SARIF here.")
def command(
    stacks: tuple[str, ...],
    out: Path | None,
    fail_on: str,
    no_cache: bool,
    as_json: bool,
    sarif: Path | None,
) -> None:
    """Judge the synthesized stacks by the rules in policies/.

    Each run of the rules proves that all of them were loaded and that each catches its own anti-pattern; if not, that
    is an error and never a pass. What has not changed keeps the results, and the proof, of the run that judged it. A
    value that only Terraform will know is UNKNOWN and counts as a finding. A finding is waived in the document it comes
    from, with an owner, a reason and a last day.

    \b
    Exit codes: 0 clean, 1 the scan could not be done, 2 findings at or above --fail-on,
    127 something is not installed.
    """
    from shipway.cli._scanning import scan_project
    from shipway.project import find_root
    from shipway.scan.render import render_report
    from shipway.scan.rules import Severity, read_rules

    root = find_root(Path.cwd())
    rules = read_rules(root / "policies")
    report = scan_project(root, out or root / "cdktf.out", stacks, rules, cache=not no_cache)
    if sarif:
        _write_sarif(sarif, report, root)
    click.echo(json.dumps(report.as_json(), indent=2) if as_json else render_report(report))
    if fail_on != "never" and report.at_or_above(Severity[fail_on.upper()]):
        raise SystemExit(_FINDINGS)


def _write_sarif(path: Path, report: ScanReport, root: Path) -> None:
    from shipway.models.load import load
    from shipway.scan.catalogue import read_catalogue
    from shipway.scan.sarif import as_sarif

    repository = load(root).account.model.repository
    # Only of GitHub is it known how a file's address is made of the repository's name.
    on_github = repository.issuer == _GITHUB
    pages = f"https://github.com/{repository.slug}/blob/main/" if on_github else ""
    found = as_sarif(report, read_catalogue(root / "policies"), pages)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.part")
    try:
        # Half a file would be uploaded as if it were the whole.
        draft.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
