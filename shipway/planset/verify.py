"""What must hold before any of a plan set is applied. Every reason against it is found, not only the first.

Each file is read once, from then on only the bytes that were checked are used: nobody can swap a file in between.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from pydantic import ValidationError

from shipway.errors import ShipwayError
from shipway.planset.model import MANIFEST, PlanSet, StackPart, digest_of
from shipway.planset.saved import BadSavedPlan, read_saved

__all__ = [
    "Opened",
    "Reason",
    "Refusal",
    "Refused",
    "StateMark",
    "Surroundings",
    "approved_digest",
    "of_itself",
    "open_plan_set",
    "refusals",
]

_SHORTEST = 12


class Reason(StrEnum):
    """Why a plan set is not applied."""

    UNREADABLE = "unreadable"
    EDITED = "edited"
    SWAPPED = "swapped"
    EXPIRED = "expired"
    OTHER_COMMIT = "other commit"
    OTHER_TARGET = "other target"
    OTHER_RULES = "other rules"
    STALE = "stale"
    REPLAYED = "replayed"
    BLOCKED = "blocked"
    MOVE = "a move"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason against applying, and what to do."""

    reason: Reason
    message: str
    hint: str = "plan again: shipway plan"


class Refused(ValueError):
    """The plan set cannot even be opened; `refusals` says why."""

    def __init__(self, found: tuple[Refusal, ...]) -> None:
        super().__init__("; ".join(refusal.message for refusal in found))
        self.refusals = found


@dataclass(frozen=True, slots=True)
class Opened:
    """A plan set whose every byte is what its manifest says."""

    digest: str
    manifest: PlanSet
    content: Mapping[str, bytes]
    """By file name. Saved plans can hold secrets: this is never written anywhere but to a folder of this user's."""


