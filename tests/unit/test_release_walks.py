"""Random walks of a line: moves, crashes at any step, two callers at once, gates that say no. What holds throughout.

The engine is the real one, with the real ledger and real files. Terraform is a model of it in memory: it plans the
difference of two documents, refuses a plan whose state has moved on, and can be killed half-way through an apply. Moves
with the real Terraform are tests/acceptance/test_release_*.py. The invariants are those of the page on releases.
"""

from __future__ import annotations

import json
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from shipway.deploy.runner import SavedPlan
from shipway.errors import ShipwayError
from shipway.ledger.blobs import Blobs
from shipway.ledger.chain import Ledger
from shipway.ledger.entry import GENESIS, Act, Entry, Kind, Result, head_of
from shipway.ledger.fold import Recorded, fold
from shipway.ledger.verify import Code, verify
from shipway.models.names import Slot
from shipway.models.release import Phase, Release, ReleaseManifest
from shipway.observed import Observed, ObservedWorkspace
from shipway.pointer import json_form
from shipway.pointer.pointer import Pointer, salt_of
from shipway.release.approvals import admitters, person
from shipway.release.approving import NotTheirs, bound_of, give, take_back
from shipway.release.carry_out import carry_out
from shipway.release.gates import Evidence, NotPassed
from shipway.release.inverse import Changes
from shipway.release.line import Line, Ports, Request, Terms, read_manifest
from shipway.release.look import look
from shipway.release.machine import legal_moves, next_move
from shipway.release.moves import Aspect, Gate, Move, row_of
from shipway.release.prepared import Done
from shipway.release.record import back_of, standing
from shipway.release.rehearsal import rehearse
from shipway.release.steps import Stage
from shipway.verdict import Verdict

PERCENTS = (5, 25)
KIND = "batch_with_effects"
LINE = ("prod", "letters")
BETWEEN = ("time", "rules", "percents", "hold", "withdrawn", "intend", "write", "record")
"""What can come between an approval and its move; the last are where the move itself is stopped."""
NAMES = ("ada", "Ben", "cleo", "dora", " ADA")
"""The last is the first, written in another way."""
BEGAN = datetime(2026, 11, 3, tzinfo=UTC)


class Killed(BaseException):
    """Nobody catches it: the process is gone."""


def release(number: int) -> Release:
    return Release(version=f"1.{number}.0", wheel_sha256=f"{number:064x}", model_version=number)


def jobs(manifest: ReleaseManifest) -> dict[str, dict[str, Any]]:
    """The line's three jobs, by the construct that makes each."""
    found: dict[str, dict[str, Any]] = {}
    for slot in Slot:
        own = manifest.release(slot)
        parameters = {"model_version": str(own.model_version), "release": own.id}
        wheel = f"/Volumes/c/s/v/{own.wheel_sha256[:16]}/x-{own.version}-py3-none-any.whl"
        found[f"slots/{slot}/job"] = {
            "name": f"letters-{slot}",
            "parameter": [{"name": name, "default": text} for name, text in parameters.items()],
            "task": [{"task_key": "score", "library": [{"whl": wheel}]}],
        }
    active, other = manifest.active, manifest.active.other
    pointer = Pointer(active.value)
    if manifest.percent is not None:
        pointer = Pointer(active.value, other.value, manifest.percent, salt_of(LINE[1], manifest.release(other).id))
    runs = {slot.value: "on" if manifest.runs(slot) else "off" for slot in Slot}
    told = {**runs, "pointer": json_form.render(pointer)}
    found["router/job"] = {
        "name": "letters-router",
        "parameter": [{"name": name, "default": text} for name, text in told.items()],
    }
    return found


def deployed(line: Line, blobs: Blobs) -> Entry:
    """What the first deploy of a line tells its ledger."""
    manifest = read_manifest(line.manifest.read_bytes(), line.file)
    return Entry(
        kind=Kind.EVENT,
        environment=line.environment,
        use_case=line.use_case,
        move=Act.DEPLOY.value,
        actor="somebody",
        after=blobs.put(line.manifest.read_bytes()),
        result=Result.DONE,
        stands=standing(manifest),
        details={"synth_after": blobs.put(synthesized(manifest))},
    )


