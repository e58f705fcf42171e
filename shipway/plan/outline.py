"""What a review says and in which order: from rows to sections of lines, for every renderer the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import assert_never

from shipway.plan.fingerprints import digest_of
from shipway.plan.model import Action, Gap, Level
from shipway.plan.outline_release import pointer_entry, runs_entry
from shipway.plan.phrases import Atom, Entry, Line, Outline, Section, Tone, Weight, in_stacks, listed, sentence
from shipway.plan.report import (
    AccessRow,
    AttributeRow,
    Caution,
    CostRow,
    Counts,
    Direction,
    Effect,
    ObjectRow,
    OutputRow,
    ReachRow,
    Review,
    RuleRow,
    SlotRow,
    StackRow,
    StateRow,
    class_of,
)
from shipway.plan.text import clip_pair
from shipway.plan.topics import Topic
from shipway.plan.verdict import Verdict

__all__ = ["outline"]


def outline(review: Review, *, detail: bool = False) -> Outline:
    """The outline of a review; `detail` also lists the attributes of what is created."""
    sections = (
        Section("Blocked", tuple(map(_blocker, review.verdict.blockers))),
        Section("Cannot be judged", tuple(map(_gap, review.gaps))),
        Section("Refused by rules", tuple(_refused(review.rules))),
        Section("Found by the scan", tuple(_ruled(row) for row in review.scanned.findings if not row.waived)),
        Section("Waived", tuple(_ruled(row) for row in (*review.rules, *review.scanned.findings) if row.waived)),
        Section(
            "Release", (*map(pointer_entry, review.pointers), *map(runs_entry, review.runs), *map(_slot, review.slots))
        ),
        Section("Who gains and who loses access", tuple(map(_access, review.access))),
        Section("What the plan does not show", tuple(map(_caution, review.cautions))),
        Section("Data at risk", tuple(_object(row, detail=detail, weight=Weight.FIRST) for row in review.data)),
        Section("Checks that fail", tuple(_check(check.address, check.problems) for check in review.checks)),
        *(Section(_TITLES[topic], tuple(_changes(review, topic, detail=detail))) for topic in Topic),
        Section("Cost a month, in DBUs", tuple(_cost(review.cost))),
        Section("What depends on it", tuple(map(_reach, review.reach))),
        Section("In the state only", tuple(map(_state, review.state_only))),
        Section("Outputs", tuple(map(_output, review.outputs))),
        Section("Changed outside Terraform", tuple(map(_drifted, review.drift))),
    )
    return Outline(
        outcome=review.verdict.outcome,
        change_class=review.verdict.change_class,
        headline=_headline(review),
        verdict=tuple(_verdict(review.verdict)),
        stacks=tuple(_stacks(review.stacks)),
        sections=tuple(section for section in sections if section.entries),
        footer=tuple(_footer(review)),
    )


_TITLES = {
    Topic.RUNS: "What runs differently",
    Topic.PLATFORM: "Network and platform settings",
    Topic.OTHER: "Everything else",
}


def _changes(review: Review, topic: Topic, *, detail: bool) -> Iterator[Entry]:
    for row in review.changes:
        if row.topic is topic:
            yield _object(row, detail=detail)


def _verdict(verdict: Verdict) -> Iterator[Line]:
    yield (f"Highest class {verdict.change_class}: {verdict.change_class.meaning}.",)
    for need in verdict.needs:
        people = "1 person" if need.people == 1 else f"{need.people} people"
        groups: Line = (" of ", *listed(need.groups)) if need.groups else ()
        what = f"{_many(need.rows, 'change', 'changes')} of {need.change_class} ({need.change_class.meaning})"
        yield (f"{what} in ", Atom(need.environment), f": approval by {people}", *groups, ".")


def _blocker(message: str) -> Entry:
    return Entry(Tone.NOTE, Weight.FIRST, (sentence(message),))


def _refused(rows: Sequence[RuleRow]) -> Iterator[Entry]:
    refused = [row for row in rows if not row.waived]
    yield from map(_ruled, refused)
    # Once for all of them: what only a person can fill in is the same for each.
    for rule, document in dict.fromkeys((row.rule, row.waiver_document) for row in refused if row.waiver_document):
        entry = f"- {{rule: {rule}, owner: <group>, reason: <why>, expires: <YYYY-MM-DD>, path: <path>}}"
        line: Line = ("To waive one of them, in ", Atom(document), " under waivers: ", sentence(entry))
        yield Entry(Tone.NOTE, Weight.FIRST, line)


def _ruled(row: RuleRow) -> Entry:
    line: Line = (f"{row.rule} ", Atom(row.address), ": ", *_joined(row.messages), *in_stacks(row.places))
    said = (("from ", row.document), ("path ", row.path), ("waived ", row.waived))
    return Entry(Tone.NOTE, Weight.FIRST, line, tuple((lead, sentence(text)) for lead, text in said if text))


def _joined(messages: Sequence[str]) -> Line:
    line: list[str | Atom] = []
    for message in messages:
        line += ["; ", sentence(message)] if line else [sentence(message)]
    return tuple(line)


_STANDING = {True: "live", False: "idle", None: "the plan does not say whether it is live"}


def _slot(row: SlotRow) -> Entry:
    old, new = Atom(row.old or "(no release)"), Atom(row.new or "(no release)")
    line: Line = (
        "slot ",
        Atom(row.slot),
        f" ({_STANDING[row.live]}): ",
        old,
        " → ",
        new,
        f", {row.holder} ",
        Atom(row.job),
    )
    return Entry(Tone.MOVE, Weight.FIRST, (*line, *in_stacks(row.places)), tuple(map(_attribute, row.attributes)))


def _headline(review: Review) -> Line:
    gains = sum(row.direction is Direction.GAINS for row in review.access)
    waived = sum(bool(row.waived) for row in review.rules)
    parts = [
        _many(len(review.rules) - waived, "change refused by a rule", "changes refused by rules"),
        _many(waived, "refusal waived", "refusals waived"),
        _many(len(review.gaps), "thing cannot be judged", "things cannot be judged"),
        _many(len(review.data), "object with data destroyed or replaced", "objects with data destroyed or replaced"),
        _many(len(review.pointers), "pointer moves", "pointers move"),
        _many(len(review.runs), "slot starts or stops", "slots start or stop"),
        _many(len(review.slots), "slot gets a release", "slots get a release"),
        _many(gains, "gain of access", "gains of access"),
        _many(len(review.access) - gains, "loss of access", "losses of access"),
        _many(len(review.checks), "check fails", "checks fail"),
        _many(len(review.changes), "other change", "other changes"),
        _many(len(review.outputs), "output changes", "outputs change"),
        _many(len(review.state_only), "change of the state only", "changes of the state only"),
    ]
    said = [part for part in parts if part]
    return (", ".join(said) if said else _silence(review.effect),)


def _silence(effect: Effect) -> str:
    match effect:
        case Effect.NONE:
            return "nothing changes"
        case Effect.EFFECTS:
            return "no object changes, only the state is brought up to what was found"
        case Effect.CANNOT_JUDGE:
            return "nothing was given to review"
    assert_never(effect)


def _many(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}" if number else ""


def _stacks(rows: Sequence[StackRow]) -> Iterator[Line]:
    busy = [row for row in rows if row.counts != Counts(reads=row.counts.reads)]
    yield from map(_stack, busy)
    quiet = len(rows) - len(busy)
    if quiet:
        yield (f"{quiet} {'more ' if busy else ''}{'stack' if quiet == 1 else 'stacks'}: no object changes.",)


def _stack(row: StackRow) -> Line:
    level = "Synthesized" if row.level is Level.SYNTH else "Plan"
    return (Atom(row.stack), f" {level}: {row.counts}.")


def _footer(review: Review) -> Iterator[Line]:
    for note in dict.fromkeys(note for row in review.stacks for note in row.notes):
        yield ("Note: ", sentence(note))
    if review.drift_elsewhere:
        yield (f"Note: {review.drift_elsewhere} objects that no plan here touches changed outside Terraform.",)
    reads = review.counts.reads
    if reads:
        yield (f"Note: {reads} data source{'s are' if reads > 1 else ' is'} read during the apply.",)
    yield from _digests(review)


def _digests(review: Review) -> Iterator[Line]:
    if not review.scanned.rules:
        return
    yield ("Rules ", Atom(review.scanned.rules), ".")
    yield from (("Synthesized ", Atom(stack), ": ", Atom(digest), ".") for stack, digest in review.scanned.synths)
    if review.fingerprints:
        yield ("All that changes: ", Atom(digest_of(review.fingerprints)), ".")


def _gap(gap: Gap) -> Entry:
    stack: Line = (Atom(gap.stack), ": ") if gap.stack else ()
    hint: tuple[Line, ...] = ((sentence(gap.hint),),) if gap.hint else ()
    return Entry(Tone.NOTE, Weight.FIRST, (*stack, sentence(gap.message)), hint)


def _access(row: AccessRow) -> Entry:
    tone = Tone.ADD if row.direction is Direction.GAINS else Tone.REMOVE
    line: Line = (Atom(row.principal), f" {row.direction} ", *listed(row.privileges), " on ", Atom(row.on))
    wide = f" — {row.wide}" if row.wide else ""
    return Entry(tone, Weight.ACCESS, (*line, wide, *_unlike(row.unlike), *in_stacks(row.places)), (), class_of(row))


def _unlike(stacks: Sequence[str]) -> Line:
    return (" — changes in another way in ", *listed(stacks)) if stacks else ()


def _caution(row: Caution) -> Entry:
    where = tuple(dict.fromkeys(place.address for place in row.places))
    return Entry(Tone.NOTE, Weight.FIRST, (sentence(row.message), *in_stacks(row.places)), ((*listed(where),),))


def _check(address: str, problems: Sequence[str]) -> Entry:
    return Entry(Tone.NOTE, Weight.FIRST, (Atom(address),), tuple((sentence(problem),) for problem in problems))


_TONES = {
    Action.CREATE: Tone.ADD,
    Action.DELETE: Tone.REMOVE,
    Action.REPLACE: Tone.REPLACE,
    Action.REPLACE_CREATE_FIRST: Tone.REPLACE,
    Action.CREATE_FORGET: Tone.REPLACE,
    Action.UNRECOGNIZED: Tone.NOTE,
}


def _object(row: ObjectRow, *, detail: bool, weight: Weight | None = None) -> Entry:
    name: Line = (Atom(row.type), " ", Atom(row.name)) if row.name else (Atom(row.type),)
    line: Line = (f"{row.action} ", *name, *_unlike(row.unlike), *in_stacks(row.places))
    tone, lines = _TONES.get(row.action, Tone.CHANGE), tuple(_details(row, detail=detail))
    return Entry(tone, weight or _weight(row), line, lines, class_of(row) if row.because else None)


def _cost(rows: Sequence[CostRow]) -> Iterator[Entry]:
    known = [(row, row.low, row.high) for row in rows if row.low is not None and row.high is not None]
    for row, low, high in known:
        line: Line = (Atom(row.type), " ", Atom(row.name), f": {low:+,} to {high:+,}", *in_stacks(row.places))
        yield Entry(Tone.NOTE, Weight.STATE, line, ((f"assumes {row.assumes}",),))
    if len(known) > 1:
        total = f"in all: {sum(low for _, low, _ in known):+,} to {sum(high for *_, high in known):+,}"
        yield Entry(Tone.NOTE, Weight.STATE, (total,))
    unknown = [f"{row.type} {row.name}" for row in rows if row.low is None]
    if unknown:
        items = f"not estimable: {_many(len(unknown), 'item', 'items')}: "
        yield Entry(Tone.NOTE, Weight.STATE, (items, *listed(unknown)))


def _reach(row: ReachRow) -> Entry:
    rest = row.direct_count - len(row.direct)
    more = f" and {rest} more" if rest else ""
    through = f"; {row.total - row.direct_count} more through these" if row.total > row.direct_count else ""
    line: Line = (
        f"{row.action} ",
        Atom(row.type),
        " ",
        Atom(row.name),
        ": used by ",
        *listed(row.direct),
        more,
        through,
    )
    return Entry(Tone.NOTE, Weight.UPDATE if row.action.destroys else Weight.QUIET, (*line, *in_stacks(row.places)))


def _drifted(row: ObjectRow) -> Entry:
    verb = "deleted: " if row.action is Action.DELETE else "changed: "
    told = _object(row, detail=True, weight=Weight.STATE)
    return replace(told, tone=Tone.NOTE, line=(verb, *told.line[1:]))


def _weight(row: ObjectRow) -> Weight:
    if row.action is Action.UNRECOGNIZED:
        return Weight.FIRST
    if row.action.destroys or row.action is Action.CREATE_FORGET:
        return Weight.DESTROY
    if row.action is Action.CREATE:
        return Weight.CREATE
    return Weight.UPDATE if row.attributes else Weight.QUIET


def _details(row: ObjectRow, *, detail: bool) -> Iterator[Line]:
    if row.loss:
        yield (f"lost: {row.loss.what}; recovery: {row.loss.recovery}",)
    if row.why:
        yield ("why: ", sentence(row.why))
    for command in row.runs:
        yield ("runs a provisioner that the plan does not list: ", Atom(command))
    if row.action is Action.CREATE and not detail:
        return
    for attribute in row.attributes:
        yield _attribute(attribute)
    if row.computed and row.action is not Action.CREATE:
        yield ("computed anew: ", *listed(row.computed))
    if row.emptied:
        yield ("between unset and zero: ", *listed(row.emptied, most=3))


def _attribute(row: AttributeRow) -> Line:
    forces: Line = (" — forces the replacement",) if row.forces else ()
    old, new = clip_pair(row.old, row.new)
    if not row.old:
        return (Atom(row.path), ": ", Atom(new), *((" added",) if row.path.endswith("]") else ()), *forces)
    if not row.new:
        return (Atom(row.path), ": ", Atom(old), " removed", *forces)
    return (Atom(row.path), ": ", Atom(old), " → ", Atom(new), *forces)


def _state(row: StateRow) -> Entry:
    line: Line = (f"{row.what}: ", Atom(row.type), " ", Atom(row.name), ", ", Atom(row.detail), *in_stacks(row.places))
    return Entry(Tone.MOVE, Weight.STATE, line)


def _output(row: OutputRow) -> Entry:
    change = _attribute(AttributeRow(row.name, row.old, row.new))
    return Entry(_TONES.get(row.action, Tone.CHANGE), Weight.STATE, (*change, *in_stacks(row.places)))
