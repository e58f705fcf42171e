"""`shipway run` and `shipway build` as a user calls them: exit codes, records, who is refused, how a run is stopped."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shipway.run.past import past_runs
from shipway.run.wheel import build_wheel
from shipway.sandbox.layout import Home

CODE = '''\
"""Tasks."""
import sys, time

def say():
    print(sys.argv)

def fail():
    sys.exit("the claims system does not answer")

def sleep():
    print("asleep", flush=True)
    time.sleep(60)
'''
PYPROJECT = """\
[build-system]
requires = ["flit_core>=3.12,<5"]
build-backend = "flit_core.buildapi"
[project]
name = "toy"
version = "1.0.0"
description = "A toy"
requires-python = ">=3.11"
"""
WHEEL = "/Volumes/claims_dev/triage/toy.whl"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    bundle = tmp_path_factory.mktemp("toy")
    (bundle / "toy.py").write_text(CODE)
    (bundle / "pyproject.toml").write_text(PYPROJECT)
    return build_wheel(bundle).content


@pytest.fixture
def deployed(project: Path, wheel: bytes) -> Path:
    """A project whose sandbox has the jobs of claims-triage in dev, as Terraform would have made them."""
    home = Home(project)
    file = home.volumes / "claims_dev" / "triage" / "toy.whl"
    file.parent.mkdir(parents=True)
    file.write_bytes(wheel)
    job(project, 1, "green", {"as_of": "{{job.start_time.iso_date}}", "release": "r1"}, [task("score", "say")])
    run = {"task_key": "live", "run_job_task": [{"job_id": 1, "job_parameters": {"as_of": "{{job.parameters.as_of}}"}}]}
    job(project, 2, "router", {"as_of": "{{job.start_time.iso_date}}"}, [run])
    return project


def task(key: str, entry_point: str) -> dict[str, Any]:
    return {
        "task_key": key,
        "python_wheel_task": [{"package_name": "toy", "entry_point": entry_point}],
        "library": [{"whl": WHEEL}],
    }


def job(
    project: Path, number: int, part: str, parameters: dict[str, str], tasks: list[dict[str, Any]], queue: bool = True
) -> None:
    attributes = {
        "id": str(number),
        "name": f"claims-triage-{part}-dev",
        "tags": {} if part == "router" else {"slot": part},
        "max_concurrent_runs": 1,
        "queue": [{"enabled": queue}],
        "parameter": [{"name": name, "default": value} for name, value in parameters.items()],
        "task": tasks,
    }
    folder = Home(project).workspaces / "halyard-dev.cloud.databricks.com" / "databricks_job"
    folder.mkdir(parents=True, exist_ok=True)
    whole = {"type": "databricks_job", "key": str(number), "made_by": {"stack": "s", "run": "r"}}
    (folder / f"{number}.json").write_text(json.dumps({**whole, "attributes": attributes}))


def shipway(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-m", "shipway", *arguments]
    return subprocess.run(program, cwd=project, capture_output=True, text=True, timeout=300)


RUN = ("run", "claims-triage", "--env", "dev")


def test_a_run_says_how_it_went_and_leaves_a_record(deployed: Path) -> None:
    done = shipway(deployed, *RUN, "--as-of", "2026-11-20")
    assert done.returncode == 0, done.stderr
    assert "Run 1: SUCCESS" in done.stdout
    assert "(green r1 SUCCESS)" in done.stdout
    folder = Home(deployed).runs / "1"
    assert "'--as_of=2026-11-20', '--release=r1'" in (folder / "live-score.log").read_text()
    record = json.loads((folder / "run.json").read_bytes())
    assert record["slots"] == {"green": {"release": "r1", "result": "SUCCESS"}}
    done = shipway(deployed, *RUN, "--json")
    assert {**json.loads(done.stdout), "seconds": 0}["number"] == 2


def test_a_run_that_fails_says_the_last_word_and_where_the_rest_is(deployed: Path) -> None:
    job(deployed, 1, "green", {"as_of": "", "release": "r1"}, [task("score", "fail")])
    done = shipway(deployed, *RUN)
    assert done.returncode == 2
    assert "the claims system does not answer" in done.stdout
    assert "live-score.log" in done.stdout


def test_one_entry_point_of_a_slots_wheel_can_be_called(deployed: Path) -> None:
    assert shipway(deployed, *RUN, "--call", "fail", "--slot", "green").returncode == 2
    assert shipway(deployed, *RUN, "--call", "say", "--slot", "green", "--param", "release=r9").returncode == 0
    assert "--release=r9" in (Home(deployed).runs / "2" / "say.log").read_text()
    # Neither says anything of a release: what counts runs does not count these.
    assert past_runs(Home(deployed).runs, "dev", "claims-triage") == []
    assert shipway(deployed, *RUN, "--as-of", "2026-11-20").returncode == 0
    assert len(past_runs(Home(deployed).runs, "dev", "claims-triage")) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "nothing", "--env", "dev"), "no line 'nothing' in 'dev'"),
        (("run", "../..", "--env", "dev"), "no line '../..'"),
        (("run", "claims-triage", "--env", "prod"), "deploy it first: shipway deploy prod-claims-triage"),
        ((*RUN, "--as-of", "2026-13-01"), "wanted a date like"),
        ((*RUN, "--param", "release"), "wanted NAME=VALUE"),
        ((*RUN, "--param", "release=r1"), "has no parameter 'release'; it has: as_of"),
        ((*RUN, "--param", "as_of={{job.parameters.none}}"), "names no parameter of the job"),
        (("build", "nothing"), "no use case 'nothing' in bundles/"),
        (("build", "claims-triage", "--env", "nowhere"), "has no line in 'nowhere'"),
    ],
)
def test_what_cannot_be_run_or_built_is_said(deployed: Path, arguments: tuple[str, ...], said: str) -> None:
    done = shipway(deployed, *arguments)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_version_is_built_once(deployed: Path) -> None:
    first = shipway(deployed, "build", "claims-triage", "--json")
    assert first.returncode == 0, first.stderr
    built = json.loads(first.stdout)
    assert [file.split("/")[3] for file in built["files"]] == ["claims_dev", "claims_prod", "claims_test"]
    again = shipway(deployed, "build", "claims-triage")
    assert again.stdout.count("there already") == 3
    code = deployed / "bundles" / "claims-triage" / "src" / "claims_triage" / "names.py"
    code.write_text(code.read_text() + "\nOTHER = 1\n")
    refused = shipway(deployed, "build", "claims-triage")
    assert refused.returncode == 1
    assert "was built before, with other bytes" in refused.stderr


def asleep(project: Path) -> Iterator[subprocess.Popen[str]]:
    job(project, 1, "green", {"as_of": "", "release": "r1"}, [task("score", "sleep")])
    log = Home(project).runs / "1" / "live-score.log"
    program = [sys.executable, "-m", "shipway", *RUN]
    with subprocess.Popen(program, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as running:
        for _ in range(600):
            if log.exists() and "asleep" in log.read_text():
                break
            time.sleep(0.1)
        yield running
        running.kill()


def test_a_second_run_is_refused_where_the_job_has_no_queue_and_the_first_can_be_stopped(deployed: Path) -> None:
    run = {"task_key": "live", "run_job_task": [{"job_id": 1}]}
    job(deployed, 2, "router", {"as_of": ""}, [run], queue=False)
    for running in asleep(deployed):
        refused = shipway(deployed, *RUN)
        assert refused.returncode == 1
        assert "runs already, and its max_concurrent_runs is 1" in refused.stderr
        running.send_signal(signal.SIGINT)
        said, _ = running.communicate(timeout=300)
        assert running.returncode == 130, said
        assert "CANCELED" in said
    record = json.loads((Home(deployed).runs / "1" / "run.json").read_bytes())
    assert record["result"] == "CANCELED"
    # The turn is free again.
    job(deployed, 1, "green", {"as_of": "", "release": "r1"}, [task("score", "say")])
    assert shipway(deployed, *RUN).returncode == 0