def synthesized(manifest: ReleaseManifest) -> bytes:
    blocks = {
        role.replace("/", "_"): {**own, "//": {"metadata": {"path": f"prod-letters/{role}"}}}
        for role, own in jobs(manifest).items()
    }
    return json.dumps({"resource": {"databricks_job": blocks}, "terraform": {}}, sort_keys=True).encode()


@dataclass
class Terraform:
    """As much of Terraform as a line needs: a state with a serial, plans bound to it, applies that can be killed."""

    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    serial: int = 1
    dies_after: int | None = None
    """Objects that the next apply changes before it is killed."""

    def plan(self, folder: Path, file: Path, *, refresh: bool = True, ready: bool = False) -> SavedPlan:
        wanted = {
            f"databricks_job.{name}": {key: value for key, value in block.items() if key != "//"}
            for name, block in json.loads((folder / "cdk.tf.json").read_bytes())["resource"]["databricks_job"].items()
        }
        changes = [
            {
                "address": address,
                "mode": "managed",
                "type": "databricks_job",
                "name": address.partition(".")[2],
                "provider_name": "databricks",
                "change": {
                    "actions": ["no-op"] if own == self.objects[address] else ["update"],
                    "before": {**self.objects[address], "id": address},
                    "after": {**own, "id": address},
                    "after_unknown": {},
                    "before_sensitive": {},
                    "after_sensitive": {},
                },
            }
            for address, own in wanted.items()
        ]
        plan = {
            "format_version": "1.2",
            "terraform_version": "1.11.4",
            "resource_changes": changes,
            "applyable": True,
            "complete": True,
            "errored": False,
            "prior_state": json.loads(self.state(folder)),
        }
        file.write_text(json.dumps({"serial": self.serial, "wanted": wanted, "plan": plan}))
        return SavedPlan(folder.name, file, wanted != self.objects)

    def show(self, folder: Path, file: Path) -> bytes:
        return json.dumps(json.loads(file.read_text())["plan"]).encode()

    def state(self, folder: Path) -> bytes:
        resources = [
            {
                "address": address,
                "mode": "managed",
                "type": "databricks_job",
                "name": address.partition(".")[2],
                "values": {**own, "id": address},
            }
            for address, own in self.objects.items()
        ]
        return json.dumps({"values": {"root_module": {"resources": resources}}}).encode()

    def pull(self, folder: Path) -> bytes:
        return json.dumps({"lineage": "l", "serial": self.serial}).encode()

    def apply(self, folder: Path, file: Path) -> None:
        saved = json.loads(file.read_text())
        if saved["serial"] != self.serial:
            raise ShipwayError("Saved plan is stale")
        for number, (address, own) in enumerate(saved["wanted"].items()):
            if number == self.dies_after:
                self.dies_after = None
                raise Killed
            if self.objects[address] != own:
                self.objects[address] = own
                self.serial += 1


CHANGING = (Stage.INTEND, Stage.WRITE, Stage.APPLY, Stage.READ_BACK, Stage.RECORD)


