"""Asking for approvals, giving one, taking it back: what the gate is asked with, and what the ledger is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from shipway.errors import ShipwayError
from shipway.ledger.blobs import digest_of
from shipway.ledger.entry import Act, Entry, Kind, head_of
from shipway.release.approvals import (
    Approval,
    Asking,
    Bound,
    BrokenApproval,
    admitters,
    good_until,
    open_approvals,
    person,
    read_approval,
)
from shipway.release.entries import keep_blobs
from shipway.release.line import Line, Ports, Terms
from shipway.release.look import Seen
from shipway.release.moves import Move
from shipway.release.prepared import Prepared

__all__ = ["NotTheirs", "asking_of", "bound_of", "give", "take_back", "write_down"]


class NotTheirs(ShipwayError):
    """An approval that is not this person's to give, or to take back."""

    exit_code = 4


def bound_of(prepared: Prepared, policy: str) -> Bound:
    """What an approval of this move is for; `policy` is the digest of the rules."""
    return Bound(
        move=prepared.request.move.value,
        release=prepared.after.candidate.id,
        plan=prepared.planned.changes.digest if prepared.planned else "",
        inverse=prepared.back.inverse if prepared.back else "",
        manifest=digest_of(prepared.content),
        policy=policy,
    )


def asking_of(
    line: Line, terms: Terms, ports: Ports, seen: Seen, move: Move, *, bound: Bound | None, carrier: str = ""
) -> Asking:
    """What the gate `approved` of a move is asked. `carrier` makes the move; empty where somebody only looks."""
    release = seen.manifest.candidate.id
    if terms.approvals == 0:
        # Nobody is asked, so nobody asks Git.
        return Asking(line.key, move.value, release, 0, ports.clock())
    authors = _authors(ports, seen, line.key, release)
    makes = _named([carrier], "makes the move")
    by = ports.elsewhere(bound) if bound else ""
    # As it will stand in the ledger, where the move is begun with it.
    told = [replace(_entry(line, seen, bound, by, "", ports), at=ports.clock().isoformat())] if bound and by else []
    return Asking(
        line.key,
        move.value,
        release,
        terms.approvals,
        ports.clock(),
        bound=bound,
        entries=(*seen.recorded.approvals, *told),
        spent=frozenset(_spent(seen.entries)),
        barred={**makes, **authors},
        people_known=bool(authors) and bool(makes or not carrier),
        command=_command(line, ports, move, seen),
    )


def _authors(ports: Ports, seen: Seen, line: tuple[str, str], release: str) -> Mapping[str, str]:
    """Who may not approve it, whoever makes the move."""
    wrote = _named(ports.authors(), "wrote the manifest")
    return {**wrote, **_named(admitters(seen.entries, line, release), "brought it in")}


def _named(names: Iterable[str], why: str) -> dict[str, str]:
    found = {}
    for name in names:
        try:
            found[person(name)] = why
        except BrokenApproval:
            continue
    return found


def _spent(entries: Iterable[Entry]) -> Iterator[str]:
    for one in entries:
        used = one.details.get("approvals") if one.kind is not Kind.EVENT else None
        for each in used if isinstance(used, list) else ():
            if isinstance(each, Mapping):
                yield str(each.get("entry"))


def _command(line: Line, ports: Ports, move: Move, seen: Seen) -> str:
    admitted = next((one.reason for one in reversed(seen.entries) if one.line == line.key and one.move == "admit"), "")
    code = admitted.partition(":")[0] or "RC-FEATURE"
    live = " --live" if ports.live else ""
    return f"shipway release approve {line.use_case} --env {line.environment} --move {move.value} --reason {code}{live}"


def _entry(line: Line, seen: Seen, bound: Bound, by: str, reason: str, ports: Ports) -> Entry:
    return Entry(
        kind=Kind.EVENT,
        environment=line.environment,
        use_case=line.use_case,
        move=Act.APPROVE.value,
        actor=by,
        release=bound.release,
        reason=reason,
        before=digest_of(seen.content),
        after=bound.manifest,
        plan=bound.plan,
        inverse=bound.inverse,
        details={
            "move": bound.move,
            "policy": bound.policy,
            "until": good_until(ports.clock()).isoformat(timespec="seconds"),
        },
    )


def write_down(prepared: Prepared, ports: Ports, head: str) -> tuple[tuple[Approval, ...], str]:
    """The approvals by which a move is made, those of elsewhere written down; and the ledger's head after that."""
    found = []
    for one in prepared.approvals:
        if not one.entry:
            reason = "approved outside of the ledger, by digest"
            entry = _entry(prepared.line, prepared.seen, one.bound, one.by, reason, ports)
            head = ports.ledger.append(entry, head).hash
            one = replace(one, entry=head)
        found.append(one)
    return tuple(found), head


def give(prepared: Prepared, ports: Ports, reason: str, policy: str) -> tuple[Approval, Entry]:
    """Write down that whoever acts approves exactly this; raises NotTheirs, or ShipwayError and then did not."""
    line, seen, bound = prepared.line, prepared.seen, bound_of(prepared, policy)
    _must_not_be_author(prepared, ports)
    entry = _entry(line, seen, bound, ports.actor, reason, ports)
    keep_blobs(ports.ledger.blobs, prepared)
    given = ports.ledger.append(entry, seen.head)
    return read_approval(given), given


def _must_not_be_author(prepared: Prepared, ports: Ports) -> None:
    line, release = prepared.line, prepared.after.candidate.id
    try:
        why = _authors(ports, prepared.seen, line.key, release).get(person(ports.actor))
    except BrokenApproval as error:
        raise NotTheirs(f"an approval needs a name: {error}", "say who you are: SHIPWAY_ACTOR=<name>") from None
    if why is not None:
        raise NotTheirs(
            f"{ports.actor} {why}, and does not approve {release} for {line}",
            f"somebody else does: {_command(line, ports, prepared.request.move, prepared.seen)}",
        )


def take_back(line: Line, ports: Ports, seen: Seen, reason: str) -> Entry:
    """Write down that whoever acts takes back what they approved; raises NotTheirs where there is nothing."""
    mine = [one for one in open_approvals(seen.recorded.approvals, ports.clock()) if _same(one.by, ports.actor)]
    if not mine:
        raise NotTheirs(
            f"{ports.actor} has approved nothing of {line} that a move could still use",
            f"what there is says: shipway release status {line.use_case} --env {line.environment}",
        )
    entry = Entry(
        kind=Kind.EVENT,
        environment=line.environment,
        use_case=line.use_case,
        move=Act.WITHDRAW.value,
        actor=ports.actor,
        release=mine[-1].bound.release,
        reason=reason,
        details={"move": mine[-1].bound.move},
    )
    return ports.ledger.append(entry, head_of(seen.entries))


def _same(one: str, other: str) -> bool:
    try:
        return person(one) == person(other)
    except BrokenApproval:
        return False
