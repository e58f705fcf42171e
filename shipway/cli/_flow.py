"""What plan and deploy do, step by step; the same steps for the sandbox and for the declared workspaces.

documents   -> synthesize -> cdktf.out
cdktf.out   -> scan       -> findings, receipt
cdktf.out   -> plan       -> saved plans
saved plans -> review     -> what a reviewer must know
saved plans -> apply      -> exactly these
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from shipway.cli._confirming import agreed, named
from shipway.cli._judging import rule_rows
from shipway.cli._lines import Lines, ahead_json, lines_of, say_ahead, say_unrecorded, without_drift
from shipway.cli._release_noting import note_deployed
from shipway.cli._review_key import review_key
from shipway.cli._scanning import scan_project
from shipway.cli._target import Target, live, sandbox
from shipway.deploy.data_setup import SetupsFirst, install, refuse_before_setup, setups_of_zones
from shipway.deploy.order import choose, not_of, stack_names, waves
from shipway.deploy.steps import Failed, Planned, apply_stacks, plan_stacks, planning_folder
from shipway.errors import visible
from shipway.guard.addresses import path_of
from shipway.guard.ground import ground_of
from shipway.guard.scanned import scanned_of
from shipway.models.load import load
from shipway.models.names import environment_of, is_of
from shipway.outside.app import CdktfApps
from shipway.plan.as_json import render_json
from shipway.plan.markdown import render_markdown
from shipway.plan.model import Gap, Plan
from shipway.plan.read import read_plan
from shipway.plan.report import Review, Scanned
from shipway.plan.review import review
from shipway.plan.routes import routes_of
from shipway.plan.synth import construct_paths
from shipway.plan.terminal import render_terminal
from shipway.project import find_root
from shipway.scan.render import render_report
from shipway.scan.report import ScanReport
from shipway.scan.rules import Severity, read_rules
from shipway.synth.run import synthesize

__all__ = ["LEFT_OUT", "Flow", "Read", "deploy", "exit_code", "explain", "without_moved"]

LEFT_OUT = 3
"""The exit code where all is well, and lines were left out: their moves are for somebody to carry out."""

# What Terraform says of an object that a plan would destroy or replace; it breaks lines wherever it wants.
_KEPT = re.compile(r"Resource\s+(\S+)\s+has\s+lifecycle\.prevent_destroy")


@dataclass(frozen=True, slots=True)
class Read:
    """The plans of a run, and what of it could not be planned."""

    plans: tuple[Plan, ...]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True)
class Flow:
    """One run of plan or deploy: a project, a target, a folder for saved plans."""

    root: Path
    synthesized: Path
    target: Target
    plans: Path
    quiet: bool

    @classmethod
    @contextmanager
    def open(cls, *, live: bool, synthesized: Path | None = None, quiet: bool = False) -> Iterator[Flow]:
        """Synthesize (unless it was done) and open the target; raises ShipwayError."""
        root = find_root(Path.cwd())
        if synthesized is None:
            synthesized = synthesize(root, root / "cdktf.out", CdktfApps).out
        target = _target(root, synthesized, live)
        with planning_folder(root) as plans:
            yield cls(root, synthesized.resolve(), target, plans, quiet)

    def tell(self, line: str) -> None:
        """One line of progress, on stderr, so that what is printed can be piped."""
        if not self.quiet:
            click.echo(click.style(f"  … {line}", dim=not os.environ.get("NO_COLOR")), err=True)

    def warn_of_orphans(self) -> None:
        """Say which stacks exist in the target and are declared no more: no plan shows them."""
        declared = stack_names(self.synthesized)
        for stack, resources in self.target.deployed().items():
            if resources and stack not in declared:
                text = (
                    f"Warning: {stack} is declared no more, and its {resources} resources are still in "
                    f"{self.target.name}. To remove them: `shipway destroy {stack}`."
                )
                click.echo(visible(text), err=True)

    def guarded(self, stacks: Sequence[str]) -> list[str]:
        """The protected environments of these stacks, `account` among them; none in the sandbox."""
        if not self.target.is_live:
            return []
        ground = ground_of(load(self.root), datetime.now(UTC).date())
        return sorted({environment_of(stack) for stack in stacks if ground.protected(stack)})

    def choose(self, wanted: Sequence[str], environment: str | None) -> list[str]:
        """The stacks that the command line means."""
        known = stack_names(self.synthesized)
        chosen = choose(known, wanted)
        if environment is None:
            return chosen
        here = [name for name in chosen if is_of(name, environment)]
        if not here or (wanted and len(here) < len(chosen)):
            raise not_of(environment, [name for name in chosen if name not in here] if wanted else [], known)
        return here

    def scan(self, stacks: Sequence[str]) -> ScanReport:
        """Judge the synthesized stacks by the rules."""
        return scan_project(self.root, self.synthesized, stacks, read_rules(self.root / "policies"), cache=False)

    def plan(self, stacks: Sequence[str], *, refresh: bool = True) -> list[Planned | Failed]:
        """Plan each of the stacks."""
        return plan_stacks(stacks, self.target.out, self.plans, self.target.terraform, self.tell, refresh=refresh)

    def read(self, planned: Sequence[Planned | Failed]) -> Read:
        """What was planned, typed. A stack that could not be planned is a gap, never a stack without changes."""
        plans, gaps = [], []
        for item in planned:
            match item:
                case Planned():
                    plans.append(read_plan(item.json, item.stack, construct_paths(self.target.folder(item.stack))))
                case Failed():
                    gaps.append(Gap(item.stack, "it could not be planned; Terraform's words are below"))
        return Read(tuple(plans), tuple(gaps))

    def review(self, read: Read, scanned: ScanReport | None = None) -> Review:
        """What a reviewer must know, of the scan as well where it is given."""
        documents = load(self.root)
        rules = rule_rows(self.root, documents, read.plans)
        found = scanned_of(scanned) if scanned else Scanned()
        return review(read.plans, read.gaps, rules=rules, scanned=found, routes=routes_of(documents), key=review_key())

    def show(self, found: Review, *, as_json: bool, markdown: Path | None = None) -> None:
        """Print a review, and write it as Markdown where that is wanted."""
        if markdown is not None:
            markdown.parent.mkdir(parents=True, exist_ok=True)
            markdown.write_text(render_markdown(found), encoding="utf-8")
        colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        click.echo(render_json(found) if as_json else render_terminal(found, colour=colour), nl=False)


def explain(planned: Sequence[Planned | Failed]) -> None:
    """Say in full, on stderr, why stacks could not be planned."""
    for item in planned:
        if isinstance(item, Failed):
            click.echo(visible(f"\n{item.error}"), err=True)
            for address in _KEPT.findall(item.error.message):
                path = path_of(item.stack, address) or item.stack
                click.echo(
                    visible(f"  To let it go: a waiver of R40 with path {path}; see docs/protection.md"), err=True
                )


def exit_code(found: Review, planned: Sequence[Planned | Failed]) -> int:
    """What the shell is told of a review."""
    if any(isinstance(item, Failed) for item in planned):
        return 1
    return found.verdict.exit_code


def without_moved(
    flow: Flow, lines: Lines, planned: Sequence[Planned | Failed], named: Sequence[str]
) -> tuple[Lines, list[Planned | Failed]]:
    """What was planned without the lines that it would move though nobody edited their manifests; says which.

    Who `named` a stack means it.
    """
    changed = [item for item in planned if isinstance(item, Planned) and item.plan.changes]
    kept = without_drift(flow.root, lines, flow.read(changed).plans, named)
    gone = kept.ahead[len(lines.ahead) :]
    say_ahead(gone, is_live=flow.target.is_live)
    out = {one.line.stack for one in gone}
    return kept, [item for item in planned if item.stack not in out]


def deploy(
    flow: Flow,
    stacks: Sequence[str],
    *,
    yes: bool,
    quiet: bool,
    as_json: bool,
    confirmed: Sequence[str] = (),
    named: Sequence[str] = (),
) -> int:
    """Scan, then wave by wave plan, review, ask and apply; the answer is the exit code.

    `confirmed` names the protected environments that may be changed without asking, `named` are the stacks that were
    asked for by name. Lines whose manifest is a move are left out; raises NoMove for one to which no move leads.
    """
    lines = lines_of(flow.root, stacks, is_live=flow.target.is_live).refuse_wrong()
    say_ahead(lines.ahead, is_live=flow.target.is_live)
    say_unrecorded(lines, is_live=flow.target.is_live)
    stacks = lines.stacks
    if not stacks:
        _say_done(flow, lines, [], as_json)
        return LEFT_OUT
    report = flow.scan(stacks)
    if report.at_or_above(Severity.MEDIUM):
        click.echo(json.dumps(report.as_json(), indent=2) if as_json else render_report(report))
        return 2
    flow.tell(f"scanned: {sum(report.passed.values())} checks passed")
    applied: list[str] = []
    for wave in waves(stacks):
        lines, planned = without_moved(flow, lines, flow.plan(wave), named)
        wave = [item.stack for item in planned]
        if not wave:
            continue
        found = flow.review(flow.read(planned))
        code = exit_code(found, planned)
        if code in (1, 4, 5):
            flow.show(found, as_json=as_json)
            explain(planned)
            return code
        setups = setups_of_zones(flow.target.out, wave)
        if code in (2, 3) or not all(map(flow.target.setups.installed, setups)):
            if not quiet and not as_json:
                flow.show(found, as_json=False)
            # A landing zone that is about to be applied has its job only then; policies need it to have run.
            refuse_before_setup(flow.target.out, wave, flow.target.setups)
            if not _confirmed(flow, planned, yes=yes, confirmed=confirmed):
                return 4
            _apply(flow, planned)
            applied += [item.stack for item in planned if isinstance(item, Planned) and item.plan.changes]
            # Of a zone whose plan is empty, nothing was applied that would have ended with its job.
            install(setups, flow.target.setups, flow.tell)
        # Of those without changes too: another version of a provider is nothing that a plan shows.
        noted = {stack: lines.manifests[stack] for stack in wave if stack in lines.manifests}
        note_deployed(flow.root, flow.target.out, noted, is_live=flow.target.is_live)
    flow.warn_of_orphans()
    _say_done(flow, lines, applied, as_json)
    return LEFT_OUT if lines.ahead else 0


def _target(root: Path, synthesized: Path, is_live: bool) -> Target:
    return live(synthesized.resolve()) if is_live else sandbox(root, synthesized.resolve())


def _confirmed(flow: Flow, planned: Sequence[Planned | Failed], *, yes: bool, confirmed: Sequence[str]) -> bool:
    changed = [item.stack for item in planned if isinstance(item, Planned) and item.plan.changes]
    # Without a change there is still a data setup to run.
    stacks = changed or [item.stack for item in planned if isinstance(item, Planned)]
    guarded = flow.guarded(stacks)
    names = ", ".join(stacks)
    if guarded:
        # A yes can be a habit, or stand in a script that somebody pointed at another environment.
        return named(guarded, confirmed, f"this changes {names}, and {', '.join(guarded)} is protected")
    return yes or agreed(f"Apply this to {names} in {flow.target.name}?")


def _apply(flow: Flow, planned: Sequence[Planned | Failed]) -> None:
    items = [item for item in planned if isinstance(item, Planned)]
    terraform = SetupsFirst(flow.target.terraform, flow.target.setups, flow.tell)
    for failed in apply_stacks(items, flow.target.out, terraform, flow.tell):
        raise failed.error


def _say_done(flow: Flow, lines: Lines, applied: Sequence[str], as_json: bool) -> None:
    stacks = lines.stacks
    if as_json:
        answer = {"schema": "shipway/deploy/v1", "target": flow.target.name, "applied": list(applied)}
        unchanged = [s for s in stacks if s not in applied]
        click.echo(json.dumps({**answer, "unchanged": unchanged, "left_out": ahead_json(lines.ahead)}, indent=2))
    elif not stacks:
        click.echo("Nothing was deployed: all of it is left out.")
    elif applied:
        click.secho(f"Deployed {', '.join(applied)} in {flow.target.name}.", fg="green")
    else:
        click.echo(f"Nothing to do: {flow.target.name} is as declared ({', '.join(stacks)}).")
