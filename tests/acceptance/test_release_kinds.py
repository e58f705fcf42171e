"""Every kind of use case on its whole way, in the sandbox with the real Terraform: what each move changes, and back."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from shipway.cli._releasing import Answers, Session
from shipway.errors import ShipwayError
from shipway.models.release import Phase, Release
from shipway.release.carry_out import carry_out
from shipway.release.gates import Evidence
from shipway.release.inverse import Changes, composed
from shipway.release.line import Line, Ports, Request, read_manifest
from shipway.release.machine import IllegalMove
from shipway.release.moves import Move
from shipway.release.prepared import Done
from shipway.release.writing import edited, write_manifest
from shipway.verdict import Verdict

pytestmark = [pytest.mark.terraform, pytest.mark.slow]

COMMON = """\
product_line: claims
owner: Claims Analytics
cost_center: CC-4711
risk: medium
data: {catalog: claims, schema: triage}
"""
JOB = """\
job:
  package: claims_stream
  schedule: {cron: 0 0/15 * * * ?, timezone: Europe/Zurich}
  compute: {policy: batch, spark_version: 16.4.x-scala2.12, node_type: m6gd.xlarge, workers: 1}
  tasks: {score: {entry_point: score}}
"""
OTHERS = {
    "claims-fraud": f"kind: serving\ndescription: d\nmodel: claims_fraud\nendpoint: {{workload_size: Small}}\n{COMMON}",
    "claims-letters": f"kind: agent\ndescription: d\nmodel: claims_letters\nagent: {{prompt: claims_letter}}\n{COMMON}",
    "claims-stream": f"kind: streaming\ndescription: d\nmodel: claims_stream\n{JOB}{COMMON}",
}
"""The kinds that the reference estate has no line of."""
USE_CASES = sorted(
    {path.parent.name for path in (Path(__file__).parents[2] / "bundles").glob("*/bundle.yaml")} | OTHERS.keys()
)
ENVIRONMENT = "test"
SAYS_YES = Evidence(
    runs=lambda asked: 1_000_000,
    judged=lambda asked: (Verdict.PASSED, "in this test"),
    rehearsed=lambda asked: (Verdict.PASSED, "in this test"),
)


@dataclass(frozen=True)
class Walker:
    """One line, moved in this process with gates that let it through."""

    line: Line

    def move(self, move: Move, **more: object) -> Done:
        with Session.open(self.line, Answers(yes=True, quiet=True)) as session:
            request = Request(move, "RC-FEATURE", hold="a test")
            request = replace(request, **more)  # type: ignore[arg-type]
            return carry_out(self.line, session.terms, request, self.ports(session))

    def ports(self, session: Session) -> Ports:
        # Long after everything: what has to last has lasted.
        real = session.ports
        return replace(real, evidence=SAYS_YES, clock=lambda: real.clock().replace(year=2099))

    @property
    def manifest(self) -> bytes:
        return self.line.manifest.read_bytes()

    @property
    def phase(self) -> Phase:
        return read_manifest(self.manifest, "").phase

    def candidate(self) -> Release:
        live = read_manifest(self.manifest, "").stable
        parts = {"version": "9.0.0", "wheel_sha256": "9" * 64, "model_version": live.model_version + 90}
        if live.prompt_version is not None:
            parts |= {"prompt_version": live.prompt_version + 1, "prompt_sha256": "8" * 64}
        return live.model_copy(update=parts)

    def objects(self) -> str:
        """A digest over every object of the sandbox."""
        store = self.line.root / ".shipway" / "sandbox" / "workspaces"
        found = hashlib.sha256()
        for path in sorted(store.rglob("*.json")):
            found.update(str(path.relative_to(store)).encode() + path.read_bytes())
        return found.hexdigest()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, deployed_project: Callable[[Path], Path]) -> Path:
    root = deployed_project(tmp_path_factory.mktemp("kinds") / "project")
    for use_case, bundle in OTHERS.items():
        prompt = f", prompt_version: 3, prompt_sha256: {'d' * 64}" if "kind: agent" in bundle else ""
        slots = [
            f"  {slot}: {{version: 1.{n}.0, wheel_sha256: {digest * 64}, model_version: {n}{prompt}}}\n"
            for n, (slot, digest) in enumerate((("blue", "a"), ("green", "b")), 1)
        ]
        (root / "bundles" / use_case).mkdir()
        (root / "bundles" / use_case / "bundle.yaml").write_text(bundle)
        for environment in ("dev", ENVIRONMENT):
            manifest = root / "releases" / environment / f"{use_case}.yaml"
            manifest.write_text("active: blue\nslots:\n" + "".join(slots))
    stacks = [f"{one}-{name}" for one in ("dev", ENVIRONMENT) for name in ("landing-zone", *OTHERS)]
    command = [sys.executable, "-m", "shipway", "deploy", "account", *stacks]
    done = subprocess.run([*command, "--yes", "--quiet"], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return root


@pytest.fixture(params=USE_CASES)
def walker(root: Path, request: pytest.FixtureRequest) -> Iterator[Walker]:
    yield Walker(Line(root, ENVIRONMENT, request.param))


def changed(done: Done) -> Changes:
    assert done.prepared.planned is not None
    return done.prepared.planned.changes


def onwards(walker: Walker, until: Phase) -> list[Done]:
    """Every move from rest to `until`; each step of the canary by itself."""
    made = [walker.move(Move.ADMIT, candidate=walker.candidate())]
    for move, reached in (
        (Move.SHADOW, Phase.SHADOW),
        (Move.CANARY, Phase.CANARY),
        (Move.FLIP, Phase.FLIPPED),
        (Move.STABILISE, Phase.STABLE),
    ):
        if walker.phase is until:
            break
        while move is Move.FLIP:
            try:
                made.append(walker.move(Move.STEP))
            except IllegalMove:
                break
        made.append(walker.move(move))
        assert walker.phase is reached
    return made


def test_each_move_is_undone_by_its_recorded_inverse_to_the_byte(walker: Walker) -> None:
    rest, objects = walker.manifest, walker.objects()
    there = onwards(walker, Phase.STABLE)
    names = [done.prepared.request.move for done in there]
    assert names[:3] == [Move.ADMIT, Move.SHADOW, Move.CANARY]
    assert names[-2:] == [Move.FLIP, Move.STABILISE]
    for done in there:
        move, planned = done.prepared.request.move, done.prepared.planned
        assert planned is not None
        assert all(one.action.value in ("update", "no-op") for one in planned.plan.changes)
        assert bool(changed(done)) is (move is not Move.STABILISE)
        assert done.read_back is not None
        assert done.read_back.differs == ()
    # A pointer moves as one attribute of one object, whatever it says inside.
    for done in there[2:-1]:
        assert len({address for address, _ in changed(done).by_place}) == 1
        attributes = {path.partition("{")[0] for _, path in changed(done).by_place}
        assert len(attributes - {"md5"}) <= 2, attributes

    shadow = there[2].prepared.seen.content
    back = walker.move(Move.ROLLBACK)
    assert [one.verdict for one in back.equality] == [Verdict.PASSED] * 6, back.equality
    assert walker.manifest == shadow
    # The way back of all of them together is the swap of all of them together, and was written down each time.
    all_of_them = composed([changed(done) for done in there[2:]]).swapped()
    assert changed(back) == all_of_them
    assert there[-1].prepared.back is not None
    assert there[-1].prepared.back.inverse == all_of_them.digest

    # A release that was taken back does not come again.
    with pytest.raises(ShipwayError, match="was taken back from consumers before"):
        walker.move(Move.CANARY)
    gone = walker.move(Move.ABORT)
    assert changed(gone) == composed([changed(done) for done in there[:2]]).swapped()
    assert walker.manifest == rest
    assert walker.objects() == objects


def test_retiring_stops_the_old_slot_and_leaves_the_line_at_rest(root: Path, walker: Walker) -> None:
    """From a line that was brought to `stable` by its first deploy."""
    line = replace(walker.line, environment="dev")
    rest = read_manifest(line.manifest.read_bytes(), "")
    # As if the live release had come in from the other slot: only that one starts, and no pointer moves with it.
    old = rest.release(rest.active.other)
    stable = rest.model_copy(update={"phase": Phase.STABLE, "rollback_to": old.id})
    write_manifest(line.manifest, edited(line.manifest.read_bytes(), stable))
    # As if this were its first deploy: the line's record begins in this phase.
    (root / ".shipway/sandbox/ledger/dev.jsonl").unlink()
    command = [sys.executable, "-m", "shipway", "deploy", line.stack, "--yes", "--quiet"]
    done = subprocess.run(command, cwd=root, env={**os.environ, "PYTHONPATH": f"{root}:{root}/constructs"})
    assert done.returncode == 0
    retired = Walker(line).move(Move.RETIRE)
    assert changed(retired)
    after = read_manifest(line.manifest.read_bytes(), "")
    assert after == rest
    assert retired.prepared.back is None
    assert retired.read_back is not None
    assert retired.read_back.differs == ()
