"""Runs the project's cdktf app, main.py, in processes of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from shipway.errors import ToolFailed
from shipway.synth.inputs import DEPLOYMENT_FILE

__all__ = ["run_app"]


def run_app(root: Path, work: Sequence[tuple[Path, Path]]) -> None:
    """Run main.py once per pair of a deployment file and an output folder, all at the same time.

    Raises ToolFailed with what the first failing one printed.
    """
    running = [_start(root, deployment, out) for deployment, out in work]
    answers = [process.communicate()[1] for process in running]
    for process, stderr in zip(running, answers, strict=True):
        if process.returncode != 0:
            raise ToolFailed(f"main.py failed:\n{stderr.strip()}", "run `.venv/bin/python main.py` to see it alone")


def _start(root: Path, deployment: Path, out: Path) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        DEPLOYMENT_FILE: str(deployment),
        "CDKTF_OUTDIR": str(out),
        # jsii unpacks into the temporary folder and leaves it there when it is killed: here the next run clears it.
        "TMPDIR": str(deployment.parent),
    }
    return subprocess.Popen(
        # -O leaves out the type checks that jsii generates into every call; our models have checked already.
        [sys.executable, "-O", "main.py"],
        cwd=root,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
