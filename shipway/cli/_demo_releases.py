"""The demo's second half: four versions of a model, three of them wanted, on real tables, with real runs.

It works in a copy of the project, `.shipway/demo`, with a copy of the sandbox: releases leave records for good, and the
project's own documents are nobody's to play with.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import click

from shipway.errors import ToolFailed

__all__ = ["ReleaseDemo"]

_ENV, _USE_CASE = "dev", "claims-reserve"
_MANIFEST = Path("releases") / _ENV / f"{_USE_CASE}.yaml"
_DOCUMENTS = ("environments", "bundles", "releases")
_MADE = ("cdktf.out", ".shipway/sandbox", ".shipway/cache")
_CODE = (
    *("main.py", "cdktf.json", "pyproject.toml", "requirements.lock"),
    *("stacks", "constructs", "shipway", "policies", "schemas", "templates", "tools", ".venv"),
)
_FIRST_DAY = date(2026, 11, 2)

Rows = dict[str, tuple[str, float]]
"""What consumers see of each claim: the release, and the reserve."""


@dataclass
class ReleaseDemo:
    """The story, told in the project at `root`, whose stacks are deployed to its sandbox."""

    root: Path
    say: Callable[[str, str], None]
    place: Path = field(init=False)
    digest: str = ""
    _days: Iterator[date] = field(init=False)

    def __post_init__(self) -> None:
        self.place = self.root / ".shipway" / "demo"
        self._days = (_FIRST_DAY + timedelta(days=number) for number in range(28))

    def run(self) -> None:
        """All of it; raises ToolFailed where something does not come out as it should."""
        self._copy()
        self._first_version()
        self._better_one()
        self._worse_one()
        self._worse_one_that_no_shadow_shows()
        self._look_back()

    def _copy(self) -> None:
        shutil.rmtree(self.place, ignore_errors=True)
        self.place.mkdir(parents=True)
        for name in _CODE:
            if (self.root / name).exists():
                (self.place / name).symlink_to(self.root / name)
        for name in (*_DOCUMENTS, *_MADE):
            if (self.root / name).exists():
                shutil.copytree(self.root / name, self.place / name, symlinks=True)

    def _first_version(self) -> None:
        self.say(
            "A use case with code",
            "Its wheel is built, the same bytes anywhere; version 1 of its model goes live in dev.",
        )
        built = json.loads(self._out("build", _USE_CASE, "--json"))
        self.digest = str(built["wheel_sha256"])
        first = f"{{version: 1.0.0, wheel_sha256: {self.digest}, model_version: 1}}"
        # No release leads from what the reference manifest names to this wheel: the line begins anew.
        self._out("destroy", f"{_ENV}-{_USE_CASE}", "--confirm", f"{_ENV}-{_USE_CASE}")
        (self.place / _MANIFEST).write_text(f"active: blue\nslots:\n  blue: {first}\n  green: {first}\n")
        self._show("deploy", f"{_ENV}-{_USE_CASE}", "--yes", "--quiet")
        # cdktf made the line in test, and told no ledger: nobody can move what nobody recorded.
        self._out("deploy", f"test-{_USE_CASE}", "--yes", "--quiet")
        for entry_point in ("reference-data", "train"):
            self._out("run", _USE_CASE, "--env", _ENV, "--call", entry_point)
        self._run_days(1)
        self._consumers_see({1: 1.0})

    def _better_one(self) -> None:
        self.say(
            "Version 2 is better", "It is rehearsed, runs in a shadow, gets 5, 25 and 50 of a hundred claims, then all."
        )
        self._admit(2)
        self._show("release", "rehearse", _USE_CASE, "--env", "test", "--release", self._candidate(), "--yes")
        self._move("shadow")
        self._run_days(2)
        self._consumers_see({1: 1.0})
        before: Rows = {}
        for move in ("canary", "step", "step"):
            self._move(move)
            self._run_days(2)
            shown = self._rows()
            kept = {key for key, row in before.items() if row[0] == self._candidate()}
            if not all(shown[key][0] == self._candidate() for key in kept if key in shown):
                raise ToolFailed("a claim that had the candidate was taken from it while its share grew")
            before = shown
            self._tell(shown)
        self._move("flip")
        self._run_days(2)
        self._consumers_see({2: 1.0})
        self._move("stabilise")
        self._move("retire")

    def _worse_one(self) -> None:
        self.say(
            "Version 3 is worse", "The shadow shows it: the judge compares the same claims, and the watcher aborts."
        )
        before, kept = self._rows(), (self.place / _MANIFEST).read_bytes()
        self._admit(3)
        self._move("shadow")
        self._run_days(2)
        self._watch("abort")
        self._same("the manifest from before version 3", (self.place / _MANIFEST).read_bytes() == kept)
        rows = self._rows()
        self._same("what consumers saw of the same claims", all(rows[key][0] == before[key][0] for key in before))

    def _worse_one_that_no_shadow_shows(self) -> None:
        self.say("Version 4 looks better, and is worse", "Only who works with it notices: a shadow has nobody.")
        self._admit(4)
        self._show("release", "rehearse", _USE_CASE, "--env", "test", "--release", self._candidate(), "--yes")
        self._move("shadow")
        self._run_days(2)
        kept, before = (self.place / _MANIFEST).read_bytes(), self._rows()
        self._move("canary")
        self._run_days(2)
        self._tell(self._rows())
        self._watch("rollback")
        self._same("the manifest from before the canary", (self.place / _MANIFEST).read_bytes() == kept)
        rows = self._rows()
        self._same("each claim's row as it was before the canary", all(rows[key] == before[key] for key in before))
        self._consumers_see({2: 1.0})
        self._move("abort")

    def _look_back(self) -> None:
        self.say("Look back", "Every move, its reason and its outcome are in a ledger whose lines are chained.")
        self._show("release", "history", _USE_CASE, "--env", _ENV)
        self._show("ledger", "verify", "--env", _ENV)

    def _admit(self, model: int) -> None:
        parts = ("--version", "1.0.0", "--wheel-sha256", self.digest, "--model-version", str(model))
        self._show("release", "admit", _USE_CASE, "--env", _ENV, *parts, "--reason", "RC-PERF", "--yes", "--quiet")

    def _move(self, name: str) -> None:
        self._show("release", name, _USE_CASE, "--env", _ENV, "--yes", "--quiet")

    def _watch(self, move: str) -> None:
        """Let the watcher look, and see that it makes this move."""
        said = self._show("watch", _USE_CASE, "--env", _ENV, "--no-drift", expect=2)
        if f"done: {move}" not in said:
            raise ToolFailed(f"the watcher was to make a {move}, and said:\n{said}")

    def _run_days(self, number: int) -> None:
        """So many business dates: the router's job runs, and the claims desk works with what consumers see."""
        for _ in range(number):
            day = next(self._days).isoformat()
            self._out("run", _USE_CASE, "--env", _ENV, "--as-of", day)
            self._out("run", _USE_CASE, "--env", _ENV, "--call", "handlers", "--as-of", day)
            click.echo(f"     ran for {day}; the claims desk worked with what it saw")

    def _candidate(self) -> str:
        from shipway.release.line import read_manifest

        return read_manifest((self.place / _MANIFEST).read_bytes(), str(_MANIFEST)).candidate.id

    def _rows(self) -> Rows:
        from shipway.models.load import load
        from shipway.run.measures import read_view, view_name
        from shipway.sandbox.layout import Home

        name = view_name(load(self.place), _ENV, _USE_CASE)
        found = read_view(Home(self.place).folder, name)
        return {str(row["claim_id"]): (str(row["release"]), float(row["reserve"])) for row in found}

    def _models(self, rows: Rows) -> dict[int, float]:
        """The share of claims that each version of the model gets."""
        from shipway.models.release import Release

        known = {Release(version="1.0.0", wheel_sha256=self.digest, model_version=n).id: n for n in range(1, 5)}
        counted = Counter(known[release] for release, _ in rows.values())
        return {model: count / len(rows) for model, count in sorted(counted.items())}

    def _tell(self, rows: Rows) -> None:
        shares = ", ".join(f"version {model} for {share:.1%}" for model, share in self._models(rows).items())
        click.secho(f"     Consumers see {len(rows):,} claims: {shares}.", fg="green")

    def _consumers_see(self, wanted: dict[int, float]) -> None:
        rows = self._rows()
        if self._models(rows) != wanted:
            raise ToolFailed(f"consumers see {self._models(rows)}, wanted {wanted}")
        self._tell(rows)

    def _same(self, what: str, holds: bool) -> None:
        if not holds:
            raise ToolFailed(f"it is not {what}")
        click.secho(f"     Proven: it is {what}.", fg="green")

    def _show(self, *command: str, expect: int = 0) -> str:
        """Run one of our own commands, show it and what it prints."""
        click.secho(f"   $ shipway {' '.join(one[:12] if len(one) == 64 else one for one in command)}", fg="cyan")
        text = self._out(*command, expect=expect)
        for line in text.splitlines():
            click.echo(f"     {line}")
        return text

    def _out(self, *command: str, expect: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "shipway", *command],
            cwd=self.place,
            env={**os.environ, "NO_COLOR": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if done.returncode != expect:
            said = f"{done.stdout}{done.stderr}"
            raise ToolFailed(f"`shipway {' '.join(command)}` ended with {done.returncode}, wanted {expect}:\n{said}")
        return done.stdout