class World(RuleBasedStateMachine):
    """One line, and what always holds of it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.now = BEGAN
        self.number = 2
        self.percents = PERCENTS
        self.actor = NAMES[0]
        """Who makes the next move."""
        self.policy = "0" * 64
        """The digest of the rules that judge plans."""
        self.crashed = False
        self.good = True
        self.rollbacks: set[str] = set()
        self.maybe: set[str] = set()
        """Releases whose rollback was killed: it may have been finished since, or undone."""

    def teardown(self) -> None:
        self.folder.cleanup()

    @initialize(wanted=st.sampled_from((0, 0, 1, 2)))
    def begin(self, wanted: int) -> None:
        self.wanted = wanted
        root = Path(self.folder.name) / "here"
        self.line = Line(root, *LINE)
        self.line.manifest.parent.mkdir(parents=True)
        self.line.manifest.write_text(f"active: blue\nslots:\n  blue: {own(1)}\n  green: {own(2)}\n# by hand\n")
        self.terraform = Terraform({f"databricks_job.{k}": v for k, v in named(self.manifest).items()})
        self.ledger = Ledger(Path(self.folder.name) / "ledger", LINE[0], self.clock)
        # A line's record begins with its first deploy: before that there is nothing to move from.
        self.ledger.append(deployed(self.line, self.ledger.blobs), GENESIS)

    def clock(self) -> datetime:
        self.now += timedelta(minutes=20)
        return self.now

    @property
    def manifest(self) -> ReleaseManifest:
        return read_manifest(self.line.manifest.read_bytes(), self.line.file)

    @property
    def recorded(self) -> Recorded:
        return fold(self.ledger.entries(), LINE)

    def ports(self, line: Line, **seams: Any) -> Ports:
        plans = line.root / "plans"
        plans.mkdir(exist_ok=True)
        verdict = (Verdict.PASSED if self.good else Verdict.FAILED, "in this test")
        evidence = Evidence(lambda asked: 10**6, lambda asked: verdict, lambda asked: verdict)
        ports = Ports(
            terraform=self.terraform,
            ledger=self.ledger,
            synthesize=lambda manifests: [synthesized(one) for one in manifests],
            observe=self.observe,
            evidence=evidence,
            clock=self.clock,
            actor=self.actor,
            policy=lambda: self.policy,
            plans=plans,
            agree=lambda prepared: None,
        )
        return replace(ports, **seams)

    def observe(self, host: str) -> ObservedWorkspace:
        found = (
            Observed("databricks_job", key, key, {**one, "id": key}) for key, one in self.terraform.objects.items()
        )
        return ObservedWorkspace("a test", host, "", tuple(found))

    def move(self, request: Request, line: Line | None = None, **seams: Any) -> Done:
        line = line or self.line
        return carry_out(line, self.terms, request, self.ports(line, **seams))

    @property
    def terms(self) -> Terms:
        return Terms(KIND, self.percents, None, None, self.wanted)

    def request(self, move: Move) -> Request:
        candidate = release(self.number + 1) if move is Move.ADMIT else None
        return Request(move, "RB-INCIDENT" if row_of(move).backwards else "RC-FEATURE", candidate, hold="why")

    def done(self, request: Request, done: Done) -> None:
        # From where it started: what an earlier command had left open was settled first.
        row, before, after = row_of(request.move), done.prepared.seen.manifest, self.manifest
        self.number += request.move is Move.ADMIT
        planned = done.prepared.planned
        changes = planned.changes if planned else Changes()
        # I3: a move of the pointer is one attribute of one object; what prepares a slot never moves it.
        if row.changes == (Aspect.POINTER,):
            assert len({place for place, _ in changes.by_place}) == 1
            assert all('["pointer"]' in path for _, path in changes.by_place)
        else:
            assert not any('["pointer"]' in path for _, path in changes.by_place)
        if (back := done.prepared.back) is not None and not request.dry_run:
            # Who takes it back can plan that at once.
            folder = done.prepared.line.folder
            assert (folder / "cdk.tf.json").read_bytes() == self.ledger.blobs.get(back.synth)
        # I4: the share of a canary only grows, until it is everything or nothing.
        if request.move is Move.STEP:
            assert (after.percent or 0) > (before.percent or 0)
        if request.move is Move.ROLLBACK:
            self.rollbacks.add(before.candidate.id)
            assert after.release(after.active) == before.stable
            assert [one.verdict for one in done.equality] == [Verdict.PASSED] * 6

    def approve(self, by: str, move: Move) -> None:
        """As `shipway release approve` does; raises ShipwayError where it is not theirs, or not legal here."""
        ports = self.ports(self.line, actor=by)
        prepared = carry_out(self.line, self.terms, replace(self.request(move), dry_run=True), ports).prepared
        give(prepared, ports, "RC-FEATURE", self.policy)

    def approve_enough(self, move: Move) -> None:
        """As many as are wanted, by those who may; a release that was taken back is approved in vain."""
        authors = admitters(self.ledger.entries(), LINE, self.manifest.candidate.id)
        may = [name for name in NAMES if person(name) not in {person(one) for one in (*authors, self.actor)}]
        for name in may[: self.wanted] if Gate.APPROVED in row_of(move).gates else ():
            self.approve(name, move)

    def legal(self, number: int) -> Move:
        rows = legal_moves(self.manifest, PERCENTS)
        return rows[number % len(rows)].move

    def settle(self, *, back: bool) -> None:
        said: list[str] = []
        request = self.request(Move.ROLLBACK if back else Move.STABILISE)
        open_ = self.recorded.open_intent
        with suppress(ShipwayError):
            self.done(request, self.move(request, say=said.append))
        assert bool(said) is (open_ is not None)
        self.crashed = False

    def settled(self) -> None:
        if self.crashed:
            self.settle(back=False)

    @invariant()
    def manifest_is_whole(self) -> None:
        """I1, I2: one candidate, and the way back named; `read_manifest` refuses anything else."""
        found = self.manifest
        assert found.phase is Phase.AT_REST or found.rollback_to == found.stable.id
        assert b"# by hand" in self.line.manifest.read_bytes()

    @invariant()
    def the_three_views_agree(self) -> None:
        """I7, A3: what the manifest says is what the ledger says and what is there."""
        if self.crashed:
            return
        assert self.terraform.objects == {f"databricks_job.{k}": v for k, v in named(self.manifest).items()}
        recorded = self.recorded
        assert recorded.open_intent is None
        if recorded.stands is not None:
            assert recorded.stands.phase == self.manifest.phase.value
            assert recorded.stands.live == self.manifest.release(self.manifest.active).id

    @invariant()
    def the_ledger_is_whole_and_told_by_one_clock(self) -> None:
        """I7, I10: a chain without a gap, an outcome for each intent, and no time but the injected one."""
        entries = self.ledger.entries()
        left = {one.code for one in verify(self.ledger.lines(), LINE[0])}
        assert left <= ({Code.OPEN_INTENT} if self.crashed else set())
        assert all(BEGAN < one.when <= self.now for one in entries)

    @invariant()
    def a_way_back_is_written_down_wherever_consumers_have_the_candidate(self) -> None:
        """I5, I6: known before it is needed, and of nothing that the way there did not touch."""
        if self.crashed or self.manifest.phase not in row_of(Move.ROLLBACK).sources:
            return
        back = back_of(self.recorded.last)
        assert back is not None
        inverse = Changes.read(self.ledger.blobs.get(back.inverse))
        assert inverse.digest == back.inverse
        assert all('["pointer"]' in path for _, path in inverse.by_place)

    @invariant()
    def keys_are_given_by_people_who_approved_exactly_that_and_are_not_its_authors(self) -> None:
        """I8, I9: read from the ledger alone, by other code than the gate's."""
        mine = self.ledger.entries()
        by_hash = {one.hash: (place, one) for place, one in enumerate(mine)}
        used: set[str] = set()
        for place, intent in enumerate(mine):
            if intent.kind is not Kind.INTENT or intent.move not in (Move.CANARY, Move.FLIP) or not self.wanted:
                continue
            told: Any = intent.details["approvals"]
            hashes = [one["entry"] for one in told]
            given = [by_hash[one] for one in hashes]
            people = {one.actor.strip().casefold() for _, one in given}
            # I8: distinct people, and none of them who brought it in or who gives it the keys.
            authors = {
                one.actor.strip().casefold() for one in mine if (one.move, one.release) == (Move.ADMIT, intent.release)
            }
            assert len(people) >= self.wanted
            assert not people & (authors | {intent.actor.strip().casefold()})
            # I9: this plan, this way back, this manifest, this release, these rules; used once, in time.
            assert used.isdisjoint(hashes)
            used |= set(hashes)
            for before, one in given:
                assert before < place
                assert (one.kind, one.move, one.details["move"]) == (Kind.EVENT, Act.APPROVE, intent.move)
                bound = (one.plan, one.inverse, one.after, one.release)
                assert bound == (intent.plan, intent.inverse, intent.after, intent.release)
                until = datetime.fromisoformat(str(one.details["until"]))
                assert one.when <= intent.when < until + timedelta(hours=2)
                assert until <= one.when + timedelta(hours=24)
                assert one.actor.isprintable()
                between = mine[before + 1 : place]
                assert not any(each.kind is Kind.INTENT for each in between)
                assert not any((each.move, each.actor) == (Act.WITHDRAW, one.actor) for each in between)
                assert one.details["policy"] == intent.details["policy"]

    @invariant()
    def what_was_taken_back_gets_no_keys_again(self) -> None:
        assert self.rollbacks <= self.recorded.quarantined <= self.rollbacks | self.maybe
        if self.manifest.phase is Phase.CANARY and not self.crashed:
            assert self.manifest.candidate.id not in self.rollbacks


