"""A rehearsal: a release is brought in and taken back in a lower environment, really: so the way back is known to work.

It makes the very moves that production will make, one after the other, through the same code; only the gates that need
time or data are answered by it. At the end the line is, to the byte, where it was, and the six assertions say so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import JsonValue

from shipway.errors import ShipwayError
from shipway.ledger.blobs import digest_of
from shipway.ledger.entry import Act, Entry, Kind, Result, head_of
from shipway.models.release import Phase, Release, ReleaseManifest
from shipway.release.carry_out import carry_out
from shipway.release.equality import Assertion
from shipway.release.gates import Asked, Evidence
from shipway.release.line import Line, Ports, Request, Terms, read_manifest
from shipway.release.moves import Move
from shipway.verdict import Verdict, overall

__all__ = ["Rehearsed", "moves_of", "rehearse"]

REASON = "RB-REHEARSAL"


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """How it went."""

    release: str
    moves: tuple[Move, ...]
    equality: tuple[Assertion, ...]
    """Of the rollback the six, and that the line is at last where it was at first."""
    seconds: float
    """From the first move to the last."""
    back_seconds: float
    """Of the rollback alone."""

    @property
    def verdict(self) -> Verdict:
        """The worst of the assertions."""
        return overall(one.verdict for one in self.equality)


def moves_of(manifest: ReleaseManifest, percents: tuple[int, ...]) -> Iterator[Move]:
    """The moves of a rehearsal that starts here: all the way to the flip, and back."""
    resting = manifest.phase is Phase.AT_REST
    if resting:
        yield from (Move.ADMIT, Move.SHADOW)
    yield Move.CANARY
    yield from [Move.STEP] * (len(percents) - 1)
    yield Move.FLIP
    yield Move.ROLLBACK
    if resting:
        yield Move.ABORT


def rehearse(
    line: Line, terms: Terms, ports: Ports, candidate: Release, tell: Callable[[Move], None] = lambda move: None
) -> Rehearsed:
    """Bring `candidate` in and take it back; raises ShipwayError, and then has recorded that it did not succeed."""
    content = line.manifest.read_bytes()
    manifest = read_manifest(content, line.file)
    _must_be_able(line, terms, manifest, candidate)
    begun = ports.clock()
    walk = _Walk(line, replace(terms, soak=None, window=None), _willing(ports), candidate)
    try:
        for move in moves_of(manifest, terms.percents):
            tell(move)
            walk.make(move)
    except ShipwayError as error:
        _record(line, ports, candidate, Result.FAILED, {"error": error.message})
        raise
    equality = (*walk.equality, _returned(line, content))
    found = Rehearsed(candidate.id, tuple(walk.made), equality, _since(ports, begun), walk.back_seconds)
    result = Result.DONE if found.verdict is Verdict.PASSED else Result.FAILED
    _record(line, ports, candidate, result, _details(found))
    return found


@dataclass
class _Walk:
    line: Line
    terms: Terms
    ports: Ports
    candidate: Release
    back_seconds: float = 0.0

    def __post_init__(self) -> None:
        self.made: list[Move] = []
        self.equality: tuple[Assertion, ...] = ()

    def make(self, move: Move) -> None:
        begun = self.ports.clock()
        admitted = self.candidate if move is Move.ADMIT else None
        request = Request(move, REASON, candidate=admitted, rehearsal=True)
        done = carry_out(self.line, self.terms, request, self.ports)
        self.made.append(move)
        if move is Move.ROLLBACK:
            self.equality = done.equality
            self.back_seconds = _since(self.ports, begun)


def _must_be_able(line: Line, terms: Terms, manifest: ReleaseManifest, candidate: Release) -> None:
    if terms.approvals:
        raise ShipwayError(
            f"{line.environment} wants somebody's approval before consumers get a release, and a rehearsal asks nobody",
            "rehearse in another environment; a rehearsal there counts here",
        )
    if manifest.hold is not None:
        raise ShipwayError(f"{line} is held: {manifest.hold}", "resume it, or rehearse in another environment")
    if manifest.phase not in (Phase.AT_REST, Phase.SHADOW):
        raise ShipwayError(
            f"{line} is {manifest.phase.value}, and a rehearsal ends where it began: at rest, or in shadow",
            "go on to there, or rehearse in another environment",
        )
    if manifest.phase is not Phase.AT_REST and manifest.candidate.id != candidate.id:
        raise ShipwayError(
            f"{line} is bringing in {manifest.candidate.id}, and {candidate.id} is to be rehearsed",
            "rehearse the one that is there, or abort it first",
        )
    if manifest.phase is Phase.AT_REST and manifest.stable.id == candidate.id:
        raise ShipwayError(
            f"{candidate.id} is live in {line}: bringing it in would change nothing",
            "rehearse a release before it goes live there, or in another environment",
        )


def _willing(ports: Ports) -> Ports:
    """The same outside, where what needs time, data or a person is answered by the rehearsal itself."""

    def answered(asked: Asked) -> tuple[Verdict, str]:
        return Verdict.PASSED, "a rehearsal: the way back is what is tried"

    evidence = Evidence(judged=answered, rehearsed=answered)
    return replace(ports, evidence=evidence, agree=lambda prepared: None)


def _returned(line: Line, content: bytes) -> Assertion:
    there = line.manifest.read_bytes()
    same = there == content
    said = "as it was before the rehearsal" if same else f"{digest_of(there)[:12]}, and before it was other bytes"
    return Assertion("returned", Verdict.PASSED if same else Verdict.FAILED, f"the manifest: {said}")


def _record(line: Line, ports: Ports, candidate: Release, result: Result, details: dict[str, JsonValue]) -> None:
    # One event and no intent: each of its moves has its own, and one that did not end is settled as any other.
    entry = Entry(
        kind=Kind.EVENT,
        environment=line.environment,
        use_case=line.use_case,
        move=Act.REHEARSE.value,
        actor=ports.actor,
        release=candidate.id,
        reason=REASON,
        result=result,
        details=details,
    )
    ports.ledger.append(entry, head_of(ports.ledger.entries(line.use_case)))


def _details(found: Rehearsed) -> dict[str, JsonValue]:
    return {
        "moves": [move.value for move in found.moves],
        "equality": {one.name: {"verdict": one.verdict.name, "reason": one.reason} for one in found.equality},
        "seconds": round(found.seconds, 1),
        "back_seconds": round(found.back_seconds, 1),
    }


def _since(ports: Ports, begun: datetime) -> float:
    return (ports.clock() - begun).total_seconds()
