"""The ledger between machines, with real git: nothing is lost, nothing is forced, and a fork is told."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from shipway.cli.ledger import command
from shipway.errors import ShipwayError, ToolFailed
from shipway.ledger.chain import Ledger
from shipway.ledger.entry import Entry, Kind, head_of
from shipway.ledger.joining import LedgerForked
from shipway.ledger.report import report_on
from shipway.outside.ledger_branch import BRANCH, LedgerBranch, PushRefused


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@dataclass(frozen=True)
class Machine:
    """A clone in which lines are moved."""

    root: Path

    @property
    def branch(self) -> LedgerBranch:
        return LedgerBranch(self.root, self.root / "ledger")

    def ledger(self, environment: str = "prod") -> Ledger:
        return Ledger(self.root / "ledger", environment, lambda: datetime.now(UTC))

    def tell(self, text: str, environment: str = "prod") -> None:
        ledger = self.ledger(environment)
        evidence = ledger.blobs.put(text.encode())
        entry = Entry(
            kind=Kind.EVENT,
            environment=environment,
            use_case=text,
            move="judge",
            actor="ada",
            after=evidence,
        )
        ledger.append(entry, head_of(ledger.entries()))

    def told(self, environment: str = "prod") -> list[str]:
        return [one.use_case for one in self.ledger(environment).entries()]


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    bare = tmp_path / "remote.git"
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", str(bare))
    first = tmp_path / "first"
    git(tmp_path, "clone", "--quiet", str(bare), str(first))
    (first / ".gitignore").write_text("/ledger/\n")
    (first / "pyproject.toml").write_text("")
    git(first, "add", ".")
    git(first, "commit", "--quiet", "--message=the project")
    git(first, "push", "--quiet", "origin", "HEAD:main")
    return bare


def machine(remote: Path, name: str) -> Machine:
    git(remote.parent, "clone", "--quiet", "--depth=1", remote.as_uri(), name)
    return Machine(remote.parent / name)


def test_what_one_machine_did_is_known_to_the_next(remote: Path) -> None:
    ada, ben = machine(remote, "ada"), machine(remote, "ben")
    # Nobody has pushed yet.
    assert ben.branch.pull() == ()
    ada.tell("triage")
    ada.tell("letters", "test")
    assert ada.branch.push("ada") == ("prod", "test")
    assert ada.branch.push("ada") == ()
    assert ben.branch.pull() == ("prod", "test")
    assert (ben.told(), ben.told("test")) == (["triage"], ["letters"])
    assert all(report_on(ben.ledger(name), ()).whole for name in ("prod", "test"))
    ben.tell("reserve")
    assert ben.branch.push("ben") == ("prod",)
    assert ada.branch.pull() == ("prod",)
    assert ada.told() == ["triage", "reserve"]


def test_the_branch_holds_the_ledger_alone_and_the_project_is_as_it_was(remote: Path) -> None:
    ada = machine(remote, "ada")
    ada.tell("triage")
    main = git(remote, "rev-parse", "main")
    ada.branch.push("Ada Lovelace")
    files = git(remote, "ls-tree", "-r", "--name-only", BRANCH).splitlines()
    assert all(one.startswith("ledger/") for one in files)
    assert "ledger/prod.jsonl" in files
    assert git(remote, "log", "--format=%an", BRANCH) == "Ada Lovelace"
    assert git(remote, "rev-parse", "main") == main
    assert git(ada.root, "status", "--porcelain") == ""
    assert git(ada.root, "branch", "--list") == "* main"


def test_of_two_who_were_there_at_once_both_are_kept_where_they_moved_different_environments(remote: Path) -> None:
    ada, ben = machine(remote, "ada"), machine(remote, "ben")
    ada.tell("triage")
    ben.tell("letters", "test")
    ada.branch.push("ada")
    # Ben has not pulled: what is there by now is joined.
    assert ben.branch.push("ben") == ("test",)
    ada.branch.pull()
    assert (ada.told(), ada.told("test")) == (["triage"], ["letters"])


def test_a_fork_is_told_and_neither_side_is_overwritten(remote: Path) -> None:
    ada, ben = machine(remote, "ada"), machine(remote, "ben")
    ada.tell("triage")
    ben.tell("reserve")
    ada.branch.push("ada")
    kept = git(remote, "rev-parse", BRANCH)
    for act in (ben.branch.pull, lambda: ben.branch.push("ben")):
        with pytest.raises(LedgerForked) as forked:
            act()
        assert "entry 1: event judge of reserve in prod, by ada" in forked.value.message
        assert "entry 1: event judge of triage in prod, by ada" in forked.value.message
    assert git(remote, "rev-parse", BRANCH) == kept
    assert ben.told() == ["reserve"]


def test_who_is_late_by_a_moment_tries_again(remote: Path) -> None:
    ada, ben = machine(remote, "ada"), machine(remote, "ben")
    ada.tell("triage")
    ben.tell("letters", "test")
    # While Ada's push is on its way, Ben's arrives.
    hook = ada.root / ".git" / "hooks" / "pre-push"
    program = "from shipway.outside.ledger_branch import LedgerBranch; from pathlib import Path; import sys"
    call = f"LedgerBranch(Path({str(ben.root)!r}), Path({str(ben.root / 'ledger')!r})).push('ben')"

    hook.write_text(f'#!/bin/sh\nunset GIT_DIR\ncd {ben.root} && {sys.executable} -c "{program}; {call}"\n')
    hook.chmod(0o755)
    assert ada.branch.push("ada") == ("prod",)
    names = git(remote, "ls-tree", "-r", "--name-only", BRANCH)
    assert "ledger/prod.jsonl" in names
    assert "ledger/test.jsonl" in names


def test_a_remote_that_takes_nothing_leaves_everything_here(remote: Path) -> None:
    ada = machine(remote, "ada")
    ada.tell("triage")
    hook = remote / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho protected branch >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(PushRefused, match="protected branch") as refused:
        ada.branch.push("ada")
    assert "keep them" in refused.value.hint
    assert ada.told() == ["triage"]
    git(ada.root, "remote", "set-url", "origin", str(remote / "gone"))
    with pytest.raises(ToolFailed, match="cannot be asked"):
        ada.branch.pull()


def test_a_broken_ledger_is_not_handed_on(remote: Path) -> None:
    ada = machine(remote, "ada")
    ada.tell("triage")
    path = ada.ledger().path
    path.write_bytes(path.read_bytes().replace(b'"actor":"ada"', b'"actor":"eve"'))
    with pytest.raises(ShipwayError, match="is broken"):
        ada.branch.push("ada")
    assert BRANCH not in git(remote, "branch", "--list")


def test_whoever_writes_other_files_on_the_branch_writes_them_in_vain(remote: Path) -> None:
    ada, ben = machine(remote, "ada"), machine(remote, "ben")
    ada.tell("triage")
    ada.branch.push("ada")
    git(ada.root, "fetch", "--quiet", "origin", BRANCH)
    git(ada.root, "checkout", "--quiet", "--force", "FETCH_HEAD")
    (ada.root / "sitecustomize.py").write_text("raise SystemExit\n")
    (ada.root / "ledger" / "evil.py").write_text("raise SystemExit\n")
    git(ada.root, "add", "--force", ".")
    git(ada.root, "commit", "--quiet", "--message=more")
    git(ada.root, "push", "--quiet", "origin", f"HEAD:{BRANCH}")
    ben.branch.pull()
    assert sorted(path.name for path in ben.root.iterdir()) == [".git", ".gitignore", "ledger", "pyproject.toml"]
    assert sorted(path.name for path in (ben.root / "ledger").iterdir()) == ["blobs", "prod.jsonl"]


def test_a_blob_that_is_something_else_is_refused(remote: Path) -> None:
    ada, ben = machine(remote, "ada"), machine(remote, "ben")
    ada.tell("triage")
    ada.branch.push("ada")
    git(ada.root, "fetch", "--quiet", "origin", BRANCH)
    git(ada.root, "checkout", "--quiet", "--force", "FETCH_HEAD")
    (blob,) = (ada.root / "ledger" / "blobs").iterdir()
    blob.write_text("another manifest")
    git(ada.root, "commit", "--quiet", "--all", "--message=other bytes")
    git(ada.root, "push", "--quiet", "origin", f"HEAD:{BRANCH}")
    with pytest.raises(ShipwayError, match="is something else"):
        ben.branch.pull()
    assert ben.told() == []


def test_a_ledger_that_another_job_hands_on_is_pushed_from_where_it_lies(
    remote: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, job = machine(remote, "ada"), machine(remote, "job")
    ada.tell("triage")
    (ada.root / "ledger").rename(tmp_path / "artifact")
    monkeypatch.chdir(job.root)
    for name in ("environments", "stacks"):
        (job.root / name).mkdir()
    (job.root / "cdktf.json").write_text("{}")
    done = CliRunner().invoke(command, ["push", "--from", str(tmp_path / "artifact")])
    assert done.exit_code == 0, done.output + str(done.exception)
    assert done.output == "Handed on: the ledger of prod.\n"
    assert "Nothing" in CliRunner().invoke(command, ["push", "--from", str(tmp_path / "artifact")]).output
    assert "prod went on" in CliRunner().invoke(command, ["pull"]).output
