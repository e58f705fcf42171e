"""Taking a release back: one line among many, beside Terraform alone and beside redeploying the old version.

The line's own objects are in the sandbox, in canary; the other lines are documents. Every run starts from the same
files, and what it leaves is compared: objects, manifest, and for ours the ledger's six assertions.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks import projects
from benchmarks.peers import FOLDER, ROOT, environment
from benchmarks.suite import Suite, Variant

__all__ = ["suites"]

_SHIPWAY = str(Path(sys.executable).parent / "shipway")
_LINE, _STACK = "case-0000", "dev-case-0000"
_DEPLOYED = ("account", "dev-landing-zone", _STACK)
_CANDIDATE = ("--version", "2.0.0", "--wheel-sha256", "a" * 64, "--model-version", "9", "--reason", "RC-FEATURE")
_SKIPPED = ("--override", "judged", "--override", "soaked", "--override", "rehearsed", "--reason", "OV-EMERGENCY")
# What a run changes: all else of the project stays as it is.
_SANDBOX = Path(".shipway/sandbox")
_CHANGED = (_SANDBOX / "workspaces", _SANDBOX / "state", _SANDBOX / "ledger", Path(".shipway/release"))
_MANIFEST = Path(f"releases/dev/{_LINE}.yaml")


def suites(lines: int, rounds: int) -> Iterator[Suite]:
    """A rollback beside its floor, then beside plain cdktf; nothing where there is no Terraform."""
    if shutil.which("terraform") is None:
        return
    moved = _moved(lines)
    floor = moved.floor()
    back = (_SHIPWAY, "release", "rollback", _LINE, "--env", "dev", "--quiet")
    yield Suite(
        f"rollback-{lines}",
        f"Rollback of one line among {lines:,}",
        (
            floor,
            moved.variant("shipway release rollback, until consumers get the old release", back, live=True),
            moved.variant("shipway release rollback, until six assertions say so", back, proven=True),
        ),
        rounds,
        "All from a canary. The floor is handed the old stack, plans and applies it in one go, and proves nothing.",
    )
    yield Suite(
        f"redeploy-{lines}",
        f"Rollback of one line among {lines:,}, beside redeploying its old version",
        (moved.plain(), floor, moved.variant("shipway release rollback", back, proven=True)),
        1,
        "cdktf deploy synthesizes all lines, plans and applies the one.",
    )


@dataclass(frozen=True, slots=True)
class _Moved:
    """A project with a line in canary, and copies of its files in canary and in the shadow before it."""

    root: Path
    canary: Path
    shadow: Path

    def variant(
        self, name: str, command: tuple[str, ...], *, live: bool = False, proven: bool = False, **settings: str
    ) -> Variant:
        def check() -> None:
            self.must_be_back(proven=proven or live)

        until = self.pointer if live else None
        return Variant(
            name, command, self.root, environment(**settings), prepare=self.put_back, until=until, check=check
        )

    def floor(self) -> Variant:
        """Terraform alone, called as a shell would: after a move the line's folder holds the stack of the way back."""
        folder = self.root / ".shipway/release/stacks" / _STACK
        terraform = (str(self.root / _SANDBOX / "bin/terraform"), f"-chdir={folder}")
        command = (*terraform, "apply", "-auto-approve", "-input=false", "-no-color")
        return Variant(
            "terraform apply alone (the floor)",
            command,
            self.root,
            environment(),
            prepare=self.put_back,
            check=lambda: self.must_be_back(proven=False),
        )

    def plain(self) -> Variant:
        """The manifest as it was, and `cdktf deploy`."""

        def prepare() -> None:
            self.put_back()
            shutil.copy(self.shadow / _MANIFEST, self.root / _MANIFEST)

        command = (_SHIPWAY, "sandbox", "exec", "--", "cdktf", "deploy", _STACK, "--auto-approve")
        code = {"PYTHONPATH": f"{self.root / 'constructs'}:{self.root}"}
        jsii = {"JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(FOLDER / "jsii")}
        env = environment(SHIPWAY_PLAIN="1", **code, **jsii)
        check = lambda: self.must_be_back(proven=False)  # noqa: E731
        return Variant("cdktf deploy, plain cdktf", command, self.root, env, prepare=prepare, check=check)

    def keep(self, where: Path) -> None:
        """Copy what a run changes."""
        for name in _CHANGED:
            shutil.copytree(self.root / name, where / name)
        (where / _MANIFEST).parent.mkdir(parents=True)
        shutil.copy(self.root / _MANIFEST, where / _MANIFEST)

    def put_back(self) -> None:
        """The line in canary, as before the first run."""
        for name in _CHANGED:
            shutil.rmtree(self.root / name, ignore_errors=True)
            shutil.copytree(self.canary / name, self.root / name)
        shutil.copy(self.canary / _MANIFEST, self.root / _MANIFEST)

    def pointer(self) -> Path:
        """The object that says what consumers get: the one that differs between shadow and canary."""
        now, before = _objects(self.canary), _objects(self.shadow)
        (name,) = (name for name, content in now.items() if content != before[name])
        return self.root / _SANDBOX / "workspaces" / name

    def must_be_back(self, *, proven: bool) -> None:
        """Stop the measurement where the run did not restore what there was."""
        if _objects(self.root) != _objects(self.shadow):
            sys.exit("the objects are not those of the shadow")
        if proven and (self.root / _MANIFEST).read_bytes() != (self.shadow / _MANIFEST).read_bytes():
            sys.exit("the manifest is not that of the shadow")
        if proven:
            last = json.loads((self.root / _SANDBOX / "ledger/dev.jsonl").read_text("utf-8").splitlines()[-1])
            verdicts = {one["verdict"] for one in last["details"]["equality"].values()}
            if verdicts != {"PASSED"}:
                sys.exit(f"the rollback says {verdicts}")


def _moved(lines: int) -> _Moved:
    """Deploy the line beside nothing else, then move it among all lines: the other lines' objects are in no plan."""
    small, project = projects.make(1), projects.make(lines)
    _call(small.root, "deploy", *_DEPLOYED, "--yes", "--quiet")
    (project.root / "tools").symlink_to(ROOT / "tools")
    for name in _CHANGED[:3]:
        shutil.copytree(small.root / name, project.root / name)
    moved = _Moved(project.root, *(FOLDER / f"rollback-{lines}" / name for name in ("canary", "shadow")))
    shutil.rmtree(moved.canary.parent, ignore_errors=True)
    for move, given in (("admit", _CANDIDATE), ("shadow", ())):
        _call(project.root, "release", move, _LINE, "--env", "dev", "--yes", "--quiet", *given)
    moved.keep(moved.shadow)
    _call(project.root, "release", "canary", _LINE, "--env", "dev", "--yes", "--quiet", *_SKIPPED)
    moved.keep(moved.canary)
    return moved


def _objects(root: Path) -> dict[str, bytes]:
    store = root / _SANDBOX / "workspaces"
    return {path.relative_to(store).as_posix(): path.read_bytes() for path in sorted(store.rglob("*.json"))}


def _call(root: Path, *arguments: str) -> None:
    subprocess.run((_SHIPWAY, *arguments), cwd=root, env=environment(), check=True, stdout=subprocess.DEVNULL)