class Walks(World):
    """Everything that can happen to a line."""

    @rule(number=st.integers(1, 4), actor=st.sampled_from(NAMES))
    def onwards(self, number: int, actor: str) -> None:
        """A few of the moves that are legal here and go on: walks that never get far find nothing."""
        for _ in range(number):
            self.settled()
            self.actor = actor
            legal = [row.move for row in legal_moves(self.manifest, PERCENTS) if not row.backwards]
            before, request = self.manifest, self.request(next(one for one in legal if one is not Move.HOLD))
            self.approve_enough(request.move)
            try:
                self.done(request, self.move(request))
            except NotPassed:
                assert before.candidate.id in self.rollbacks | self.maybe
                return

    @rule(move=st.sampled_from(Move), good=st.booleans(), actor=st.sampled_from(NAMES))
    def make(self, move: Move, good: bool, actor: str) -> None:
        """Some move, legal or not, approved or not, while the judge says one thing or another."""
        self.settled()
        self.actor = actor
        before, kept = self.manifest, self.line.manifest.read_bytes()
        self.good = good
        request = self.request(move)
        try:
            done = self.move(request)
        except ShipwayError as error:
            assert self.line.manifest.read_bytes() == kept, error
            # I11: nothing stands in the way of a way back, whatever gates and holds say.
            assert not (move is Move.ROLLBACK and before.phase in row_of(move).sources), error
        else:
            assert good or Gate.JUDGED not in row_of(move).gates
            self.done(request, done)
        finally:
            self.good = True

    @rule(number=st.integers(0, 9), stage=st.sampled_from(CHANGING), half=st.none() | st.integers(0, 2))
    def crash(self, number: int, stage: Stage, half: int | None) -> None:
        """A process that is killed before a step, or in the middle of an apply."""
        self.settled()
        move = self.legal(number)
        self.approve_enough(move)

        def tell(here: Stage) -> None:
            if here is stage and half is None:
                raise Killed

        self.terraform.dies_after = half
        before = self.manifest
        try:
            self.done(self.request(move), self.move(self.request(move), tell=tell))
        except Killed:
            self.crashed = True
            self.number += move is Move.ADMIT
            self.maybe |= {before.candidate.id} if move is Move.ROLLBACK else set()
        except ShipwayError:
            pass
        self.terraform.dies_after = None

    @precondition(lambda self: not self.crashed and self.manifest.phase in (Phase.AT_REST, Phase.SHADOW))
    @rule()
    def rehearse(self) -> None:
        """In and out again: every byte is where it was, and that it went back is nothing against the release."""
        before, kept = self.manifest, self.line.manifest.read_bytes()
        resting = before.phase is Phase.AT_REST
        candidate = release(self.number + 1) if resting else before.candidate
        barred = candidate.id in self.recorded.quarantined
        self.good = False
        try:
            found = rehearse(self.line, self.terms, self.ports(self.line), candidate)
            assert found.verdict is Verdict.PASSED, found.equality
            assert not barred
            assert not self.wanted
        except ShipwayError as error:
            assert barred or before.hold or self.wanted, error
        self.good = True
        assert self.line.manifest.read_bytes() == kept
        assert (candidate.id in self.recorded.quarantined) is barred

    @precondition(lambda self: self.crashed)
    @rule(back=st.booleans())
    def come_back(self, back: bool) -> None:
        """The next command finishes what was begun, or takes it back; and then does its own work, if it may."""
        self.settle(back=back)

    @rule(one=st.integers(0, 9), another=st.integers(0, 9))
    def two_at_once(self, one: int, another: int) -> None:
        """Two machines, one ledger and one state: one wins, the other is told, and nothing of it is left."""
        self.settled()
        first, second = self.legal(one), self.legal(another)
        other = Line(Path(self.folder.name) / "there", *LINE)
        other.manifest.parent.mkdir(parents=True, exist_ok=True)
        other.manifest.write_bytes(self.line.manifest.read_bytes())
        kept = self.line.manifest.read_bytes()
        winner: list[Done] = []

        def tell(stage: Stage) -> None:
            if stage is Stage.INTEND and not winner:
                with suppress(ShipwayError):
                    winner.append(self.move(self.request(second), other))

        request = self.request(first)
        try:
            done = self.move(request, tell=tell)
        except ShipwayError as error:
            assert self.line.manifest.read_bytes() == kept, error
            done = None
        assert not (winner and done), "both moved one line"
        if winner:
            # Its manifest reaches the first machine as every other one does: through Git.
            self.line.manifest.write_bytes(other.manifest.read_bytes())
            self.done(self.request(second), winner[0])
        elif done:
            self.done(request, done)


