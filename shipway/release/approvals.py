"""Approvals: whether enough people have agreed to exactly this move, none of them its author or who carries it out.

An approval is an event of the ledger, bound by digests to one plan, its way back, the manifest after it, one release
and one set of rules. It is good for 24 hours, and for one move: whatever is begun on the line spends it. People are
counted, not approvals. What cannot be read as an approval counts for nothing, and is named.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from pydantic import JsonValue

from shipway.errors import HIDDEN
from shipway.ledger.entry import Act, Entry, Kind
from shipway.verdict import Verdict

__all__ = [
    "APPROVAL_HOURS",
    "Approval",
    "Asking",
    "Bound",
    "BrokenApproval",
    "Counted",
    "admitters",
    "approved",
    "count",
    "good_until",
    "open_approvals",
    "person",
    "read_approval",
]

APPROVAL_HOURS = 24
"""How long an approval is good, as an override is: whoever agreed knows what was so that day."""

_DIGEST = re.compile(r"[0-9a-f]{64}")
_ADMIT = "admit"
_LONGEST = 200
"""Characters of a name."""


class BrokenApproval(ValueError):
    """What is no approval, or not one that anybody could have given; the message says why."""


@dataclass(frozen=True, slots=True)
class Bound:
    """What an approval is for: nothing else. Digests, but for the move and the release's id."""

    move: str
    release: str
    plan: str
    """Of the normalised plan."""
    inverse: str
    """Of the way back, which is approved with it."""
    manifest: str
    """Of the manifest after the move."""
    policy: str
    """Of the rules that judged it."""

    @property
    def digest(self) -> str:
        """Of all of it: what somebody approves who is asked outside of the ledger."""
        content = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(f"shipway-approval/v1\0{content}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Approval:
    """One person's agreement, as the ledger has it."""

    by: str
    at: datetime
    until: datetime
    bound: Bound
    entry: str
    """The entry's hash; empty while it is not written."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What is to be approved, by how many, and by whom not."""

    line: tuple[str, str]
    move: str
    release: str
    people: int
    """How many are wanted."""
    now: datetime
    bound: Bound | None = None
    """None where there is no plan yet: then only the move and the release are compared."""
    entries: Sequence[Entry] = ()
    """Approvals and withdrawals since something was last begun on the line."""
    spent: frozenset[str] = frozenset()
    """Hashes of approvals that a move has used."""
    barred: Mapping[str, str] = field(default_factory=dict)
    """Who may not approve it, by `person`, and why."""
    people_known: bool = False
    """Whether it is known who brought the release in and who makes the move: else nobody can be somebody else."""
    command: str = ""
    """What somebody else types to approve it."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What there is for a move: approvals that count, one a person, and why others do not."""

    good: tuple[Approval, ...]
    against: tuple[str, ...]


def person(name: str) -> str:
    """A name as it is compared: two ways to write one name are one person. Raises BrokenApproval for what is none."""
    found = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
    if not found or len(name) > _LONGEST or HIDDEN.search(name) or "\n" in name:
        raise BrokenApproval(f"{name[:_LONGEST]!r} is nobody's name")
    return found


def good_until(now: datetime) -> datetime:
    """Until when an approval that is given now is good."""
    return now + timedelta(hours=APPROVAL_HOURS)


def read_approval(entry: Entry) -> Approval:
    """The approval in an entry of the ledger; raises BrokenApproval where it is none that anybody can have given."""
    details = entry.details
    if entry.kind is not Kind.EVENT or entry.move != Act.APPROVE or entry.result or entry.stands:
        raise BrokenApproval("it is no event of an approval")
    move, policy, until = (_text(details, name) for name in ("move", "policy", "until"))
    bound = Bound(move, entry.release, entry.plan, entry.inverse, entry.after, policy)
    for name in ("plan", "inverse", "manifest", "policy"):
        if not _DIGEST.fullmatch(getattr(bound, name)):
            raise BrokenApproval(f"its {name} is no digest")
    if not bound.release:
        raise BrokenApproval("it names no release")
    good = _time(until)
    if not entry.when <= good <= good_until(entry.when):
        raise BrokenApproval(f"it is good until {until!r}, wanted within {APPROVAL_HOURS} hours of when it was given")
    _authentic(entry)
    return Approval(entry.actor, entry.when, good, bound, entry.hash)


def _authentic(entry: Entry) -> None:
    """Whether the one whom an approval names has given it; raises BrokenApproval. The one place that says so.

    The name is the ledger's, which is whatever the shell of its writer said: nobody has checked it. A signature over
    the entry's hash, by a key that belongs to a person, is checked here as soon as there are signatures.
    """
    person(entry.actor)


def _text(details: Mapping[str, JsonValue], name: str) -> str:
    found = details.get(name)
    if not isinstance(found, str):
        raise BrokenApproval(f"details.{name} is no text")
    return found


def _time(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise BrokenApproval(f"{text!r} is no time") from None
    if found.utcoffset() is None:
        raise BrokenApproval(f"{text!r} has no offset from UTC")
    return found


def admitters(entries: Iterable[Entry], line: tuple[str, str], release: str) -> frozenset[str]:
    """Who brought this release into this line, as the ledger has their names: its authors, as far as it knows."""
    mine = [one for one in entries if one.line == line]
    admitted = frozenset(one.actor for one in mine if (one.move, one.release) == (_ADMIT, release))
    # The record of a line may begin in the middle of a release, with a deploy.
    began = (one.actor for one in mine if one.move == Act.DEPLOY and one.stands and one.stands.candidate == release)
    return admitted or frozenset(began)


def open_approvals(entries: Sequence[Entry], now: datetime) -> tuple[Approval, ...]:
    """Those that can be read, were not taken back and are still good; the last one of each person and move."""
    found: dict[tuple[str, str], Approval] = {}
    for one in entries:
        if one.move == Act.WITHDRAW:
            found = {key: kept for key, kept in found.items() if key[0] != _person(one.actor)}
            continue
        try:
            approval = read_approval(one)
        except BrokenApproval:
            continue
        found[person(approval.by), approval.bound.move] = approval
    return tuple(one for one in found.values() if one.at <= now < one.until)


def _person(name: str) -> str:
    try:
        return person(name)
    except BrokenApproval:
        return ""


def approved(asking: Asking) -> tuple[Verdict, str]:
    """What the gate says; UNDECIDED for whatever is not enough."""
    environment = asking.line[0]
    if asking.people == 0:
        return Verdict.PASSED, f"nobody has to approve in {environment}"
    if not asking.people_known:
        return (
            Verdict.UNDECIDED,
            f"nobody knows who brought {asking.release} in, or who makes the move: nobody can be somebody else",
        )
    counted = count(asking)
    names = ", ".join(f"{one.by} until {one.until:%Y-%m-%d %H:%M}" for one in counted.good)
    if len(counted.good) >= asking.people:
        later = "" if asking.bound else "; its plan is compared when the move is made"
        return Verdict.PASSED, f"approved by {names}{later}"
    got = f"{len(counted.good)} of {asking.people} approved it ({names})" if names else "nobody has approved it"
    told = "; ".join([got, *counted.against])
    # A person's mail address bars them too, and tells nobody more than the name does.
    others = " or ".join(sorted(name for name in asking.barred if "@" not in name))
    return Verdict.UNDECIDED, f"{told}; to be done by somebody else than {others}: {asking.command}"


def count(asking: Asking) -> Counted:
    """The approvals that count for this move, one a person, and why each of the others does not."""
    good: dict[str, Approval] = {}
    against: list[str] = []
    for entry in asking.entries:
        if entry.move == Act.WITHDRAW:
            if good.pop(_person(entry.actor), None):
                against.append(_flat(f"{entry.actor} took theirs back"))
            continue
        try:
            approval = read_approval(entry)
        except BrokenApproval as error:
            against.append(f"entry {entry.seq} is no approval: {error}")
            continue
        why = next(_against(approval, asking), "")
        if why:
            against.append(_flat(f"{entry.actor}'s does not count: {why}"))
        else:
            good[person(approval.by)] = approval
    return Counted(tuple(good.values()), tuple(against))


def _against(approval: Approval, asking: Asking) -> Iterator[str]:
    bound, wanted = approval.bound, asking.bound
    if approval.entry in asking.spent:
        yield "a move has used it"
    if approval.at > asking.now:
        yield f"it is of {approval.at:%Y-%m-%d %H:%M}, which is still to come: a clock is wrong"
    if approval.until <= asking.now:
        yield f"it was good until {approval.until:%Y-%m-%d %H:%M}"
    if (why := asking.barred.get(person(approval.by))) is not None:
        yield f"{approval.by} {why}"
    if (bound.move, bound.release) != (asking.move, asking.release):
        yield f"it is for a {bound.move} of {bound.release}"
    if wanted is not None:
        for name in ("plan", "inverse", "manifest", "policy"):
            was, now = getattr(bound, name), getattr(wanted, name)
            if was != now:
                yield f"it is for the {name} {was[:12]}, and this is {now[:12]}"


def _flat(text: str) -> str:
    # What somebody typed must not look like a line of ours.
    return text.replace("\n", "\\n")
