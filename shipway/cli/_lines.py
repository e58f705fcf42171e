"""Lines in a run of plan, apply or deploy: one whose manifest is a move stays out of it, and the rest goes on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import click

from shipway.cli._ledgers import ledger_of
from shipway.errors import ShipwayError, visible
from shipway.ledger.chain import Ledger
from shipway.ledger.entry import Entry
from shipway.ledger.fold import Recorded, fold
from shipway.models.load import load
from shipway.plan.model import Plan
from shipway.release.ahead import Ahead, ahead_of, drifted
from shipway.release.line import Line, read_manifest

__all__ = ["Lines", "ahead_json", "lines_of", "say_ahead", "say_only_moves", "say_unrecorded", "without_drift"]


class NoMove(ShipwayError):
    """Manifests to which no single move leads, all of a run together."""

    exit_code = 4


@dataclass(frozen=True, slots=True)
class Lines:
    """What of a run goes on."""

    stacks: tuple[str, ...]
    """Those that are planned and deployed as they are declared."""
    ahead: tuple[Ahead, ...]
    """Those that are left out."""
    manifests: Mapping[str, bytes] = field(default_factory=dict)
    """Of the lines that go on, by stack, as they were when this was decided."""
    wrong: Mapping[str, ShipwayError] = field(default_factory=dict)
    """By stack, the lines to whose manifest no single move leads: they go nowhere."""
    unrecorded: tuple[str, ...] = ()
    """Of the lines that go on, those of which nothing is recorded: whatever their manifests say is deployed."""
    to_back_fill: tuple[Line, ...] = ()
    """Lines that go on, of whose ways back Git knew nothing until now."""

    def refuse_wrong(self) -> Lines:
        """The same, where none is wrong; raises NoMove with every one that is."""
        if self.wrong:
            found = self.wrong.values()
            raise NoMove("\n".join(one.message for one in found), "\n".join(dict.fromkeys(one.hint for one in found)))
        return self


def lines_of(root: Path, stacks: Sequence[str], *, is_live: bool, manifests: Path | None = None) -> Lines:
    """Sort the lines among `stacks` by their manifests and ledgers; `manifests` is read in the place of `releases/`."""
    known = _Known(root, is_live)
    documents = load(root, root / ".shipway" / "cache" / "documents.json")
    lines = {one.stack: one for one in (Line(root, *key, manifests) for key in documents.releases)}
    ahead, as_they_are, wrong = [], {}, {}
    unrecorded, unfilled = [], []
    for stack in stacks:
        line = lines.get(stack)
        if line is None or (manifests is not None and not line.manifest.is_file()):
            continue
        bundle = documents.bundles[line.use_case].model
        content = line.manifest.read_bytes()
        ledger, recorded = known.of(line)
        try:
            found = ahead_of(line, content, recorded, ledger.blobs, bundle.release.canary_percents(bundle.risk))
        except ShipwayError as error:
            wrong[stack] = error
            continue
        if found is not None:
            ahead.append(found)
            continue
        as_they_are[stack] = content
        if not recorded.manifest:
            unrecorded.append(stack)
        if recorded.to_back_fill:
            unfilled.append(line)
    out = {*wrong, *(one.line.stack for one in ahead)}
    goes_on = tuple(stack for stack in stacks if stack not in out)
    return Lines(goes_on, tuple(ahead), as_they_are, wrong, tuple(unrecorded), tuple(unfilled))


def without_drift(root: Path, lines: Lines, plans: Sequence[Plan], named: Sequence[str]) -> Lines:
    """The same without those whose plan would move them; who named a stack means it, whatever was done to it."""
    documents = load(root, root / ".shipway" / "cache" / "documents.json")
    found = []
    for plan in plans:
        content = lines.manifests.get(plan.stack)
        if content is None or plan.stack in (*named, *lines.unrecorded):
            continue
        line = next(one for one in (Line(root, *key) for key in documents.releases) if one.stack == plan.stack)
        kind = documents.bundles[line.use_case].model.kind
        if (one := drifted(line, read_manifest(content, line.file), kind, plan)) is not None:
            found.append(one)
    out = {one.line.stack for one in found}
    return replace(
        lines,
        stacks=tuple(stack for stack in lines.stacks if stack not in out),
        ahead=(*lines.ahead, *found),
        manifests={stack: content for stack, content in lines.manifests.items() if stack not in out},
    )


@dataclass
class _Known:
    """The ledgers of a run, each read once: of a thousand lines, nobody reads a thousand times."""

    root: Path
    is_live: bool
    read: dict[str, tuple[Ledger, dict[str, list[Entry]]]] = field(default_factory=dict)

    def of(self, line: Line) -> tuple[Ledger, Recorded]:
        if line.environment not in self.read:
            ledger = ledger_of(self.root, line.environment, is_live=self.is_live)
            by_use_case: dict[str, list[Entry]] = {}
            for entry in ledger.entries():
                by_use_case.setdefault(entry.use_case, []).append(entry)
            self.read[line.environment] = ledger, by_use_case
        ledger, entries = self.read[line.environment]
        return ledger, fold(entries.get(line.use_case, []), line.key)


def say_ahead(ahead: Sequence[Ahead], *, is_live: bool) -> None:
    """One line for each that is left out, on stderr: what is printed stays what it was."""
    for one in ahead:
        click.echo(visible(f"{one.line.stack}: {_said(one, is_live)}"), err=True)


def say_unrecorded(lines: Lines, *, is_live: bool) -> None:
    """Which live lines have no record: somebody may have forgotten to bring the ledger along."""
    for stack in lines.unrecorded if is_live else ():
        text = (
            "nothing is recorded of it, so it is taken as it is declared (shipway ledger pull brings what others did)"
        )
        click.echo(visible(f"{stack}: {text}"), err=True)


def say_only_moves(ahead: Sequence[Ahead], *, as_json: bool) -> None:
    """That nothing else was asked for, so that there is nothing to review."""
    answer = {"schema": "shipway/left-out/v1", "left_out": ahead_json(ahead)}
    click.echo(json.dumps(answer, indent=2) if as_json else "Nothing else is to be planned.")


def _said(one: Ahead, is_live: bool) -> str:
    if one.move is None:
        return f"{one.way.value}: {one.text}"
    live = f" --live --confirm {one.line.environment}" if is_live else ""
    return f"{one.text}; carried out by: {one.carried_out_by}{live}"


def ahead_json(ahead: Sequence[Ahead]) -> list[dict[str, object]]:
    """The same for a machine."""
    return [
        {
            "stack": one.line.stack,
            "way": one.way.value,
            "move": one.move.value if one.move else None,
            "text": one.text,
            "carried_out_by": one.carried_out_by,
        }
        for one in ahead
    ]
