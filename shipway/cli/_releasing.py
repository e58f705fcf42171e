"""What the commands of `shipway release` work with: the line, its bundle's terms, and the outside for the engine.

What reads, judges and synthesizes documents is imported where it is needed: a rollback needs none of it, and whoever
waits for one should not wait for imports.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shipway.cli._confirming import agreed, named
from shipway.cli._early import Place, open_place
from shipway.cli._ledgers import actor, approver, ledger_of
from shipway.cli._line_facts import Facts, live_facts, sandbox_facts
from shipway.cli._release_text import way_back_text
from shipway.cli._review_key import review_key
from shipway.cli._source import LIVE, SANDBOX, observe
from shipway.cli._target import Target
from shipway.errors import ShipwayError, visible
from shipway.ledger.chain import ledger_folder
from shipway.ledger.entry import Entry
from shipway.models.document import suggestion
from shipway.models.names import EnvironmentName, UseCaseName
from shipway.models.release import ReleaseManifest
from shipway.observed import ObservedWorkspace
from shipway.outside.git import authors_of
from shipway.plan.verdict import Outcome
from shipway.project import find_root
from shipway.release.evidence import ledger_evidence
from shipway.release.gates import Asked
from shipway.release.line import Line, Ports, Terms, read_manifest
from shipway.release.moves import row_of
from shipway.release.prepared import Prepared
from shipway.release.steps import Stage
from shipway.run.past import runs_since

if TYPE_CHECKING:
    from shipway.models.load import Documents
    from shipway.plan.report import Review
    from shipway.release.approvals import Bound
    from shipway.synth.overlay import LineSynth

__all__ = ["Answers", "Session", "line_of", "read_documents"]


class NotAgreed(ShipwayError):
    """Nobody said yes."""

    exit_code = 4


@dataclass(frozen=True, slots=True)
class Answers:
    """What the command line says beforehand."""

    live: bool = False
    yes: bool = False
    confirmed: tuple[str, ...] = ()
    quiet: bool = False
    approved: tuple[str, ...] = ()
    """Beginnings of digests of moves that were approved elsewhere; with any, no other move onwards is made."""


@dataclass(frozen=True)
class Session:
    """One command on one line."""

    line: Line
    answers: Answers
    place: Place
    documents: Documents | None
    """None where the way back needs none of them."""

    @classmethod
    @contextmanager
    def open(
        cls, line: Line, answers: Answers, *, place: Place | None = None, terraform: bool = True
    ) -> Iterator[Session]:
        """Open the place of the line; raises ShipwayError.

        In a `place` that is open already it is the way back that is made, which needs no documents.
        """
        if place is not None:
            yield cls(line, answers, place, None)
            return
        documents = read_documents(line.root)
        _must_be_declared(documents, line)
        with open_place(line.root, is_live=answers.live, terraform=terraform) as opened:
            yield cls(line, answers, opened, documents)

    @property
    def target(self) -> Target:
        """Where plans go."""
        return self.place.target

    @property
    def terms(self) -> Terms:
        """What the bundle says of releases."""
        if self.documents is None:
            return Terms("", ())
        bundle = self.documents.bundles[self.line.use_case].model
        judging, environment = bundle.release, self.documents.environments[self.line.environment].model
        wanted = environment.releases.approvals
        return Terms(bundle.kind, judging.canary_percents(bundle.risk), judging.soak, judging.window, wanted)

    @property
    def ports(self) -> Ports:
        """The outside of one command."""
        line = self.line
        return Ports(
            terraform=self.place.terraform,
            ledger=ledger_of(line.root, line.environment, is_live=self.answers.live),
            synthesize=self._synthesize,
            findings=self._findings,
            inputs=lambda: self._synth().inputs(),
            observe=self._observe,
            evidence=ledger_evidence(self._all_entries, line.key, self._runs),
            clock=lambda: datetime.now(UTC),
            actor=actor(),
            plans=self.place.plans,
            agree=self._agree,
            policy=lambda: _policy(line.root),
            authors=lambda: authors_of(line.root, line.file),
            elsewhere=self._elsewhere,
            live=self.answers.live,
            tell=self._tell,
            say=lambda text: click.echo(visible(text), err=True),
        )

    @property
    def manifest(self) -> ReleaseManifest:
        """The manifest in place."""
        return read_manifest(self.line.manifest.read_bytes(), self.line.file)

    def _all_entries(self) -> Iterator[Entry]:
        """Of all environments: what was rehearsed in one counts in another."""
        folder = ledger_folder(self.line.root, live=self.answers.live)
        for path in sorted(folder.glob("*.jsonl")):
            yield from ledger_of(self.line.root, path.stem, is_live=self.answers.live).entries(self.line.use_case)

    @property
    def known_documents(self) -> Documents:
        """The project's documents, read now where the way back did without."""
        return self.documents or read_documents(self.line.root)

    def _synth(self) -> LineSynth:
        """Only who synthesizes needs the documents: a thousand lines' take longer than one line's way back."""
        from shipway.outside.app import CdktfApps
        from shipway.synth.overlay import LineSynth

        line = self.line
        return LineSynth(line.root, self.known_documents, line.environment, line.use_case, line.scratch, CdktfApps)

    def _synthesize(self, manifests: Sequence[ReleaseManifest]) -> list[bytes]:
        return self._synth()(manifests)

    def _findings(self, synth: bytes) -> list[str]:
        """What would stop a deploy of this one stack as well."""
        from shipway.cli._scanning import scan_stack
        from shipway.scan.rules import Severity

        report = scan_stack(self.line.root, self.known_documents, self.line.stack, synth)
        return [
            f"{one.rule} {one.title}: {one.position or one.construct_path}"
            for one in report.at_or_above(Severity.MEDIUM)
        ]

    @cached_property
    def facts(self) -> Facts:
        """What the line's jobs measured, and how they ran."""
        line = self.line
        if not self.answers.live:
            return sandbox_facts(line.root, line.key, lambda: self.known_documents)
        from shipway.outside.workspace import connect

        return live_facts(line.key, lambda: self.known_documents, connect)

    def _runs(self, asked: Asked) -> int | str:
        """How many runs the phase has seen."""
        if not asked.recorded.phase_since:
            return "nobody counted any"
        since = datetime.fromisoformat(asked.recorded.phase_since)
        try:
            return len(runs_since(self.facts.runs(since), since))
        except ShipwayError as error:
            return f"nobody could count them: {error.message}"

    def _observe(self, host: str) -> ObservedWorkspace:
        return observe(self.line.root, LIVE if self.answers.live else SANDBOX, host, "")

    def _tell(self, stage: Stage) -> None:
        if not self.answers.quiet:
            click.echo(click.style(f"  … {stage.name.lower().replace('_', ' ')}", dim=_dim()), err=True)

    def reviewed(self, prepared: Prepared) -> Review | None:
        """What a reviewer must know of the plan."""
        from shipway.cli._judging import rule_rows
        from shipway.plan.review import review
        from shipway.plan.routes import routes_of

        if prepared.planned is None:
            return None
        documents, plans = self.known_documents, [prepared.planned.plan]
        rules = rule_rows(self.line.root, documents, plans)
        return review(plans, rules=rules, routes=routes_of(documents), key=review_key())

    def show(self, prepared: Prepared) -> Review | None:
        """Print what a reviewer must know, and the way back."""
        found = self.reviewed(prepared)
        if not self.answers.quiet:
            if found is not None:
                from shipway.plan.terminal import render_terminal

                click.echo(render_terminal(found, colour=sys.stdout.isatty() and _dim()), nl=False)
            click.echo(visible("\n".join(way_back_text(prepared))))
        return found

    def _elsewhere(self, bound: Bound) -> str:
        """Who approved this where a forge asked them, who then names it by its digest."""
        if not any(bound.digest.startswith(one) for one in self.answers.approved):
            return ""
        by = approver(self.line.environment)
        if not by:
            click.echo("--approved is an approval in CI alone, where a forge has asked somebody.", err=True)
        return by

    def digest(self, prepared: Prepared) -> str:
        """Of all that is approved with a move: what it changes, its way back, its manifest, release and rules."""
        from shipway.release.approving import bound_of

        return bound_of(prepared, _policy(self.line.root)).digest

    def _agree(self, prepared: Prepared) -> None:
        found = self.show(prepared)
        backwards = row_of(prepared.request.move).backwards
        if found is not None and found.verdict.outcome is Outcome.BLOCKED and not backwards:
            raise NotAgreed("rules on plans refuse this plan", "mend what the review names")
        approved, digest = self.answers.approved, self.digest(prepared)
        if approved and not backwards and not any(digest.startswith(one) for one in approved):
            message = f"this {prepared.request.move.value} of {prepared.line} is not what was approved: it is {digest}"
            raise NotAgreed(message, "nothing was done; have this one approved")
        if not self._confirmed(prepared):
            raise NotAgreed(f"{prepared.line} was not moved", "nothing was done")

    def _confirmed(self, prepared: Prepared) -> bool:
        line = self.line
        if self.target.is_live and self.known_documents.environments[line.environment].model.protected:
            what = f"this moves {line} ({prepared.request.move.value}), and {line.environment} is protected"
            return named([line.environment], self.answers.confirmed, what)
        return self.answers.yes or agreed(f"{prepared.request.move.value.capitalize()} {line} in {self.target.name}?")


