"""The watcher's job as it is deployed, on real tables and runs: it finds what only a canary shows, and is heard."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from shipway.models.load import load
from shipway.run.measures import read_view, view_name
from shipway.sandbox.layout import Home

pytestmark = [pytest.mark.terraform, pytest.mark.slow]

MANIFEST = "releases/dev/claims-reserve.yaml"
WATCHER = """
watcher:
  schedule:
    cron: 0 5/15 * * * ?
    timezone: Europe/Zurich
  notify: [claims-on-call@halyard.example]
"""


def shipway(root: Path, *arguments: str, expect: int = 0) -> str:
    environment = {**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{root / 'constructs'}", "NO_COLOR": "1"}
    command = (sys.executable, "-m", "shipway", *arguments)
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)
    assert done.returncode == expect, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def move(root: Path, name: str, *arguments: str) -> None:
    shipway(root, "release", name, "claims-reserve", "--env", "dev", "--yes", "--quiet", *arguments)


def a_day(root: Path, day: str) -> None:
    """Both slots run, then the claims desk works with what it sees."""
    shipway(root, "run", "claims-reserve", "--env", "dev", "--as-of", day)
    shipway(root, "run", "claims-reserve", "--env", "dev", "--call", "handlers", "--as-of", day)


def seen(root: Path) -> dict[str, tuple[str, float]]:
    """What consumers see of each claim."""
    rows = read_view(Home(root).folder, view_name(load(root), "dev", "claims-reserve"))
    return {str(row["claim_id"]): (str(row["release"]), float(row["reserve"])) for row in rows}


def test_the_job_finds_a_regression_that_only_a_canary_shows_and_the_watcher_takes_it_back(project: Path) -> None:
    with (project / "environments" / "dev.yaml").open("a") as document:
        document.write(WATCHER)
    digest = json.loads(shipway(project, "build", "claims-reserve", "--json"))["wheel_sha256"]
    slot = f"{{version: 1.0.0, wheel_sha256: {digest}, model_version: 2}}"
    (project / MANIFEST).write_text(f"active: blue\nslots:\n  blue: {slot}\n  green: {slot}\n")
    shipway(project, "deploy", "account", "dev-landing-zone", "dev-claims-reserve", "--yes", "--quiet")
    shipway(project, "run", "claims-reserve", "--env", "dev", "--call", "reference-data")
    shipway(project, "run", "claims-reserve", "--env", "dev", "--call", "train")
    assert "nobody has said what is under way" in shipway(project, "watch", "--env", "dev", "--job")

    parts = ("--version", "1.0.0", "--wheel-sha256", digest, "--model-version", "4")
    move(project, "admit", *parts, "--reason", "RC-PERF")
    move(project, "shadow")
    a_day(project, "2026-11-02")
    assert "nothing to do" in shipway(project, "watch", "--env", "dev", "--job")
    manifest, before = (project / MANIFEST).read_bytes(), seen(project)
    skipped = ("--override", "judged", "--override", "soaked", "--override", "rehearsed", "--reason", "OV-EMERGENCY")
    move(project, "canary", *skipped)
    for day in ("2026-11-03", "2026-11-04"):
        a_day(project, day)
    assert {release for release, _ in seen(project).values()} != {release for release, _ in before.values()}

    said = shipway(project, "watch", "--env", "dev", "--job", expect=2)
    assert "FAILED    judge: " in said
    assert "proposed: shipway release rollback claims-reserve --env dev --reason RB-QUALITY" in said
    # Consumers read a view: nothing that it could write without Terraform would change what they see.
    assert "out of service" not in said
    assert (project / MANIFEST).read_bytes() != manifest

    # Whoever has Terraform hears of it, also where it cannot look for itself: the measures are gone for it.
    volume = Home(project).volumes / "claims_dev" / "reserve" / "claims_reserve_releases"
    assert [path.name for path in (volume / "watch" / "reports").iterdir()]
    tables = Home(project).tables / "claims_dev" / "reserve" / "claims_reserve_measures"
    tables.rename(tables.with_name("elsewhere"))
    watched = shipway(project, "watch", "claims-reserve", "--env", "dev", "--no-drift", expect=2)
    assert "(watcher job)" in watched
    assert "done: rollback" in watched
    tables.with_name("elsewhere").rename(tables)

    assert (project / MANIFEST).read_bytes() == manifest
    after = seen(project)
    assert all(after[key] == row for key, row in before.items())
    assert "nothing to do" in shipway(project, "watch", "--env", "dev", "--job")
