"""`shipway rules`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from shipway.scan.catalogue import Catalogue

__all__ = ["command"]

_FINDINGS = 2
_AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")


@click.group("rules")
def command() -> None:
    """Say what the rules are, which controls they speak to, and why something breaks one.

    \b
      shipway rules list --severity critical
      shipway rules list --framework soc2
      shipway rules show R39
      shipway rules explain prod-landing-zone/catalogs/claims
      shipway rules coverage cis-azure
    The same as pages: docs/rules/README.md.
    """


@command.command("list")
@click.option(
    "--severity", type=click.Choice(["critical", "high", "medium", "low"]), help="Those at least that bad only."
)
@click.option("--framework", metavar="FRAMEWORK", help="Those that speak to a control of it; a * is our own reading.")
@click.option("--type", "kind", metavar="TYPE", help="Those that name a resource type, such as databricks_catalog.")
@_AS_JSON
def list_rules(severity: str | None, framework: str | None, kind: str | None, as_json: bool) -> None:
    """List the rules, all or some of them.

    \b
    Exit codes: 0, or 1 where there is no such framework or type.
    """
    from shipway.scan.listing import render_list
    from shipway.scan.rules import Severity

    entries = _catalogue().chosen(Severity[severity.upper()] if severity else None, framework, kind)
    if as_json:
        click.echo(json.dumps([entry.as_json() for entry in entries], indent=2))
    elif entries:
        click.echo(render_list(entries, framework))
    else:
        click.echo("No rule is like that.", err=True)


@command.command("show")
@click.argument("rule")
@_AS_JSON
def show(rule: str, as_json: bool) -> None:
    """Print the page of RULE: why it is there, what breaks it, what keeps it, what it does not see.

    \b
    Exit codes: 0, or 1 where there is no such rule.
    """
    from shipway.scan.listing import render_rule

    entry = _catalogue().get(rule)
    click.echo(json.dumps(entry.as_json(), indent=2) if as_json else render_rule(entry))


@command.command("coverage")
@click.argument("framework", required=False)
@_AS_JSON
def coverage(framework: str | None, as_json: bool) -> None:
    """Say which controls of FRAMEWORK, or of all, the rules speak to, and why none speaks to the others.

    \b
    Exit codes: 0, or 1 where there is no such framework.
    """
    from shipway.scan.listing import coverage_json, render_coverage

    catalogue = _catalogue()
    chosen = [catalogue.framework(framework)] if framework else list(catalogue.frameworks.values())
    click.echo(json.dumps(coverage_json(chosen), indent=2) if as_json else render_coverage(chosen))


@command.command("explain")
@click.argument("target")
@click.option("--out", type=click.Path(path_type=Path), help="The synthesized folder.  [default: cdktf.out]")
@_AS_JSON
def explain(target: str, out: Path | None, as_json: bool) -> None:
    """Say why TARGET breaks a rule, at which line of which document, and how to mend it.

    TARGET is a rule (R39), an address (databricks_catalog.claims), a construct path or the beginning of one
    (prod-landing-zone/catalogs/claims), a stack, or a document with or without its line (environments/prod.yaml:26).
    What was scanned before is not scanned again. Of a rule on plans it says what that refuses and why; what it refuses
    in a plan of yours is said by `shipway plan`.

    \b
    Exit codes: 0 nothing is against it, 1 the scan could not be done or there is no such thing,
    2 something is, 127 something is not installed.
    """
    from shipway.cli._scanning import scan_project
    from shipway.project import find_root
    from shipway.scan.explain import explain as explained_of
    from shipway.scan.explain import places, render_explained
    from shipway.scan.rules import read_rules
    from shipway.scan.sources import read_stacks

    root, catalogue = find_root(Path.cwd()), _catalogue()
    folder = out or root / "cdktf.out"
    report = scan_project(root, folder, (), read_rules(root / "policies"), cache=True)
    explained = explained_of(target, report, catalogue, places(read_stacks(folder)))
    if as_json:
        click.echo(json.dumps([finding.as_json() for finding in explained.findings], indent=2))
    else:
        click.echo(render_explained(explained, catalogue, root))
    if any(finding.waiver is None for finding in explained.findings):
        raise SystemExit(_FINDINGS)


def _catalogue() -> Catalogue:
    from shipway.project import find_root
    from shipway.scan.catalogue import read_catalogue

    return read_catalogue(find_root(Path.cwd()) / "policies")