class ApprovalWalks(World):
    """A line that wants approvals, from a shadow on: given, taken back, too late, for something else, forged, used."""

    @initialize(wanted=st.sampled_from((1, 2)), author=st.sampled_from(NAMES))
    def begin(self, wanted: int, author: str) -> None:
        World.begin(self, wanted)
        self.next_release(author)

    @precondition(lambda self: not self.crashed and self.manifest.phase is Phase.AT_REST)
    @rule(author=st.sampled_from(NAMES))
    def next_release(self, author: str) -> None:
        self.actor = author
        self.done(self.request(Move.ADMIT), self.move(self.request(Move.ADMIT)))
        self.move(self.request(Move.SHADOW))

    @property
    def next(self) -> Move | None:
        move = next_move(self.manifest, self.percents)
        return move if move and Gate.APPROVED in row_of(move).gates else None

    @precondition(lambda self: self.next and not self.crashed)
    @rule(by=st.sampled_from(NAMES))
    def approved_by(self, by: str) -> None:
        """Whoever brought it in is told that it is not theirs."""
        assert self.next
        authors = admitters(self.ledger.entries(), LINE, self.manifest.candidate.id)
        theirs = person(by) in {person(one) for one in authors}
        try:
            self.approve(by, self.next)
        except NotTheirs:
            assert theirs
        else:
            assert not theirs

    @precondition(lambda self: self.next and not self.crashed)
    @rule(actor=st.sampled_from(NAMES), between=st.sampled_from((None, *BETWEEN)))
    def approved_and_moved(self, actor: str, between: str | None) -> None:
        """By enough people; the move is made, unless something comes between."""
        assert self.next
        self.actor = actor
        self.approve_enough(self.next)
        if between in ("intend", "write", "record"):
            self.stopped(actor, Stage[between.upper()])
            self.come_back()
        elif between == "withdrawn":
            for name in NAMES:
                self.withdrawn_by(name)
        elif between:
            self.changed(between)
        before = self.manifest
        self.moved_by(actor)
        barred = before.candidate.id in self.recorded.quarantined
        assert between or barred or self.manifest != before

    @precondition(lambda self: not self.crashed)
    @rule(actor=st.sampled_from(NAMES))
    def moved_by(self, actor: str) -> None:
        """Whoever wants to; the invariants say whether they might."""
        self.actor = actor
        move = next_move(self.manifest, self.percents)
        with suppress(NotPassed):
            if move is not None:
                self.done(self.request(move), self.move(self.request(move)))

    @precondition(lambda self: self.next and not self.crashed)
    @rule(actor=st.sampled_from(NAMES), stage=st.sampled_from(CHANGING))
    def stopped(self, actor: str, stage: Stage) -> None:
        """Before a step; what it was to use is spent, whether it is finished then or taken back."""
        self.actor = actor
        assert self.next

        def tell(here: Stage) -> None:
            if here is stage:
                raise Killed

        with suppress(NotPassed, Killed):
            self.move(self.request(self.next), tell=tell)
        self.crashed = True

    @precondition(lambda self: self.crashed)
    @rule()
    def come_back(self) -> None:
        with suppress(ShipwayError):
            self.move(self.request(Move.RETIRE))
        self.crashed = False

    @precondition(lambda self: self.recorded.approvals and not self.crashed)
    @rule(by=st.sampled_from(NAMES))
    def withdrawn_by(self, by: str) -> None:
        seen = look(self.line, self.ports(self.line))
        with suppress(NotTheirs):
            take_back(self.line, self.ports(self.line, actor=by), seen, "RJ-SCOPE")

    @precondition(lambda self: self.recorded.approvals and not self.crashed)
    @rule(change=st.sampled_from(("time", "rules", "percents", "hold")))
    def changed(self, change: str) -> None:
        """What was approved is no longer what is to be done, or no longer now."""
        match change:
            case "time":
                self.now += timedelta(hours=23)
            case "rules":
                self.policy = "1" * 64 if self.policy.startswith("0") else "0" * 64
            case "percents":
                self.percents = (10, 25) if self.percents == PERCENTS else PERCENTS
            case _:
                self.move(self.request(Move.HOLD))
                self.move(self.request(Move.RESUME))

    @precondition(lambda self: self.next and not self.crashed)
    @rule(forged=st.sampled_from(range(9)))
    def forged(self, forged: int) -> None:
        """Written beside the command: as it should be but for one thing, which nobody could have meant."""
        assert self.next
        request = replace(self.request(self.next), dry_run=True)
        prepared = carry_out(self.line, self.terms, request, self.ports(self.line)).prepared
        bound, until = bound_of(prepared, self.policy), self.now + timedelta(hours=20)
        details: dict[str, Any] = {"move": bound.move, "policy": bound.policy, "until": until.isoformat()}
        right = Entry(
            kind=Kind.EVENT,
            environment=LINE[0],
            use_case=LINE[1],
            move=Act.APPROVE,
            actor="eve",
            release=bound.release,
            plan=bound.plan,
            inverse=bound.inverse,
            after=bound.manifest,
            details=details,
        )
        wrong: list[dict[str, Any]] = [
            {"details": {}},
            {"details": {**details, "until": 7}},
            {"details": {**details, "until": "2099-01-01T00:00:00+00:00"}},
            {"details": {**details, "until": "2099-01-01T00:00:00"}},
            {"actor": "eve\nPASSED approved"},
            {"actor": " "},
            {"actor": self.author},
            {"plan": ""},
            {"details": {**details, "move": [bound.move]}},
        ]
        self.ledger.append(replace(right, **wrong[forged]), head_of(self.ledger.entries()))

    @property
    def author(self) -> str:
        return next(iter(admitters(self.ledger.entries(), LINE, self.manifest.candidate.id)))


def own(number: int) -> str:
    return yaml.safe_dump(release(number).model_dump(exclude_none=True), default_flow_style=True).strip()


def named(manifest: ReleaseManifest) -> dict[str, dict[str, Any]]:
    return {role.replace("/", "_"): own for role, own in jobs(manifest).items()}


TestWalks = Walks.TestCase
TestWalks.settings = settings(max_examples=20, stateful_step_count=30, deadline=None)
TestApprovalWalks = ApprovalWalks.TestCase
TestApprovalWalks.settings = settings(max_examples=30, stateful_step_count=20, deadline=None)
