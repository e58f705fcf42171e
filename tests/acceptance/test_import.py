"""Adopting a workspace of some hundred objects, with the real reader, SDK, cdktf, checkov and Terraform."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
RECORDINGS = Path(__file__).parent / "recordings"
URL, ID = "https://legacy.cloud.databricks.com", "1042000000000099"
FROM = ("--from", str(RECORDINGS / "legacy"), "--url", URL, "--workspace-id", ID)
STACK = "legacy-adopted"


class Project:
    """A copy of the project, and the commands run in it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def shipway(self, *arguments: str, expect: int | None = 0) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": f"{self.root}{os.pathsep}{self.root / 'constructs'}"}
        command = [sys.executable, "-m", "shipway", *arguments]
        done = subprocess.run(command, cwd=self.root, env=environment, capture_output=True, text=True)
        assert expect is None or done.returncode == expect, f"{done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        return done

    def plan(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.shipway("plan", STACK, "--json", expect=None).stdout)
        return found

    def objects(self) -> dict[str, Any]:
        """What every object of the workspace is, as it stands in the sandbox."""
        store = self.root / ".shipway" / "sandbox" / "workspaces" / "legacy.cloud.databricks.com"
        return {
            str(path.relative_to(store)): json.loads(path.read_bytes())["attributes"] for path in store.rglob("*.json")
        }


@pytest.fixture(scope="module")
def adopted(tmp_path_factory: pytest.TempPathFactory, copy_project: Callable[[Path], Path]) -> Project:
    """A project into which the recorded workspace was imported, and whose sandbox has its objects."""
    project = Project(copy_project(tmp_path_factory.mktemp("import") / "my project"))
    project.shipway("import", "--env", "legacy", *FROM, "--write", "--waive-until", "2099-12-31", expect=2)
    project.shipway("sandbox", "seed", FROM[1], "--url", URL, "--workspace-id", ID)
    return project


