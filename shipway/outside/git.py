"""What Shipway asks of git: which commit a revision is, and its files."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

from shipway.errors import MissingTool, ShipwayError

__all__ = ["Head", "authors_of", "commit_of", "export", "head"]


@dataclass(frozen=True, slots=True)
class Head:
    """The commit that a project stands at, empty outside of git, and whether its files are exactly that commit's."""

    commit: str = ""
    clean: bool = False


def head(root: Path) -> Head:
    """Where the project stands. Files that git does not know count as a difference; what it ignores does not."""
    if shutil.which("git") is None:
        return Head()
    named = _git(root, "rev-parse", "--verify", "--quiet", "HEAD")
    if named.returncode != 0:
        return Head()
    status = _git(root, "status", "--porcelain", "--untracked-files=all", "--", ".")
    return Head(named.stdout.decode().strip(), status.returncode == 0 and not status.stdout.strip())


def commit_of(root: Path, revision: str) -> str:
    """The full hash of the commit that `revision` names; raises ShipwayError."""
    # --end-of-options: a revision that starts with a dash is a revision.
    done = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if done.returncode != 0:
        raise ShipwayError(f"git knows no commit {revision!r}", "fetch it, or name another: main, HEAD~1, a hash")
    return done.stdout.decode().strip()


def authors_of(root: Path, file: str) -> frozenset[str]:
    """Who wrote `file` as it is in place: author and committer of its last commit, by name, address and mailbox.

    Empty where Git knows nothing of what stands there: it was edited since, or this is no repository.
    """
    if shutil.which("git") is None:
        return frozenset()
    kept = _git(root, "show", f"HEAD:./{file}")
    if kept.returncode != 0 or kept.stdout != (root / file).read_bytes():
        return frozenset()
    done = _git(root, "log", "--max-count=1", "--format=%an%n%ae%n%cn%n%ce", "--", file)
    names = done.stdout.decode(errors="replace").splitlines() if done.returncode == 0 else []
    return frozenset(filter(None, [*names, *(name.partition("@")[0] for name in names)]))


def export(root: Path, commit: str, target: Path) -> None:
    """The project's files at `commit`, in the folder `target`, which must not exist yet."""
    done = _git(root, "archive", "--format=zip", commit)
    if done.returncode != 0:
        raise ShipwayError(f"git cannot export {commit}: {done.stderr.decode(errors='replace').strip()}")
    draft = target.with_name(f"{target.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    # A zip file's reader keeps every path inside the folder, and writes a link as a file with its target's name.
    with zipfile.ZipFile(io.BytesIO(done.stdout)) as archive:
        archive.extractall(draft)
    draft.rename(target)


def _git(root: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    program = shutil.which("git")
    if program is None:
        raise MissingTool("git is not on PATH", "install git")
    return subprocess.run([program, *arguments], cwd=root, capture_output=True)
