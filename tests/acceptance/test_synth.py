"""`shipway synth`, run as users run it: bytes, caches, and what a failure leaves behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

STACKS = {
    "account",
    *(
        f"{environment}-{name}"
        for environment in ("dev", "test", "prod")
        for name in ("landing-zone", "data-policies", "claims-reserve", "claims-triage")
    ),
}


def shipway(project: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the project's own copy of Shipway."""
    environment = {**os.environ, **variables, "PYTHONPATH": f"{project}{os.pathsep}{project / 'constructs'}"}
    return subprocess.run(
        [sys.executable, "-m", "shipway", *arguments], cwd=project, env=environment, capture_output=True, text=True
    )


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def result(project: Path, *arguments: str) -> dict[str, list[str]]:
    done = shipway(project, "synth", "--json", *arguments)
    assert done.returncode == 0, done.stderr
    answer: dict[str, list[str]] = json.loads(done.stdout)
    return answer


def test_a_stack_per_landing_zone_and_per_line(project: Path) -> None:
    assert set(result(project)["synthesized"]) == STACKS
    assert {path.parent.name for path in project.glob("cdktf.out/stacks/*/cdk.tf.json")} == STACKS


@pytest.mark.slow
def test_our_way_writes_what_plain_cdktf_writes(project: Path) -> None:
    result(project)
    plain = {**os.environ, "SHIPWAY_PLAIN": "1", "CDKTF_OUTDIR": "plain"}
    plain["PYTHONPATH"] = f"{project}{os.pathsep}{project / 'constructs'}"
    subprocess.run([sys.executable, "main.py"], cwd=project, env=plain, check=True, capture_output=True)
    assert contents(project / "cdktf.out") == contents(project / "plain")


def test_the_unchanged_is_left_alone_and_needs_no_node(project: Path) -> None:
    result(project)
    before = contents(project / "cdktf.out")
    done = shipway(project, "synth", "--json", JSII_NODE="/nowhere/node", PATH="")
    assert json.loads(done.stdout)["synthesized"] == []
    assert contents(project / "cdktf.out") == before


def test_one_changed_manifest_synthesizes_one_stack(project: Path) -> None:
    result(project)
    manifest = project / "releases/prod/claims-triage.yaml"
    manifest.write_text(manifest.read_text().replace("active: blue", "active: green"))
    assert result(project)["synthesized"] == ["prod-claims-triage"]
    cached = contents(project / "cdktf.out")
    result(project, "--no-cache")
    assert contents(project / "cdktf.out") == cached


def test_what_several_lines_are_made_of_changes_exactly_the_stacks_that_it_is_in(project: Path) -> None:
    result(project)
    dev = project / "environments/dev.yaml"
    # A comment says nothing; a schema is the landing zone's; a role's right on the model is the line's.
    dev.write_text("# Seen by nobody\n" + dev.read_text())
    assert result(project)["synthesized"] == []
    dev.write_text(dev.read_text().replace("as they arrive", "as they came"))
    assert result(project)["synthesized"] == ["dev-landing-zone"]
    dev.write_text(dev.read_text().replace("model: [CREATE_MODEL_VERSION, EXECUTE]", "model: [EXECUTE]"))
    assert result(project)["synthesized"] == ["dev-claims-reserve", "dev-claims-triage"]
    bundle = project / "bundles/claims-triage/bundle.yaml"
    bundle.write_text(bundle.read_text().replace("workers: 1", "workers: 2"))
    changed = {"dev-claims-triage", "test-claims-triage", "prod-claims-triage"}
    assert set(result(project)["synthesized"]) == changed
    cached = contents(project / "cdktf.out")
    result(project, "--no-cache")
    assert contents(project / "cdktf.out") == cached


def test_a_folder_that_is_somebody_elses_is_left_alone(project: Path) -> None:
    (project / "mine").mkdir()
    (project / "mine" / "file").write_text("precious")
    done = shipway(project, "synth", "--out", "mine")
    assert done.returncode == 1
    assert "holds things that synth did not make" in done.stderr
    result(project)
    (project / "cdktf.out/stacks/precious").mkdir()
    (project / "cdktf.out/stacks/.DS_Store").write_text("x")
    (project / "releases/dev/claims-triage.yaml").unlink()
    assert result(project)["removed"] == ["dev-claims-triage"]
    assert (project / "cdktf.out/stacks/precious").is_dir()


@pytest.mark.parametrize("text", ["", "[", "null", '{"stacks": null}', '{"documents": [], "code": 1}', "[" * 100_000])
def test_a_broken_cache_costs_time_and_nothing_else(project: Path, text: str) -> None:
    result(project)
    before = contents(project / "cdktf.out")
    for file in [*project.glob(".shipway/cache/synth/*.json"), project / ".shipway/cache/documents.json"]:
        file.write_text(text)
    assert set(result(project)["synthesized"]) == STACKS
    assert contents(project / "cdktf.out") == before


