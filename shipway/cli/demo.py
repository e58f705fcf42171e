"""`shipway demo`."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["command"]


@click.command("demo")
def command() -> None:
    """Walk the whole way on this laptop: documents, stacks, scan, deploy, release, flip, rollback.

    Everything is real but Databricks: cdktf, Terraform, checkov. Nothing is written outside the project's folder, and
    the documents are at the end as they were.

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
    Demo(root, target.environment, lambda stack: target.terraform.state(target.folder(stack))).run()
