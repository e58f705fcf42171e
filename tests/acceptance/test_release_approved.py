"""Approvals in the sandbox, with the real Terraform: by the command, by a forge, and what comes between."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from shipway.cli._release_applying import code_of
from shipway.cli._releasing import Answers, Session
from shipway.ledger.entry import Act, Entry
from shipway.models.release import Phase
from shipway.release.carry_out import carry_out
from shipway.release.gates import Evidence, NotPassed
from shipway.release.line import Line, Request
from shipway.release.moves import Gate, Move
from shipway.release.prepared import Done
from shipway.verdict import Verdict

pytestmark = [pytest.mark.terraform, pytest.mark.slow]

YES = (Verdict.PASSED, "in this test")
SAYS_YES = Evidence(runs=lambda asked: 10**6, judged=lambda asked: YES, rehearsed=lambda asked: YES)
GIT = ("git", "-c", "user.name=Gil", "-c", "user.email=gil@halyard.example")


class Prod:
    """A line of prod, which wants one approval, moved by one name after the other."""

    def __init__(self, line: Line, be: Callable[[str], None]) -> None:
        self.line = line
        self.be = be

    def move(self, actor: str, move: Move, *approved: str, dry_run: bool = False) -> tuple[Done, int, str]:
        """What it came to, the exit code, and the digest to approve."""
        self.be(actor)
        answers = Answers(yes=True, quiet=True, approved=approved)
        with Session.open(self.line, answers) as session:
            request = Request(move, "RC-FEATURE", candidate=session.manifest.stable, dry_run=dry_run)
            if move is Move.ADMIT:
                other = session.manifest.stable.model_copy(update={"model_version": 90})
                request = replace(request, candidate=other)
            ports = replace(session.ports, evidence=SAYS_YES)
            done = carry_out(self.line, replace(session.terms, soak=None), request, ports)
            return done, code_of(done, None), session.digest(done.prepared)

    def approve(self, actor: str, *more: str, expect: int = 0) -> str:
        self.be(actor)
        root = self.line.root
        command = ["release", "approve", self.line.use_case, "--env", "prod", "--yes", "--quiet", *more]
        environment = {**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{root / 'constructs'}"}
        done = subprocess.run(
            [sys.executable, "-m", "shipway", *command], cwd=root, env=environment, capture_output=True, text=True
        )
        assert done.returncode == expect, done.stdout + done.stderr
        return done.stdout + (done.stderr if expect else "")

    def entries(self) -> tuple[Entry, ...]:
        with Session.open(self.line, Answers(quiet=True)) as session:
            return session.ports.ledger.entries(self.line.use_case)


@pytest.fixture
def prod(tmp_path: Path, deployed_project: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch) -> Prod:
    root = deployed_project(tmp_path / "project")
    monkeypatch.chdir(root)
    for name in ("GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD"):
        monkeypatch.delenv(name, raising=False)
    found = Prod(Line(root, "prod", "claims-triage"), lambda name: monkeypatch.setenv("SHIPWAY_ACTOR", name))
    found.move("ada", Move.ADMIT)
    found.move("ada", Move.SHADOW)
    return found


def lacking(refused: pytest.ExceptionInfo[NotPassed]) -> str:
    (one,) = [answer for answer in refused.value.answers if not answer.passes]
    assert one.gate is Gate.APPROVED
    return one.reason


def test_no_keys_without_somebody_else_and_their_word_is_good_once(prod: Prod) -> None:
    manifest = prod.line.manifest.read_bytes()
    with pytest.raises(NotPassed) as refused:
        prod.move("ada", Move.CANARY)
    assert "shipway release approve claims-triage --env prod --move canary --reason RC-FEATURE" in lacking(refused)
    assert prod.line.manifest.read_bytes() == manifest
    assert "ADA brought it in" in prod.approve("ADA", "--reason", "RC-FEATURE", expect=4)

    prod.approve("ben", "--reason", "RC-FEATURE")
    prod.approve("ben", "--withdraw", "--reason", "RJ-SCOPE")
    with pytest.raises(NotPassed) as refused:
        prod.move("ada", Move.CANARY)
    assert "ben took theirs back" in lacking(refused)

    prod.approve("ben", "--reason", "RC-FEATURE")
    with pytest.raises(NotPassed) as refused:
        prod.move("ben", Move.CANARY)
    assert "ben makes the move" in lacking(refused)
    # Another rule by then, which the approver did not know of.
    rule = prod.line.root / "policies" / "new.md"
    rule.write_text("from today on")
    with pytest.raises(NotPassed) as refused:
        prod.move("ada", Move.CANARY)
    assert "it is for the policy" in lacking(refused)
    rule.unlink()

    done, _, _ = prod.move("ada", Move.CANARY)
    assert [one.by for one in done.prepared.approvals] == ["ben"]
    approval = [one for one in prod.entries() if one.move == Act.APPROVE][-1]
    intent = next(one for one in prod.entries() if one.move == Move.CANARY)
    assert intent.details["approvals"] == [{"by": "ben", "entry": approval.hash}]
    assert (approval.plan, approval.inverse, approval.after) == (intent.plan, intent.inverse, intent.after)

    # The way back was approved with it: whoever is there goes it.
    back, _, _ = prod.move("cleo", Move.ROLLBACK)
    assert back.prepared.planned is not None
    assert back.prepared.planned.changes.digest == approval.inverse
    assert [one.verdict for one in back.equality] == [Verdict.PASSED] * 6


def test_a_forges_approval_is_one_by_the_digest_that_its_reviewers_saw(
    prod: Prod, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, code, digest = prod.move("ada", Move.CANARY, dry_run=True)
    assert code == 3  # all that is wanted of it is somebody's approval
    with pytest.raises(NotPassed):
        prod.move("ada", Move.CANARY, digest)  # no forge: nobody was asked
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    with pytest.raises(NotPassed):
        prod.move("ada", Move.CANARY, "0" * 64)
    monkeypatch.setenv("SHIPWAY_APPROVER", "Ada")
    with pytest.raises(NotPassed) as refused:
        prod.move("eve", Move.CANARY, digest)
    assert "Ada brought it in" in lacking(refused)
    monkeypatch.delenv("SHIPWAY_APPROVER")

    done, _, _ = prod.move("ada", Move.CANARY, digest[:12])
    assert done.prepared.after.phase is Phase.CANARY
    (approval,) = [one for one in prod.entries() if one.move == Act.APPROVE]
    intent = next(one for one in prod.entries() if one.move == Move.CANARY)
    assert approval.actor == "a reviewer of prod on GitHub"
    assert intent.details["approvals"] == [{"by": approval.actor, "entry": approval.hash}]


def test_who_committed_the_manifest_does_not_approve_it(prod: Prod) -> None:
    for command in (["init", "-q"], ["add", "releases"], ["commit", "-q", "-m", "Claims triage: shadow"]):
        subprocess.run([*GIT, *command], cwd=prod.line.root, check=True, capture_output=True)
    assert "gil wrote the manifest" in prod.approve("gil", "--reason", "RC-FEATURE", expect=4)
    told = json.loads(prod.approve("ben", "--reason", "RC-FEATURE", "--json"))
    assert (told["by"], told["move"]) == ("ben", "canary")
    prod.move("gil", Move.CANARY)
