"""Rulings as rows of a review: what was refused, where it comes from, and what a waiver would have to name."""

from __future__ import annotations

from shipway.guard.judge import Ruling
from shipway.models.waivers import PlacedWaiver
from shipway.plan.report import Place, RuleRow

__all__ = ["row_of", "said"]


def row_of(ruling: Ruling) -> RuleRow:
    """A ruling for a reviewer."""
    expired = (f"a waiver for it ended: {said(ruling.expired)}",) if ruling.expired else ()
    return RuleRow(
        rule=ruling.rule,
        title=ruling.title,
        address=ruling.address,
        messages=(*ruling.messages, *expired),
        path=(ruling.construct_path or ruling.stack) if ruling.document else "",
        document=str(ruling.position or ""),
        waived=said(ruling.waiver) if ruling.waiver else "",
        waiver_document=ruling.document,
        places=(Place(ruling.stack, ruling.address),),
    )


def said(placed: PlacedWaiver) -> str:
    """A waiver in one sentence: until when, who answers, why, and where it stands."""
    waiver = placed.waiver
    return f"until {waiver.expires} by {waiver.owner}: {waiver.reason} ({placed.at})"
