"""What the steps of a move hand on: what it would do, what is known of it, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass

from shipway.deploy.runner import SavedPlan
from shipway.ledger.entry import Entry
from shipway.models.release import ReleaseManifest
from shipway.plan.model import Plan
from shipway.release.approvals import Approval
from shipway.release.equality import Assertion
from shipway.release.gates import Answer
from shipway.release.inverse import Changes
from shipway.release.line import Line, Request
from shipway.release.look import Seen
from shipway.release.read_back import ReadBack
from shipway.release.record import Back

__all__ = ["Done", "Planned", "Prepared"]


@dataclass(frozen=True, slots=True)
class Planned:
    """The plan of a move, and what it changes."""

    synth_before: bytes
    synth_after: bytes
    saved: SavedPlan
    plan: Plan
    changes: Changes


@dataclass(frozen=True, slots=True)
class Prepared:
    """A move that is proven and not yet made."""

    line: Line
    request: Request
    seen: Seen
    content: bytes
    """The manifest after it."""
    after: ReleaseManifest
    planned: Planned | None
    """None for a move without Terraform."""
    back: Back | None
    back_changes: Changes
    """What taking it back will change."""
    answers: tuple[Answer, ...]
    approvals: tuple[Approval, ...] = ()
    """Those by which it may be made."""


@dataclass(frozen=True, slots=True)
class Done:
    """A move that was made, or, of a dry run, could be."""

    prepared: Prepared
    entry: Entry | None = None
    """Its outcome in the ledger; None for a dry run."""
    read_back: ReadBack | None = None
    equality: tuple[Assertion, ...] = ()
    """Of a rollback: whether what it restored is what there was."""
