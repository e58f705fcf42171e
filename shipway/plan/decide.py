"""From the rows of a review to its verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from shipway.plan.classes import ChangeClass, highest
from shipway.plan.fingerprints import fingerprint
from shipway.plan.report import Effect, Review, Row, class_of
from shipway.plan.verdict import Outcome, Routes, Verdict, needs

__all__ = ["verdict"]


def verdict(found: Review, routes: Routes, approved: frozenset[str], denied: Sequence[str]) -> Verdict:
    """What happens next with these plans. Rows that were approved before need nobody again; nothing else is lifted."""
    blockers = (*_blockers(found), *denied)
    highest_class = ChangeClass.UNKNOWN if found.gaps else highest(rule for row in found.rows for rule in row.because)
    needed = tuple(needs(_open(found.rows, approved), routes))
    return Verdict(_outcome(found, highest_class, bool(blockers), bool(needed)), highest_class, needed, blockers)


def _outcome(found: Review, highest_class: ChangeClass, blocked: bool, needed: bool) -> Outcome:
    if found.effect is Effect.CANNOT_JUDGE or highest_class is ChangeClass.UNKNOWN:
        return Outcome.CANNOT_JUDGE
    if blocked:
        return Outcome.BLOCKED
    if found.effect is Effect.NONE:
        return Outcome.NO_EFFECT
    return Outcome.NEEDS_APPROVAL if needed else Outcome.NEEDS_NOBODY


def _open(rows: Sequence[Row], approved: frozenset[str]) -> Iterator[tuple[ChangeClass, str]]:
    """Each row that nobody approved yet, once for each environment that it is in."""
    for row in rows:
        if approved and fingerprint(row) in approved:
            continue
        for stack in dict.fromkeys(place.stack for place in row.places):
            yield class_of(row), stack


def _blockers(found: Review) -> Iterator[str]:
    for pointer in found.pointers:
        if pointer.residual:
            rest = "; ".join(pointer.residual[:3]) + (" …" if len(pointer.residual) > 3 else "")
            yield f"the pointer of {pointer.line} moves, and the plan does more than that: {rest}"
    for slot in found.slots:
        if slot.live:
            yield f"slot {slot.slot} of {slot.job} is live and gets another release in place: no pointer leads back"
    refused = Counter((row.rule, row.title) for row in found.rules if not row.waived)
    for (rule, title), number in sorted(refused.items()):
        yield f"{rule} refuses {number} {'change' if number == 1 else 'changes'}: {title}"
    for check in found.checks:
        yield f"the check {check.address} fails"