@dataclass(frozen=True, slots=True)
class StateMark:
    """Which state a stack has now; an empty lineage for none."""

    lineage: str
    serial: int


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is so at the moment of applying."""

    now: datetime
    target: str
    commit: str
    clean: bool
    rules: str
    states: Mapping[str, StateMark]
    applied: frozenset[str]
    """Digests of plan sets that were applied before."""
    approved: str = ""
    """The digest, or its beginning, that was approved; empty if the caller asks a person."""
    moves: Mapping[str, str] = field(default_factory=dict)
    """Lines whose manifest is a move of a release by now, each with how that is carried out."""


def open_plan_set(folder: Path) -> Opened:
    """Read the plan set in `folder`, each file once; raises Refused with everything that is not as it says."""
    raw = _read(folder / MANIFEST, folder)
    try:
        manifest = PlanSet.model_validate_json(raw, by_alias=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or MANIFEST
        raise Refused((_unreadable(f"{folder}/{MANIFEST}: {place}: {first['msg']}"),)) from None
    found: list[Refusal] = []
    content: dict[str, bytes] = {}
    for name, wanted in manifest.files.items():
        try:
            data = _read(folder / name, folder)
        except Refused as error:
            found += error.refusals
            continue
        if digest_of(data) == wanted:
            content[name] = data
        else:
            found.append(Refusal(Reason.EDITED, f"{name} is not what was reviewed: its SHA-256 differs"))
    known = {MANIFEST, *manifest.files}
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
    found += (Refusal(Reason.EDITED, f"{name} was added after the review") for name in sorted(present - known))
    found += (refusal for part in manifest.stacks for refusal in _holds(part, content))
    if found:
        raise Refused(tuple(found))
    return Opened(digest_of(raw), manifest, content)


def _read(path: Path, folder: Path) -> bytes:
    # A link would be read here and could lead elsewhere a moment later.
    if path.is_symlink():
        raise Refused((Refusal(Reason.EDITED, f"{path.relative_to(folder).as_posix()} is a link"),))
    try:
        return path.read_bytes()
    except OSError as error:
        message = f"{path}: {error.strerror or error}"
        raise Refused((_unreadable(message),)) from error


def _unreadable(message: str) -> Refusal:
    return Refusal(Reason.UNREADABLE, message)


def _holds(part: StackPart, content: Mapping[str, bytes]) -> Iterator[Refusal]:
    """Whether the saved plan is of the configuration and the state that the manifest says."""
    raw = content.get(part.plan_file)
    if raw is None:
        return
    try:
        facts = read_saved(raw)
    except BadSavedPlan as error:
        yield _unreadable(f"{part.plan_file}: {error}")
        return
    if facts.synth != part.synth:
        yield Refusal(Reason.SWAPPED, f"the plan of {part.stack} was made from another configuration")
    if (facts.lineage, facts.serial) != (part.lineage, part.serial):
        yield Refusal(Reason.SWAPPED, f"the plan of {part.stack} was made for another state")


def approved_digest(text: str) -> str:
    """A digest that was approved, or enough of its beginning; raises ShipwayError, of an empty one as well.

    A variable that was never set must not apply what nobody approved.
    """
    if len(text) < _SHORTEST or not set(text) <= set("0123456789abcdef"):
        got = f"--approved (or SHIPWAY_APPROVED) {text!r}"
        raise ShipwayError(f"{got}: wanted at least {_SHORTEST} digits of a digest", "copy it whole")
    return text


def of_itself(opened: Opened, now: datetime, approved: str) -> Iterator[Refusal]:
    """What is against a plan set wherever it is applied: another one was approved, its review blocks, its age."""
    manifest = opened.manifest
    if approved and not opened.digest.startswith(approved):
        message = f"its digest is {opened.digest[:16]}, approved was {approved[:16]}"
        yield Refusal(Reason.SWAPPED, message, "apply the plan set that was approved, or have this one approved")
    if manifest.outcome in ("blocked", "cannot judge"):
        yield Refusal(Reason.BLOCKED, f"its review says: {manifest.outcome}", "mend what the review names, plan again")
    yield from _aged(manifest, now)


def refusals(opened: Opened, around: Surroundings) -> tuple[Refusal, ...]:
    """Everything against applying it here and now; empty if nothing is."""
    return tuple(_refusals(opened, around))


def _refusals(opened: Opened, around: Surroundings) -> Iterator[Refusal]:
    manifest = opened.manifest
    yield from of_itself(opened, around.now, around.approved)
    if opened.digest in around.applied:
        yield Refusal(Reason.REPLAYED, "it was applied before")
    yield from _from_elsewhere(manifest, around)
    for part in manifest.stacks:
        if part.changes and part.stack in around.moves:
            message = f"{part.stack} is not what its ledger says any more, so its plan would make a move unproven"
            yield Refusal(Reason.MOVE, message, around.moves[part.stack])
        yield from _stale(part, around.states.get(part.stack))


def _aged(manifest: PlanSet, now: datetime) -> Iterator[Refusal]:
    if manifest.has_expired(now):
        yield Refusal(Reason.EXPIRED, f"it was good until {manifest.expires.isoformat(timespec='minutes')}")
    if manifest.created > now:
        yield Refusal(Reason.EXPIRED, "it was made in the future: one of two clocks is wrong", "set the clock")


def _from_elsewhere(manifest: PlanSet, around: Surroundings) -> Iterator[Refusal]:
    if manifest.target != around.target:
        yield Refusal(Reason.OTHER_TARGET, f"it was planned against {manifest.target}, this is {around.target}")
    if manifest.commit != around.commit:
        then, here = (commit[:12] or "(none)" for commit in (manifest.commit, around.commit))
        message = f"it was planned at commit {then}, this is {here}"
        yield Refusal(Reason.OTHER_COMMIT, message, "check out that commit, or plan again")
    elif manifest.clean and not around.clean:
        message = "files here differ from the commit it was planned at"
        yield Refusal(Reason.OTHER_COMMIT, message, "undo the changes, or plan again")
    if manifest.rules != around.rules:
        yield Refusal(Reason.OTHER_RULES, "the rules have changed since it was scanned")


def _stale(part: StackPart, state: StateMark | None) -> Iterator[Refusal]:
    if state is None:
        yield Refusal(Reason.STALE, f"the state of {part.stack} cannot be read")
    elif state.lineage != part.lineage and (state.lineage or part.serial):
        yield Refusal(Reason.STALE, f"the state of {part.stack} is another one than it was planned for")
    elif state.serial != part.serial:
        message = f"the state of {part.stack} has moved from serial {part.serial} to {state.serial}"
        yield Refusal(Reason.STALE, message)
