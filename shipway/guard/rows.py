"""Rulings as rows of a review: what was refused, where it comes from, and the waiver that would let it pass."""

from __future__ import annotations

from shipway.guard.judge import Ruling
from shipway.models.waivers import PlacedWaiver
from shipway.plan.report import Place, RuleRow

__all__ = ["row_of", "waiver_line"]


def row_of(ruling: Ruling) -> RuleRow:
    """A ruling for a reviewer."""
    expired = (f"a waiver for it ended: {_said(ruling.expired)}",) if ruling.expired else ()
    return RuleRow(
        rule=ruling.rule,
        title=ruling.title,
        address=ruling.address,
        messages=(*ruling.messages, *expired),
        document=str(ruling.position or ""),
        waived=_said(ruling.waiver) if ruling.waiver else "",
        waiver=f"in {ruling.document} under waivers: {waiver_line(ruling)}" if ruling.document else "",
        places=(Place(ruling.stack, ruling.address),),
    )


def waiver_line(ruling: Ruling) -> str:
    """The entry to write, in YAML, with what only a person can fill in."""
    path = ruling.construct_path or ruling.stack
    return f"- {{rule: {ruling.rule}, owner: <group>, reason: <why>, expires: <YYYY-MM-DD>, path: {path}}}"


def _said(placed: PlacedWaiver) -> str:
    waiver = placed.waiver
    return f"until {waiver.expires} by {waiver.owner}: {waiver.reason} ({placed.at})"
