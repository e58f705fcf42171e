"""Terraform against the sandbox, beside Terraform with resources that live nowhere: what the stand-in costs."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks import projects
from benchmarks.peers import environment
from benchmarks.suite import Suite, Variant

__all__ = ["suites"]

_SHIPWAY = str(Path(sys.executable).parent / "shipway")
_FLOOR = "Terraform alone, as many terraform_data"
_QUIET = ("-input=false", "-no-color")


def suites(jobs: int, rounds: int) -> Iterator[Suite]:
    """A deploy of everything new, and a plan with nothing to do; nothing where there is no Terraform."""
    if shutil.which("terraform") is None:
        return
    project = projects.make(1)
    count = _write_stack(project, jobs)
    floor = _write_floor(project, count)
    terraform = ("terraform", f"-chdir={floor}")
    sandbox = (_SHIPWAY, "sandbox", "exec", "--", "terraform", "-chdir=bench.out/stacks/bench")
    _call(project, *terraform, "init", *_QUIET)

    def variant(name: str, *command: str) -> Variant:
        return Variant(name, (*command, *_QUIET), project.root, environment())

    def forget() -> None:
        (floor / "terraform.tfstate").unlink(missing_ok=True)

    def reset() -> None:
        _call(project, _SHIPWAY, "sandbox", "reset", "--yes")
        _call(project, *sandbox, "init", "-reconfigure", *_QUIET)

    apply = ("apply", "-auto-approve", *_QUIET)
    yield Suite(
        f"sandbox-deploy-{jobs}",
        f"Deploy of {count} new resources to the sandbox",
        (
            Variant(_FLOOR, (*terraform, *apply), project.root, environment(), prepare=forget),
            Variant("terraform apply in the sandbox", (*sandbox, *apply), project.root, environment(), prepare=reset),
        ),
        rounds,
        "A resource of the sandbox is one JSON file, planned by the real provider's schema and behaviour.",
    )
    # What the last round deployed is there.
    yield Suite(
        f"sandbox-plan-{jobs}",
        f"Plan of {count} resources in the sandbox, nothing to do",
        (variant(_FLOOR, *terraform, "plan"), variant("terraform plan in the sandbox", *sandbox, "plan")),
        rounds,
    )


def _write_stack(project: projects.Project, jobs: int) -> int:
    """The workload's stack, and how many resources are in it."""
    app = (sys.executable, "-O", "-m", "benchmarks.apps.ours", "single", str(jobs))
    subprocess.run(app, cwd=project.root, env=environment(CDKTF_OUTDIR="bench.out"), check=True)
    stack = json.loads((project.root / "bench.out" / "stacks" / "bench" / "cdk.tf.json").read_text(encoding="utf-8"))
    return sum(len(resources) for resources in stack["resource"].values())


def _write_floor(project: projects.Project, count: int) -> Path:
    folder = project.root / "floor"
    folder.mkdir()
    resources = {f"r{number}": {"input": {"name": f"r{number}", "tags": ["a", "b"]}} for number in range(count)}
    stack = json.dumps({"resource": {"terraform_data": resources}})
    (folder / "main.tf.json").write_text(stack, encoding="utf-8")
    return folder


def _call(project: projects.Project, *command: str) -> None:
    subprocess.run(command, cwd=project.root, env=environment(), check=True, stdout=subprocess.DEVNULL)
