"""The ledger of live lines on a branch of its own: brought here before lines are moved, handed on after.

It is no part of what is deployed, so it is on no branch that is: a commit of it makes no plan set old, starts no
pipeline, and needs no right to main. A push is compare-and-swap by Git itself: nothing is forced, so whoever was first
stays, and the second joins what is there by then or is told of the fork.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from shipway.errors import MissingTool, ShipwayError, ToolFailed
from shipway.ledger.blobs import digest_of
from shipway.ledger.chain import Ledger
from shipway.ledger.joining import joined
from shipway.ledger.report import report_on

__all__ = ["BRANCH", "LedgerBranch", "PushRefused"]

BRANCH = "shipway-ledger"
_TRIES = 5
_FETCHED = "refs/shipway/ledger"
"""Where the branch is fetched to: no branch of the user's."""

# Whoever may write the branch decides what stands in it; nothing else of it is read.
_LEDGER = re.compile(r"ledger/([a-z0-9_]+)\.jsonl")
_BLOB = re.compile(r"ledger/blobs/([0-9a-f]{64})")


class PushRefused(ShipwayError):
    """The entries are here and were not taken there."""


@dataclass(frozen=True, slots=True)
class _There:
    """What the branch holds; all empty where there is no such branch yet."""

    commit: str = ""
    ledgers: Mapping[str, bytes] = field(default_factory=dict)
    """By environment."""
    blobs: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LedgerBranch:
    """The branch of a remote, and the copy in `folder`: that of the project at `root`, or one that was handed on."""

    root: Path
    folder: Path
    remote: str = "origin"
    branch: str = BRANCH

    def pull(self) -> tuple[str, ...]:
        """Bring the branch's entries here; the environments whose ledger went on by that.

        Raises LedgerForked, ShipwayError where either side is broken, ToolFailed where the remote cannot be asked.
        """
        there = self._fetch()
        wanted = self._joined(there)
        came = tuple(sorted(name for name, content in wanted.items() if content != self._here(name)))
        for digest, content in there.blobs.items():
            if digest_of(content) != digest:
                raise ShipwayError(f"{self.branch}: blob {digest[:12]} is something else", "see who wrote it: git log")
            self._ledger("any").blobs.put(content)
        for name in came:
            self._replace(name, wanted[name])
        self._refuse_broken()
        return came

    def push(self, actor: str) -> tuple[str, ...]:
        """Hand on what is new here; the environments of which there was anything.

        Raises as `pull` does, and PushRefused where the remote does not take it; what is here stays.
        """
        self._refuse_broken()
        refused = ""
        for _ in range(_TRIES):
            there = self._fetch()
            new = {name: content for name, content in self._joined(there).items() if content != there.ledgers.get(name)}
            if not new:
                return ()
            commit = self._commit(there, new, actor)
            done = self._git("push", "--quiet", self.remote, f"{commit}:refs/heads/{self.branch}")
            if done.returncode == 0:
                return tuple(sorted(new))
            refused = done.stderr.decode(errors="replace").strip()
            if not _was_late(refused):
                break
        raise PushRefused(
            f"{self.remote} did not take the ledger on {self.branch}:\n{refused}",
            f"the entries are in {self.folder}: keep them, give this identity the right to push to {self.branch} and "
            "to nothing else, then: shipway ledger push",
        )

    def _fetch(self) -> _There:
        asked = self._git("ls-remote", "--exit-code", self.remote, f"refs/heads/{self.branch}")
        if asked.returncode == 2:
            return _There()
        if asked.returncode == 0:
            asked = self._git("fetch", "--quiet", self.remote, f"+refs/heads/{self.branch}:{_FETCHED}")
        if asked.returncode != 0:
            said = asked.stderr.decode(errors="replace").strip()
            raise ToolFailed(f"{self.remote} cannot be asked for {self.branch}: {said}")
        commit = self._must("rev-parse", "--verify", f"{_FETCHED}^{{commit}}").decode().strip()
        ledgers, blobs = {}, {}
        with zipfile.ZipFile(io.BytesIO(self._must("archive", "--format=zip", commit))) as archive:
            for name in archive.namelist():
                if (found := _LEDGER.fullmatch(name)) is not None:
                    ledgers[found[1]] = archive.read(name)
                elif (found := _BLOB.fullmatch(name)) is not None:
                    blobs[found[1]] = archive.read(name)
        return _There(commit, ledgers, blobs)

    def _joined(self, there: _There) -> dict[str, bytes]:
        """By environment, the ledger as it is when both copies are known; raises LedgerForked."""
        names = sorted({*there.ledgers, *(path.stem for path in self.folder.glob("*.jsonl"))})
        return {name: joined(f"{name}.jsonl", self._here(name), there.ledgers.get(name, b"")) for name in names}

    def _here(self, name: str) -> bytes:
        path = self.folder / f"{name}.jsonl"
        return path.read_bytes() if path.is_file() else b""

    def _replace(self, name: str, content: bytes) -> None:
        path = self.folder / f"{name}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".draft")
        draft.write_bytes(content)
        draft.replace(path)

    def _ledger(self, name: str) -> Ledger:
        return Ledger(self.folder, name, lambda: datetime.now(UTC))

    def _refuse_broken(self) -> None:
        for path in sorted(self.folder.glob("*.jsonl")):
            if not report_on(self._ledger(path.stem), ()).whole:
                raise ShipwayError(f"{path} is broken: nothing was handed on", "shipway ledger verify --live")

    def _commit(self, there: _There, files: Mapping[str, bytes], actor: str) -> str:
        """A commit of the branch with these ledgers and every blob that is here; nothing of the project is touched."""
        blobs = [path for path in (self.folder / "blobs").glob("[0-9a-f]*") if path.name not in there.blobs]
        contents = {f"ledger/{name}.jsonl": content for name, content in files.items()}
        contents |= {f"ledger/blobs/{path.name}": path.read_bytes() for path in blobs}
        parent = there.commit
        with TemporaryDirectory() as scratch:
            index = {"GIT_INDEX_FILE": str(Path(scratch) / "index")}
            if parent:
                self._must("read-tree", parent, environment=index)
            listed = "".join(
                f"100644 {self._must('hash-object', '-w', '--stdin', given=content).decode().strip()}\t{path}\n"
                for path, content in contents.items()
            )
            self._must("update-index", "--add", "--index-info", given=listed.encode(), environment=index)
            tree = self._must("write-tree", environment=index).decode().strip()
        who = {"NAME": actor, "EMAIL": "shipway@localhost"}
        named = {f"GIT_{role}_{what}": said for role in ("AUTHOR", "COMMITTER") for what, said in who.items()}
        message = f"The ledger of {', '.join(sorted(files))}"
        parents = ["-p", parent] if parent else []
        return self._must("commit-tree", tree, *parents, "-m", message, environment=named).decode().strip()

    def _must(self, *arguments: str, given: bytes = b"", environment: Mapping[str, str] | None = None) -> bytes:
        done = self._git(*arguments, given=given, environment=environment)
        if done.returncode != 0:
            raise ToolFailed(f"git {arguments[0]} failed: {done.stderr.decode(errors='replace').strip()}")
        return done.stdout

    def _git(
        self, *arguments: str, given: bytes = b"", environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        program = shutil.which("git")
        if program is None:
            raise MissingTool("git is not on PATH", "install git")
        # Nobody is here to type a password, and what git says is read in English.
        everything = {**os.environ, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", **(environment or {})}
        return subprocess.run([program, *arguments], cwd=self.root, env=everything, input=given, capture_output=True)


def _was_late(said: str) -> bool:
    """Whether somebody else pushed in between: then what is there now is joined, and tried again."""
    return any(word in said for word in ("non-fast-forward", "fetch first", "cannot lock ref", "failed to update ref"))
