"""From plans to a review: pure, one section after the other.

Plan (one per stack)  -> counts, gaps, data at risk, pointers, access, cautions, changes, state, outputs, drift
all stacks together   -> grouped (what is the same in several stacks once), redacted, sorted by what matters
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from shipway.plan.classify import (
    classified_access,
    classified_caution,
    classified_object,
    classified_output,
    classified_pointer,
    classified_runs,
    classified_slot,
    classified_state,
)
from shipway.plan.cost import cost_rows
from shipway.plan.counts import count
from shipway.plan.decide import verdict
from shipway.plan.dependents import reach_rows
from shipway.plan.fingerprints import fingerprints
from shipway.plan.group import access_key, group, mark_odd_ones, object_key
from shipway.plan.identities import identities_of
from shipway.plan.model import CheckStatus, Gap, Plan
from shipway.plan.report import Counts, Effect, ObjectRow, Review, RuleRow, Scanned, StackRow
from shipway.plan.rights import Created
from shipway.plan.sections import (
    Told,
    View,
    drift_rows,
    object_rows,
    output_rows,
    pointer_rows,
    runs_rows,
    slot_rows,
    state_rows,
    tell,
)
from shipway.plan.sorting import sorted_access, sorted_objects
from shipway.plan.strings import map_strings
from shipway.plan.taint import Taint
from shipway.plan.verdict import Routes

__all__ = ["review"]

_BAD = (CheckStatus.FAIL, CheckStatus.ERROR)
_NO_ROUTES = Routes()
_NOT_SCANNED = Scanned()


def review(
    plans: Sequence[Plan],
    gaps: Sequence[Gap] = (),
    *,
    rules: Sequence[RuleRow] = (),
    scanned: Scanned = _NOT_SCANNED,
    routes: Routes = _NO_ROUTES,
    approved: frozenset[str] = frozenset(),
    denied: Sequence[str] = (),
    key: bytes = b"",
) -> Review:
    """What a reviewer must know of these plans.

    `gaps` names what should have been reviewed and could not be read; `rules` what rules on plans have against these;
    `scanned` what the scan has against the synthesized stacks; `denied` what else refuses them; `approved` holds the
    fingerprints of rows that were approved before. With `key`, fingerprints of rows with secrets are the same in every
    run; without it such rows have to be approved anew.
    """
    sealed = [replace(plan, taint=replace(plan.taint, key=key)) for plan in plans] if key else list(plans)
    identities = identities_of(sealed)
    stacks = [(view, tell(view)) for view in (View.of(plan, identities) for plan in sealed)]
    found = replace(_found(stacks, (*gaps, *_doubles(plans))), rules=tuple(rules), scanned=scanned)
    taint = Taint.joined(plan.taint for plan in plans)
    found = map_strings(found, taint.redact) if taint.needles else found
    found = replace(found, effect=_effect(found, plans), fingerprints=fingerprints(found.rows))
    return replace(found, verdict=verdict(found, routes, approved, denied))


def _found(stacks: Sequence[tuple[View, tuple[Told, ...]]], gaps: Sequence[Gap]) -> Review:
    plans = [view.plan for view, _ in stacks]
    created = _created(view for view, _ in stacks)
    items = [(view, item) for view, told in stacks for item in told]
    drift = [row for view, _ in stacks for row in drift_rows(view)]
    stack_rows = tuple(map(_stack_row, plans))
    access = (row for view, item in items for row in item.access_rows(view))
    objects = _objects(stacks)
    return Review(
        effect=Effect.NONE,
        stacks=stack_rows,
        counts=sum((row.counts for row in stack_rows), Counts()),
        gaps=(
            *gaps,
            *(gap for plan in plans for gap in plan.gaps),
            *(gap for view, item in items for gap in item.gaps(view)),
        ),
        data=tuple(row for row in objects if row.loss is not None),
        pointers=group(classified_pointer(row) for view, told in stacks for row in pointer_rows(view, told)),
        runs=group(classified_runs(row) for view, told in stacks for row in runs_rows(view, told)),
        slots=group(classified_slot(row) for view, told in stacks for row in slot_rows(view, told)),
        access=sorted_access(mark_odd_ones(group(map(classified_access, access)), access_key)),
        cautions=group(classified_caution(row) for view, item in items for row in item.cautions(view, created)),
        changes=tuple(row for row in objects if row.loss is None),
        state_only=group(classified_state(row) for view, told in stacks for row in state_rows(view, told)),
        outputs=group(classified_output(row) for view, _ in stacks for row in output_rows(view)),
        drift=sorted_objects(group(row for row in drift if row is not None)),
        drift_elsewhere=sum(row is None for row in drift),
        cost=tuple(cost_rows([view for view, _ in stacks])),
        reach=tuple(sorted(reach_rows([view for view, _ in stacks]), key=lambda row: not row.action.destroys)),
        checks=tuple(check for plan in plans for check in plan.checks if check.status in _BAD),
    )


def _doubles(plans: Sequence[Plan]) -> Iterator[Gap]:
    """Two plans of one stack: they cannot both be what will be applied."""
    for stack, number in Counter(plan.stack for plan in plans).items():
        if number > 1:
            yield Gap(stack, f"{number} plans of one stack", "review one plan a stack; a file is named like its stack")


def _objects(stacks: Iterable[tuple[View, tuple[Told, ...]]]) -> tuple[ObjectRow, ...]:
    # Together, though they stand in two sections: destroyed here and changed there is what differs most.
    rows = group(classified_object(row) for _, told in stacks for row in object_rows(told))
    return sorted_objects(mark_odd_ones(rows, object_key))


def _effect(found: Review, plans: Sequence[Plan]) -> Effect:
    if found.gaps or not plans:
        return Effect.CANNOT_JUDGE
    # `applyable` without any row: only the state is brought up to what was found, which is an effect nonetheless.
    return Effect.EFFECTS if bool(found.rows or found.checks) or any(plan.applyable for plan in plans) else Effect.NONE


def _stack_row(plan: Plan) -> StackRow:
    return StackRow(plan.stack, plan.level, count(plan.changes), plan.terraform_version, plan.timestamp, plan.notes)


def _created(views: Iterable[View]) -> Created:
    titles: dict[str, set[str]] = defaultdict(set)
    for view in views:
        for change in view.plan.changes:
            if change.action.creates:
                titles[change.type].add(view.will_be.title(change))
    return {type_name: frozenset(names) for type_name, names in titles.items()}
