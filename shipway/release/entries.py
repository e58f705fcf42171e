"""A move as the ledger is told of it: the intent with all that is needed to go on or to go back, and the outcome."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from pydantic import JsonValue

from shipway.ledger.blobs import Blobs, digest_of
from shipway.ledger.entry import Act, Entry, Kind, Result, Standing
from shipway.release.equality import Assertion
from shipway.release.gates import Answer, expiry
from shipway.release.line import Ports
from shipway.release.moves import Move, row_of
from shipway.release.prepared import Prepared
from shipway.release.read_back import ReadBack
from shipway.release.record import standing
from shipway.verdict import Verdict

__all__ = ["ended", "intent_of", "keep_blobs", "outcome_of", "overrides_of"]


def keep_blobs(blobs: Blobs, prepared: Prepared) -> None:
    """Everything that the entries name, before they name it."""
    contents = [prepared.seen.content, prepared.content]
    if prepared.planned is not None:
        planned = prepared.planned
        changes = (planned.changes.as_bytes(), prepared.back_changes.as_bytes())
        contents += [planned.synth_before, planned.synth_after, *changes]
    for content in contents:
        blobs.put(content)


def intent_of(prepared: Prepared, ports: Ports) -> Entry:
    """What is about to be done."""
    move, planned, back = prepared.request.move, prepared.planned, prepared.back
    # What the move is about: the release that comes in, or the one that goes.
    about = prepared.seen.manifest if move in (Move.ABORT, Move.ROLLBACK, Move.RETIRE) else prepared.after
    return Entry(
        kind=Kind.INTENT,
        environment=prepared.line.environment,
        use_case=prepared.line.use_case,
        move=move.value,
        actor=ports.actor,
        release=about.candidate.id,
        reason=prepared.request.reason,
        before=digest_of(prepared.seen.content),
        after=digest_of(prepared.content),
        plan=planned.changes.digest if planned else "",
        inverse=back.inverse if back else "",
        details=_details(prepared, ports),
    )


def _details(prepared: Prepared, ports: Ports) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {"committed": True} if prepared.request.committed else {}
    found |= {"rehearsal": True} if prepared.request.rehearsal else {}
    found |= {"gates": {one.gate.value: _told(one) for one in prepared.answers}}
    if prepared.approvals:
        # Named here they are spent, and whoever reads the move knows by whose word it was made.
        found["approvals"] = [{"by": one.by, "entry": one.entry} for one in prepared.approvals]
        found["policy"] = prepared.approvals[0].bound.policy
    last = prepared.seen.recorded.last
    if prepared.planned is not None:
        found["synth_before"] = digest_of(prepared.planned.synth_before)
        found["synth_after"] = digest_of(prepared.planned.synth_after)
        # A rollback's stack is of the day of the shadow: nobody asks what would be made of it today.
        if prepared.request.move is not Move.ROLLBACK or prepared.request.anew:
            found["inputs"] = ports.inputs()
    elif last is not None:
        found |= {name: last.details[name] for name in ("synth_after", "inputs") if name in last.details}
    if prepared.back is not None:
        found["back"] = prepared.back.as_json()
    return found


def outcome_of(
    intent: Entry,
    prepared: Prepared,
    result: Result,
    there: tuple[str, ReadBack] | None,
    equality: tuple[Assertion, ...] = (),
) -> Entry:
    """How it ended. `there` is the digest of the state, and what was read back."""
    details: dict[str, JsonValue] = dict(intent.details)
    if there is not None:
        details["state"] = there[0]
        details["read_back"] = {
            "digest": there[1].digest,
            "differs": list(there[1].differs),
            "not_read": list(there[1].not_read),
        }
    if equality:
        details["equality"] = {one.name: {"verdict": one.verdict.name, "reason": one.reason} for one in equality}
    return ended(intent, result, standing(prepared.after), details)


def ended(intent: Entry, result: Result, stands: Standing, details: Mapping[str, JsonValue]) -> Entry:
    """The outcome that closes an intent."""
    done = result is Result.DONE
    # What is committed Git knows already, and a rehearsal leaves nothing for it to know.
    known = intent.details.get("committed") or intent.details.get("rehearsal")
    return replace(
        intent,
        kind=Kind.OUTCOME,
        closes=intent.hash,
        result=result,
        stands=stands if done else None,
        details=details,
        # Git hears of a way back afterwards.
        back_fill=done and row_of(Move(intent.move)).backwards and not known,
    )


def overrides_of(prepared: Prepared, ports: Ports) -> Iterator[Entry]:
    """That somebody lets this move skip a gate: an entry of its own for each that needed it, so that it is found."""
    line, request = prepared.line, prepared.request
    passed = {one.gate for one in prepared.answers if one.verdict is Verdict.PASSED}
    for gate in request.overrides:
        if gate in passed:
            continue
        yield Entry(
            kind=Kind.EVENT,
            environment=line.environment,
            use_case=line.use_case,
            move=Act.OVERRIDE.value,
            actor=ports.actor,
            release=prepared.after.candidate.id,
            reason=request.reason,
            details={"gate": gate.value, "expires": expiry(ports.clock())},
        )


def _told(answer: Answer) -> JsonValue:
    told: dict[str, JsonValue] = {"verdict": answer.verdict.name, "reason": answer.reason}
    return {**told, "overridden": answer.overridden} if answer.overridden else told
