"""Carrying out a move: the list of `steps`, walked; what is not proven is not done.

manifest, ledger          -> what stands, what is recorded
both manifests            -> two synthesized stacks (a rollback takes them from the ledger)
stack, state              -> a saved plan, its changes, the proof, the way back
gates, agreement          -> permission
intent, manifest, apply, read-back, outcome
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import assert_never

from shipway.errors import ShipwayError
from shipway.ledger.blobs import digest_of
from shipway.ledger.entry import Entry, Result
from shipway.models.release import ReleaseManifest
from shipway.release.allowed import Case, Proof, leads_there, prove, unplanned
from shipway.release.approvals import Approval, Asking, count
from shipway.release.approving import asking_of, bound_of, write_down
from shipway.release.disagreement import Open, refuse_disagreement
from shipway.release.entries import intent_of, keep_blobs, outcome_of, overrides_of
from shipway.release.equality import Again, Assertion, assert_equal, plan_again
from shipway.release.gates import Answer, Asked, NotPassed, ask_gates
from shipway.release.inverse import Changes, changes_of
from shipway.release.line import Line, Ports, Request, Terms, only_one, read_manifest
from shipway.release.look import Seen, begin_plan, look, plan_stack, synth_of
from shipway.release.machine import advance, check_legal
from shipway.release.moves import Gate, Move, row_of
from shipway.release.prepared import Done, Planned, Prepared
from shipway.release.read_back import ReadBack
from shipway.release.record import Back, applied_synth, at_rest_before, back_of, shadow_before
from shipway.release.refusals import (
    refuse_findings,
    refuse_first,
    refuse_other_rest,
    refuse_other_way_back,
    refuse_unproven,
)
from shipway.release.settle import settle
from shipway.release.steps import Stage, stages
from shipway.release.unrecorded import done_elsewhere, was_done
from shipway.release.way_back import lay_ready, read_now, way_back
from shipway.release.writing import edited, write_manifest

__all__ = ["carry_out"]


def carry_out(line: Line, terms: Terms, request: Request, ports: Ports) -> Done:
    """Make one move, or show what it would do; raises ShipwayError, and then says what was done and what was not."""
    walk = _Walk(line, terms, request, ports)
    with walk.held:
        for stage in stages(row_of(request.move), dry_run=request.dry_run):
            ports.tell(stage)
            walk.do(stage)
        lay_ready(line, ports, back_of(walk.seen.recorded.last) if request.dry_run else walk.back)
    return Done(walk.prepared, walk.outcome, walk.was_read, walk.equality)


@dataclass
class _Walk:
    """What each step leaves for the next ones."""

    line: Line
    terms: Terms
    request: Request
    ports: Ports
    held: ExitStack = field(default_factory=ExitStack)
    seen: Seen = field(init=False)
    content: bytes = field(init=False)
    after: ReleaseManifest = field(init=False)
    synths: tuple[bytes, bytes] = field(init=False)
    planned: Planned | None = None
    back: Back | None = None
    back_changes: Changes = field(default_factory=Changes)
    answers: tuple[Answer, ...] = ()
    approvals: tuple[Approval, ...] = ()
    intent: Entry = field(init=False)
    again: Again | None = None
    there: tuple[str, ReadBack] | None = None
    equality: tuple[Assertion, ...] = ()
    outcome: Entry | None = None

    @property
    def prepared(self) -> Prepared:
        return Prepared(
            self.line,
            self.request,
            self.seen,
            self.content,
            self.after,
            self.planned,
            self.back,
            self.back_changes,
            self.answers,
            self.approvals,
        )

    @property
    def was_read(self) -> ReadBack | None:
        return self.there[1] if self.there else None

    def do(self, stage: Stage) -> None:  # noqa: C901 - one row for each step
        match stage:
            case Stage.LOCK:
                self.held.enter_context(only_one(self.line))
            case Stage.READ:
                self.read()
            case Stage.NEXT:
                self.next()
            case Stage.SYNTHESIZE:
                self.synths = self.synthesize()
                self.refuse_unplanned()
            case Stage.SCAN:
                self.ports = begin_plan(self.line, self.ports, self.synths[1])
                refuse_findings(self.line, self.request.move, self.ports.findings(self.synths[1]))
            case Stage.PLAN:
                saved, plan = plan_stack(self.line, self.ports, self.synths[1])
                self.planned = Planned(*self.synths, saved, plan, changes_of(plan))
            case Stage.PROVE:
                self.prove()
            case Stage.GATES:
                self.gates()
            case Stage.AGREE:
                if self.known_back is None:
                    self.ports.agree(self.prepared)
            case Stage.INTEND:
                self.intend()
            case Stage.WRITE:
                self.write()
            case Stage.APPLY:
                self.apply()
            case Stage.READ_BACK:
                self.read_back()
            case Stage.COMPARE:
                self.compare()
            case Stage.RECORD:
                self.outcome = self.close(Result.DONE)
            case _:
                assert_never(stage)

    @property
    def made(self) -> Planned:
        if self.planned is None:
            raise AssertionError("a step that needs a plan before there is one")
        return self.planned

    @property
    def known_back(self) -> Back | None:
        """The way back as it was approved together with the way there, if that is what is asked for."""
        found = back_of(self.seen.recorded.last)
        if self.request.move is not Move.ROLLBACK or self.request.anew or found is None:
            return None
        return found if found.manifest == digest_of(self.content) else None

    def read(self) -> None:
        backwards = row_of(self.request.move).backwards and not self.request.committed
        seen = look(self.line, self.ports, backwards=backwards)
        if seen.recorded.open_intent is not None:
            if self.request.dry_run:
                raise Open(self.line, seen.recorded.open_intent)
            settle(self.line, self.ports, seen, undo=backwards)
            seen = look(self.line, self.ports, backwards=backwards)
        if self.request.committed_from is not None:
            # What is in place is what the move leads to: it starts where the line stood.
            content = self.request.committed_from
            seen = replace(seen, content=content, manifest=read_manifest(content, self.line.file))
        elif backwards and seen.found != seen.content:
            kept = self.ports.ledger.blobs.put(seen.found)
            self.ports.say(f"{self.line.file} is not what the line was left with; what it said is kept: blob {kept}")
        refuse_disagreement(self.line, seen.manifest, seen.recorded, self.ports.ledger.blobs)
        self.seen = seen

    def next(self) -> None:
        old, request, percents = self.seen.manifest, self.request, self.terms.percents
        check_legal(str(self.line), old, request.move, percents)
        kept = self.line.manifest.read_bytes() if request.committed else self.kept()
        if kept is not None:
            self.content, self.after = kept, read_manifest(kept, self.line.file)
            refuse_other_rest(self.line, request.move, self.after, self.seen, self.ports.ledger.blobs)
            return
        why = request.hold or request.reason
        self.after = advance(str(self.line), old, request.move, percents, candidate=request.candidate, reason=why)
        self.content = edited(self.seen.content, self.after)
        # Of a move without Terraform, the way back is what it was.
        self.back = back_of(self.seen.recorded.last)
        if self.back is not None:
            self.back_changes = Changes.read(self.ports.ledger.blobs.get(self.back.inverse))

    def kept(self) -> bytes | None:
        """Of a way back, the manifest that it restores, byte for byte; None for a move onwards."""
        match self.request.move:
            case Move.ABORT:
                digest = at_rest_before(self.seen.entries, self.line.key)
            case Move.ROLLBACK:
                digest = shadow_before(self.seen.entries, self.line.key)
            case _:
                return None
        if not digest:
            raise ShipwayError(
                f"the ledger has no manifest of {self.line} to go back to: it was brought here by other means",
                f"put {self.line.file} back with git, and carry that out: shipway release apply",
            )
        return self.ports.ledger.blobs.get(digest)

    def synthesize(self) -> tuple[bytes, bytes]:
        last, back, blobs = self.seen.recorded.last, self.known_back, self.ports.ledger.blobs
        if last is not None and back is not None:
            here = last.details.get("synth_after", back.synth)
            return blobs.get(str(here)), blobs.get(back.synth)
        if (known := synth_of(self.ports, self.seen)) is not None:
            return known, self.ports.synthesize([self.after])[0]
        before, after = self.ports.synthesize([self.seen.manifest, self.after])
        return before, after

    def applied_synth(self) -> bytes:
        """The stack that the line was left with, where the ledger knows; else as it is synthesized now."""
        known = applied_synth(self.seen.entries, self.line.key)
        return self.ports.ledger.blobs.get(known) if known else self.synths[0]

    def refuse_unplanned(self) -> None:
        """Before it is planned: with another version of a provider, Terraform may not even come to a plan."""
        if self.known_back is None and not self.request.anew:
            refuse_first(self.line, row_of(self.request.move), applied_synth(self.seen.entries, self.line.key))
            proof = Proof(residual=tuple(unplanned(self.applied_synth(), self.synths[1])))
            refuse_unproven(self.line, self.request.move, proof, recorded=True)

    def prove(self) -> None:
        move, planned, recorded = self.request.move, self.made, self.seen.recorded
        back, blobs = self.known_back, self.ports.ledger.blobs
        if back is not None:
            refuse_other_way_back(self.line, planned.plan, planned.changes, back, Changes.read(blobs.get(back.inverse)))
        else:
            case = Case(
                self.line.stack, self.line.use_case, self.terms.kind, row_of(move), self.seen.manifest, self.after
            )
            proof = prove(planned.plan, case, self.applied_synth(), planned.synth_after)
            if self.request.committed and was_done(planned.changes, proof):
                self.planned = planned = done_elsewhere(self.line, self.ports, planned, case)
            elif self.request.anew and leads_there(planned.plan, case, proof):
                # Nothing may stand in the way of going back: what comes with it is said, and somebody agrees to it.
                for one in (*proof.residual, *proof.standing):
                    self.ports.say(f"With the rollback comes: {one}")
            else:
                refuse_unproven(self.line, move, proof, recorded=bool(recorded.manifest))
        self.back, self.back_changes = way_back(self.line, self.ports, move, self.seen, planned)

    def gates(self) -> None:
        terms, inverse = self.terms, self.back.inverse if self.back else ""
        asking = self.asking() if Gate.APPROVED in row_of(self.request.move).gates else None
        asked = Asked(
            self.seen.manifest,
            self.after,
            self.seen.recorded,
            terms.soak,
            terms.window,
            self.ports.clock(),
            inverse,
            asking,
        )
        mine = f"{self.ports.actor}, {self.request.reason}"
        self.answers = tuple(
            replace(one, overridden=mine) if one.gate in self.request.overrides and not one.passes else one
            for one in ask_gates(row_of(self.request.move), asked, self.ports.evidence)
        )
        self.approvals = count(asking).good if asking else ()
        if not self.request.dry_run and not all(one.passes for one in self.answers):
            raise NotPassed(str(self.line), self.request.move.value, self.answers)

    def asking(self) -> Asking:
        bound = bound_of(self.prepared, self.ports.policy()) if self.terms.approvals else None
        return asking_of(
            self.line,
            self.terms,
            self.ports,
            self.seen,
            self.request.move,
            bound=bound,
            carrier=self.ports.actor,
        )

    def intend(self) -> None:
        ledger, head = self.ports.ledger, self.seen.head
        keep_blobs(ledger.blobs, self.prepared)
        self.approvals, head = write_down(self.prepared, self.ports, head)
        for over in overrides_of(self.prepared, self.ports):
            head = ledger.append(over, head).hash
        self.intent = ledger.append(intent_of(self.prepared, self.ports), head)

    def write(self) -> None:
        now = self.line.manifest.read_bytes() if self.line.manifest.exists() else b""
        if now not in (self.seen.found, self.content):
            self.close(Result.UNDONE)
            raise ShipwayError(
                f"{self.line.file} was edited while this was decided; nothing was done",
                "look at it, and run the same command again",
            )
        if now != self.content:
            write_manifest(self.line.manifest, self.content)

    def apply(self) -> None:
        if not self.made.saved.changes:
            return
        try:
            self.ports.terraform.apply(self.line.folder, self.made.saved.file)
        except ShipwayError as error:
            raise ShipwayError(
                f"{error.message}\n{self.line} may stand between two manifests",
                "mend what Terraform names and run any move of the line: it first goes on where this one stopped; "
                "`abort` or `rollback` take it back instead",
            ) from error

    def read_back(self) -> None:
        line, ports, synth = self.line, self.ports, self.made.synth_after
        if self.request.move is Move.ROLLBACK:
            # Planning once more reads the state as well.
            self.again = plan_again(line, ports, synth)
        self.there = read_now(line, ports, synth, self.again.state if self.again else None)

    def compare(self) -> None:
        back = back_of(self.seen.recorded.last)
        if back is not None and self.there is not None and self.again is not None:
            made, anew = self.made.changes, self.known_back is None
            self.equality = assert_equal(self.line, back, made, self.again, *self.there, anew=anew)

    def close(self, result: Result) -> Entry:
        entry = outcome_of(self.intent, self.prepared, result, self.there, self.equality)
        return self.ports.ledger.append(entry, self.intent.hash)
