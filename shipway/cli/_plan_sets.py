"""Plan sets as commands make and apply them: where they are kept, what is so around them.

saved plans, review, scan -> write  -> .shipway/plan-sets/<digest>
plan set                  -> verify -> refusals, or nothing against it
plan set                  -> apply  -> states, record
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from shipway.cli._flow import Flow, Read
from shipway.cli._ledgers import actor
from shipway.cli._lines import Lines
from shipway.cli._release_noting import note_deployed
from shipway.cli._review_key import kept_key
from shipway.deploy.data_setup import SetupsFirst
from shipway.deploy.order import waves
from shipway.deploy.steps import Failed, Planned
from shipway.errors import ShipwayError
from shipway.outside.git import head
from shipway.plan.as_json import render_json
from shipway.plan.markdown import render_markdown
from shipway.plan.model import Plan
from shipway.plan.page import render_page
from shipway.plan.read import read_plan
from shipway.plan.report import Review
from shipway.plan.review import review
from shipway.plan.synth import construct_paths
from shipway.plan.verdict import Outcome
from shipway.planset.carry_out import Applied, Replanned, carry_out, state_mark
from shipway.planset.record import applied_before, record_intent, record_outcome
from shipway.planset.verify import Opened, StateMark, Surroundings
from shipway.planset.write import Origin, PlannedStack, keep_recent, write_plan_set
from shipway.scan.report import ScanReport
from shipway.scan.rules import read_rules

__all__ = ["apply", "effects_of", "find", "home", "save", "surroundings"]

_APPLICABLE = (Outcome.NEEDS_NOBODY, Outcome.NEEDS_APPROVAL)


def home(root: Path) -> Path:
    """The folder of a project's plan sets: for this user only, and not in git."""
    return root / ".shipway" / "plan-sets"


def find(root: Path, name: str) -> Path:
    """The plan set that `name` means: a folder, or the beginning of a digest; without a name, the newest one."""
    given = Path(name)
    if name and given.is_dir():
        return given
    kept = sorted(
        (path for path in home(root).glob("*/plan-set.json") if path.parent.name.startswith(name)),
        key=lambda path: path.stat().st_mtime,
    )
    if not kept:
        raise ShipwayError(f"there is no plan set {name}".rstrip(), "make one: shipway plan")
    if name and len(kept) > 1:
        raise ShipwayError(f"{len(kept)} plan sets begin with {name}", "give more of the digest")
    return kept[-1].parent


def save(
    flow: Flow, planned: Sequence[Planned | Failed], read: Read, found: Review, scanned: ScanReport, out: Path | None
) -> str | None:
    """Write what was planned as a plan set, to `out` or where they are kept.

    Its digest; None where there is nothing to apply. `read` is what was planned, typed.
    """
    if found.verdict.outcome not in _APPLICABLE:
        return None
    now = datetime.now(UTC)
    reports = {
        "review.json": render_json(found),
        "review.md": render_markdown(found),
        "review.html": render_page(found),
        "scan.json": json.dumps(scanned.as_json(), indent=2) + "\n",
    }
    keep_recent(home(flow.root), now)
    draft = out or home(flow.root) / f".draft-{os.getpid()}-{now.timestamp()}"
    digest = write_plan_set(draft, _stacks(flow.root, planned, read), found, reports, _origin(flow), now)
    if out is None:
        draft.rename(home(flow.root) / digest)
    return digest


def _stacks(root: Path, planned: Sequence[Planned | Failed], read: Read) -> list[PlannedStack]:
    good = [item for item in planned if isinstance(item, Planned)]
    order = {stack: wave for wave, some in enumerate(waves([item.stack for item in good])) for stack in some}
    effects = {plan.stack: _effects(root, plan) for plan in read.plans}
    return [
        PlannedStack(item.stack, order[item.stack], item.plan.changes, item.plan.file.read_bytes(), effects[item.stack])
        for item in good
    ]


def effects_of(root: Path, folder: Path, plan: bytes) -> tuple[str, ...]:
    """Fingerprints of all that a stack's plan does; `plan` is its JSON, `folder` the synthesized stack."""
    return _effects(root, read_plan(plan, folder.name, construct_paths(folder)))


def _effects(root: Path, plan: Plan) -> tuple[str, ...]:
    return review([plan], key=kept_key(root)).fingerprints


def _origin(flow: Flow) -> Origin:
    where = head(flow.root)
    return Origin(flow.target.name, where.commit, where.clean, read_rules(flow.root / "policies").digest)


def surroundings(flow: Flow, opened: Opened, approved: str, lines: Lines) -> Surroundings:
    """What is so right now: asks git, the rules and each state."""
    origin = _origin(flow)
    stacks = [part.stack for part in opened.manifest.stacks]

    def mark(stack: str) -> StateMark | None:
        flow.tell(f"asking the state of {stack}")
        folder = flow.target.folder(stack)
        try:
            return state_mark(flow.target.terraform.pull(folder)) if folder.is_dir() else None
        except ShipwayError:
            return None

    with ThreadPoolExecutor(2) as pool:
        marks = dict(zip(stacks, pool.map(mark, stacks), strict=True))
    return Surroundings(
        now=datetime.now(UTC),
        target=origin.target,
        commit=origin.commit,
        clean=origin.clean,
        rules=origin.rules,
        states={stack: found for stack, found in marks.items() if found is not None},
        applied=applied_before(home(flow.root)),
        approved=approved,
        moves={one.line.stack: f"{one.text}: {one.carried_out_by}" for one in lines.ahead},
    )


def apply(flow: Flow, opened: Opened, lines: Lines) -> list[Applied]:
    """Apply it, recording intent and outcome; raises ShipwayError where a step cannot be."""
    done: list[Applied] = []
    error = "it was interrupted"
    record_intent(home(flow.root), opened.digest, actor(), datetime.now(UTC))
    try:
        terraform = SetupsFirst(flow.target.terraform, flow.target.setups, flow.tell)
        for item in carry_out(opened, terraform, flow.target.folder, flow.plans, _replanner(flow)):
            flow.tell(f"applied {item.stack}")
            done.append(item)
        note_deployed(flow.root, flow.target.out, lines.manifests, is_live=flow.target.is_live)
        error = ""
    except ShipwayError as failed:
        error = failed.message
        raise
    finally:
        record_outcome(home(flow.root), opened.digest, done, error, datetime.now(UTC))
    return done


def _replanner(flow: Flow) -> Callable[[str, Path], Replanned]:
    def replan(stack: str, place: Path) -> Replanned:
        flow.tell(f"planning {stack} again, on what was just applied")
        folder = flow.target.folder(stack)
        saved = flow.target.terraform.plan(folder, place / "tfplan")
        return Replanned(
            saved, frozenset(effects_of(flow.root, folder, flow.target.terraform.show(folder, saved.file)))
        )

    return replan
