"""Makes the recorded plans of this folder anew, and what a reviewer is shown of them.

    shipway sandbox exec -- .venv/bin/python tests/acceptance/plans/regenerate.py plans [name ...]
    .venv/bin/python tests/acceptance/plans/regenerate.py reviews [name ...]

Each scenario is a folder with before.tf.json and after.tf.json. `plans` applies the first with real Terraform, plans
the second, and writes plan.json and terraform.txt (what Terraform itself says of the plan's numbers). `reviews` needs
no Terraform: it writes review.txt and review.md, which the tests compare and a person reads.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from shipway.plan.markdown import render_markdown
from shipway.plan.read import read_plan_file
from shipway.plan.review import review
from shipway.plan.terminal import render_terminal

HERE = Path(__file__).parent


def terraform(folder: Path, *arguments: str) -> str:
    """What Terraform prints; its stderr is not judged, its exit code is."""
    environment = {"CHECKPOINT_DISABLE": "1", **os.environ}
    command = [shutil.which("terraform") or "terraform", f"-chdir={folder}", *arguments]
    return subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout


def record(scenario: Path) -> None:
    """Plan one scenario from nothing and write what a reviewer's tools get of it."""
    with tempfile.TemporaryDirectory(prefix=f"{scenario.name}-") as name:
        folder = Path(name)
        main = folder / "main.tf.json"
        shutil.copy(scenario / "before.tf.json", main)
        terraform(folder, "init", "-input=false", "-no-color")
        terraform(folder, "apply", "-input=false", "-auto-approve", "-no-color")
        shutil.copy(scenario / "after.tf.json", main)
        text = terraform(folder, "plan", "-input=false", "-no-color", "-out=tfplan")
        (scenario / "plan.json").write_text(terraform(folder, "show", "-json", "tfplan"), encoding="utf-8")
        (scenario / "terraform.txt").write_text(summary(text) + "\n", encoding="utf-8")
        # The sandbox keeps what it made beyond this folder.
        terraform(folder, "apply", "-input=false", "-auto-approve", "-no-color", "-destroy")


def summary(text: str) -> str:
    """The line of a plan's text that holds its numbers."""
    found = re.search(r"^Plan: .*$|^No changes\..*$|^You can apply this plan to save.*$", text, re.MULTILINE)
    return found[0] if found else "(no numbers)"


def write_review(scenario: Path) -> None:
    """Write what a reviewer is shown of one recorded plan."""
    found = review([read_plan_file(scenario / "plan.json")])
    (scenario / "review.txt").write_text(render_terminal(found), encoding="utf-8")
    (scenario / "review.md").write_text(render_markdown(found), encoding="utf-8")


def main(what: str, *names: str) -> None:
    """Make plans or reviews, of all scenarios or of those named."""
    work = {"plans": record, "reviews": write_review}[what]
    for name in names or sorted(path.parent.name for path in HERE.glob("*/before.tf.json")):
        work(HERE / name)


if __name__ == "__main__":
    main(*sys.argv[1:])
