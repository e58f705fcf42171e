"""`shipway demo`."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["command"]


@click.command("demo")
def command() -> None:
    """Walk the whole way on this laptop: documents, stacks, scan, deploy, and four versions of a model.

    The second version comes in by shadow, canary and flip; the third is caught in its shadow, the fourth in its canary,
    and both are taken back by the watcher. Everything is real but Databricks: cdktf, Terraform, checkov, Delta tables,
    MLflow. Nothing is written outside the project's folder, and its documents stay as they are.

    \b
    Exit codes: 0 all of it worked, 1 something did not, 127 something is not installed (see `shipway doctor`).
    """
    from shipway.cli._demo import Demo
    from shipway.cli._target import sandbox
    from shipway.errors import MissingTool
    from shipway.outside.machine import cdktf_program
    from shipway.project import find_root

    root = find_root(Path.cwd())
    if not cdktf_program(root):
        raise MissingTool("the demo deploys with cdktf, and cdktf-cli is not installed", "run `make setup`")
    target = sandbox(root, root / "cdktf.out")
    Demo(root, target.environment).run()