def test_a_shells_settings_do_not_reach_the_output(project: Path) -> None:
    result(project)
    before = contents(project / "cdktf.out")
    for name, value in {"SYNTH_HCL_OUTPUT": "true", "CDKTF_CONTEXT_JSON": '{"x": 1}', "PYTHONHASHSEED": "7"}.items():
        assert shipway(project, "synth", "--no-cache", **{name: value}).returncode == 0
        assert contents(project / "cdktf.out") == before


def test_a_full_disk_is_a_message(project: Path) -> None:
    done = shipway(project, "synth", "--out", "/dev/full/x")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_many_processes_write_the_same_bytes(project: Path) -> None:
    bundle = (project / "bundles/claims-triage/bundle.yaml").read_text()
    manifest = (project / "releases/dev/claims-triage.yaml").read_bytes()
    for number in range(70):
        folder = project / f"bundles/case-{number}"
        folder.mkdir()
        (folder / "bundle.yaml").write_text(bundle.replace("model: claims_triage", f"model: case_{number}"))
        (project / f"releases/dev/case-{number}.yaml").write_bytes(manifest)
    result(project, "--processes", "1", "--out", "one")
    result(project, "--processes", "2", "--out", "two")
    assert contents(project / "one") == contents(project / "two")
    assert len(list(project.glob("two/stacks/*"))) == len(STACKS) + 70


def test_a_line_that_is_gone_is_gone_from_the_output(project: Path) -> None:
    result(project)
    (project / "releases/dev/claims-triage.yaml").unlink()
    assert result(project)["removed"] == ["dev-claims-triage"]
    assert "dev-claims-triage" not in json.loads((project / "cdktf.out/manifest.json").read_text())["stacks"]


def test_a_file_changed_by_hand_is_synthesized_again(project: Path) -> None:
    result(project)
    file = project / "cdktf.out/stacks/account/cdk.tf.json"
    file.write_text("{}")
    assert result(project)["synthesized"] == ["account"]
    assert file.read_text() != "{}"


def test_a_mistake_leaves_the_output_as_it_was(project: Path) -> None:
    result(project)
    before = contents(project / "cdktf.out")
    bundle = project / "bundles/claims-triage/bundle.yaml"
    bundle.write_text(bundle.read_text().replace("risk: high", "risk: hihg"))
    done = shipway(project, "synth")
    assert done.returncode == 1
    assert "bundles/claims-triage/bundle.yaml:7:1" in done.stderr
    assert "did you mean 'high'?" in done.stderr
    assert contents(project / "cdktf.out") == before


def test_a_construct_that_raises_is_an_error_with_its_message(project: Path) -> None:
    (project / "stacks/use_case.py").write_text("raise RuntimeError('not today')")
    done = shipway(project, "synth")
    assert done.returncode == 1
    assert "not today" in done.stderr
    assert not (project / "cdktf.out").exists()


@pytest.mark.slow
def test_killed_in_the_middle_the_next_run_mends_it(project: Path) -> None:
    result(project, "--out", "reference")
    environment = {**os.environ, "PYTHONPATH": f"{project}{os.pathsep}{project / 'constructs'}"}
    for moment in (0.2, 0.5, 0.8):
        running = subprocess.Popen(
            [sys.executable, "-m", "shipway", "synth", "--no-cache"],
            cwd=project,
            env=environment,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(moment)
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        for file in project.glob("cdktf.out/stacks/*/cdk.tf.json"):
            json.loads(file.read_text())
    result(project)
    assert contents(project / "cdktf.out") == contents(project / "reference")
    assert not (project / ".shipway/synth").exists(), "scratch of a killed run was left"


def test_two_at_once_write_one_whole_output(project: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": f"{project}{os.pathsep}{project / 'constructs'}"}
    running = [
        subprocess.Popen([sys.executable, "-m", "shipway", "synth"], cwd=project, env=environment, stdout=-3)
        for _ in range(2)
    ]
    assert [process.wait() for process in running] == [0, 0]
    assert {path.parent.name for path in project.glob("cdktf.out/stacks/*/cdk.tf.json")} == STACKS


def test_outside_a_project_it_says_where_to_go(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "shipway", "synth"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert "is not in a Shipway project" in done.stderr


def test_nothing_is_written_outside_the_project(project: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    assert shipway(project, "synth", HOME=str(home)).returncode == 0
    assert contents(home) == {}


def test_the_account_missing_is_one_message(project: Path) -> None:
    shutil.rmtree(project / "environments")
    (project / "environments").mkdir()
    done = shipway(project, "synth", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["problems"][0]["code"] == "missing-document"