def line_of(environment: str, use_case: str) -> Line:
    """The line of the project around this folder; raises ShipwayError for names that are none."""
    from pydantic import TypeAdapter, ValidationError

    for name, kind in ((environment, EnvironmentName), (use_case, UseCaseName)):
        try:
            TypeAdapter(kind).validate_python(name)
        except ValidationError as error:
            said = error.errors()[0]["msg"].removeprefix("Value error, ")
            raise ShipwayError(f"{name!r} is no name here: {said}") from None
    return Line(find_root(Path.cwd()), environment, use_case)


def read_documents(root: Path) -> Documents:
    """All documents of the project, those that did not change from the cache; raises DocumentErrors."""
    from shipway.models.load import load

    return load(root, root / ".shipway" / "cache" / "documents.json")


def _policy(root: Path) -> str:
    """The digest of the rules. A rollback asks nobody, and does not read them."""
    from shipway.scan.rules import read_rules

    return read_rules(root / "policies").digest


def _must_be_declared(documents: Documents, line: Line) -> None:
    if line.key in documents.releases:
        return
    here = [use_case for environment, use_case in documents.releases if environment == line.environment]
    if not here:
        known = sorted({environment for environment, _ in documents.releases})
        raise ShipwayError(f"no environment {line.environment!r} has a line", f"there are: {', '.join(known)}")
    meant = suggestion(line.use_case, here)
    raise ShipwayError(
        f"{line.environment} has no use case {line.use_case!r}{meant}", f"there are: {', '.join(sorted(here))}"
    )


def _dim() -> bool:
    return not os.environ.get("NO_COLOR")
