"""Makes the recorded plans of this folder anew, with real Terraform: `before` is applied, then `after` is planned.

    shipway sandbox exec -- .venv/bin/python tests/acceptance/plans/regenerate.py [name ...]

Each scenario is a folder with before.tf.json and after.tf.json; plan.json and terraform.txt (what Terraform itself says
of the plan's numbers) are written beside them. The goldens are then written with SHIPWAY_UPDATE=1 (see the test).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

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
        terraform(folder, "apply", "-input=false", "-auto-approve", "-no-color", "-destroy")


def summary(text: str) -> str:
    """The line of a plan's text that holds its numbers."""
    found = re.search(r"^Plan: .*$|^No changes\..*$|^You can apply this plan to save.*$", text, re.MULTILINE)
    return found[0] if found else "(no numbers)"


if __name__ == "__main__":
    chosen = sys.argv[1:] or sorted(path.parent.name for path in HERE.glob("*/before.tf.json"))
    for one in chosen:
        record(HERE / one)