def test_the_committed_recording_is_what_its_generator_makes() -> None:
    spec = spec_from_file_location("make_recording", RECORDINGS / "make.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, text in module.texts().items():
        assert (RECORDINGS / "legacy" / name).read_text() == text, (
            "run: .venv/bin/python tests/acceptance/recordings/make.py"
        )


@pytest.mark.slow
@pytest.mark.terraform
def test_the_first_plan_imports_and_creates_changes_and_destroys_nothing(adopted: Project) -> None:
    report = json.loads((adopted.root / "adopted" / "legacy.report.json").read_text())
    review = adopted.plan()
    nothing = {"add": 0, "change": 0, "destroy": 0, "forgets": 0, "moves": 0, "unrecognized": 0}
    assert review["counts"] | nothing == review["counts"]
    assert review["counts"]["imports"] == report["counts"]["adopted"] >= 300
    assert review["changes"] == review["access"] == review["data"] == []

    before = adopted.objects()
    adopted.shipway("deploy", STACK, "--yes")
    assert adopted.objects() == before
    assert adopted.plan()["counts"]["imports"] == 0
    assert adopted.shipway("plan", STACK).returncode == 0


@pytest.mark.slow
@pytest.mark.terraform
def test_what_the_document_forgets_or_changes_is_seen_in_the_plan(adopted: Project) -> None:
    """So the test above can fail: one comment, one grant and one setting are not as found."""
    file = adopted.root / "adopted" / "legacy.yaml"
    kept = text = file.read_text()
    for old, new in (
        ("    comment: Made for the audit of 2019\n", ""),
        ("account users: [READ_FILES]", "account users: [WRITE_FILES]"),
        ("auto_stop_mins: 45", "auto_stop_mins: 10"),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    file.write_text(text)
    try:
        assert adopted.plan()["counts"]["change"] == 3
    finally:
        file.write_text(kept)


@pytest.mark.slow
def test_the_rules_judge_what_was_found_and_its_waivers_end(adopted: Project) -> None:
    file = adopted.root / "adopted" / "legacy.yaml"
    kept = file.read_text()
    adopted.shipway("synth")
    scanned = json.loads(adopted.shipway("scan", STACK, "--json").stdout)
    assert {"R39", "R44", "R46"} <= {item["rule"] for item in scanned["waived"]}
    file.write_text(kept.replace("2099-12-31", "2020-12-31"))
    try:
        again = json.loads(adopted.shipway("scan", STACK, "--json", expect=2).stdout)
    finally:
        file.write_text(kept)
    assert {"R44", "WAIVER_EXPIRED"} <= {item["rule"] for item in again["findings"]}
    assert again["waived"] == []


@pytest.mark.slow
def test_every_object_is_in_the_document_or_in_the_list(adopted: Project) -> None:
    report = json.loads((adopted.root / "adopted" / "legacy.report.json").read_text())
    counts = report["counts"]
    assert counts["observed"] == counts["adopted"] + counts["left_out"]
    assert counts["unreadable"] == 0
    why = {(item["type"], item["name"]): item["why"] for item in report["left_out"]}
    assert "a secret" in why["databricks_storage_credential", "with a secret"]
    assert "Terraform would evaluate" in why["databricks_catalog", "${path.module}"]
    assert "U+200B" in why["databricks_catalog", "zero\u200bwidth"]
    assert "enable_file_events" in why["databricks_external_location", "location-7"]
    assert "home workspace" in why["databricks_workspace_binding", f"main in {ID}"]
    assert {item["reason"] for item in report["left_out"] if item["type"] == "databricks_job"} == {
        "belongs into a bundle"
    }


@pytest.mark.slow
def test_a_second_import_overwrites_nothing_and_finds_nothing_new(adopted: Project, tmp_path: Path) -> None:
    file = adopted.root / "adopted" / "legacy.yaml"
    kept = file.read_bytes()
    done = adopted.shipway("import", "--env", "legacy", "--from", FROM[1], "--write", expect=1)
    assert "is there already" in done.stderr
    assert file.read_bytes() == kept
    again = adopted.shipway("import", "--env", "legacy", "--from", FROM[1], "--json", "--out", str(tmp_path), expect=2)
    assert json.loads(again.stdout)["counts"]["adopted"] == 0


def test_what_the_landing_zone_declares_is_not_adopted_too(project: Path) -> None:
    folder = project / "recording"
    folder.mkdir()
    uc = "/api/2.1/unity-catalog"
    names = ["claims_dev", "other"]
    owned = {"owner": "x", "isolation_mode": "OPEN"}
    answers = [
        {"path": f"{uc}/catalogs", "body": {"catalogs": [{"name": name, **owned} for name in names]}},
        {"path": "/api/2.0/secrets/scopes/list", "body": {"scopes": [{"name": "claims-triage-dev"}]}},
    ]
    (folder / "a.json").write_text(json.dumps(answers))
    # Everything else was not recorded: 5, and what was read is written all the same.
    done = Project(project).shipway("import", "--env", "dev", "--from", "recording", "--write", "--json", expect=5)
    report = json.loads(done.stdout)
    assert [item["name"] for item in report["adopted"]] == ["other"]
    declared = {item["name"] for item in report["left_out"] if item["reason"] == "is declared already"}
    assert declared == {"claims_dev", *({"claims-triage-dev"} & {item["name"] for item in report["left_out"]})}
    assert report["counts"]["unreadable"] > 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--env", "legacy", "--from", "nowhere", "--url", URL), "no folder"),
        (("--env", "legacy", "--from", "sandbox"), "--url"),
        (("--env", "legacy", "--from", "sandbox", "--url", "http://x y"), "url"),
        (("--env", "../x", *FROM), "--env"),
        (("--env", "runners", *FROM), "reserved"),
        (("--env", "dev", "--from", "sandbox", "--url", URL), "the command line"),
        (("--env", "legacy", "--from", "sandbox", "--url", URL, "--workspace-id", ID), "has nothing in it"),
        (("--env", "legacy", *FROM[:4], "--workspace-id", "x'; drop"), "id"),
    ],
)
def test_a_wrong_call_says_what_is_wrong_and_writes_nothing(project: Path, arguments: list[str], says: str) -> None:
    def files() -> list[Path]:
        return sorted(path for path in project.glob("*/*") if path.name != "__pycache__")

    before = files()
    done = Project(project).shipway("import", *arguments, "--write", expect=1)
    assert says in done.stderr
    assert files() == before
    assert "… " not in done.stderr, "it is said before the workspace is read"


@pytest.mark.slow
@pytest.mark.terraform
def test_what_this_project_deployed_itself_is_never_adopted(project: Path) -> None:
    deployed = Project(project)
    deployed.shipway("deploy", "account", "dev-landing-zone", "--yes", "--quiet")
    known = json.loads(deployed.shipway("import", "--env", "dev", "--from", "sandbox", "--json").stdout)
    assert {item["reason"] for item in known["left_out"]} == {"is declared already"}
    # A live workspace has no states to ask: then documents know their objects by name.
    shutil.rmtree(project / ".shipway" / "sandbox" / "state")
    by_name = json.loads(deployed.shipway("import", "--env", "dev", "--from", "sandbox", "--json", expect=2).stdout)
    assert by_name["adopted"] == []
