"""Documents are executed: every command of every `console` block, in a copy of the project, in the page's order.

A command's exit code is 0 unless the page says another: `$ shipway plan   # exit code 2: there are changes`.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = sorted(
    str(path.relative_to(ROOT))
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]
    if BLOCK.search(path.read_text())
)
# Long, or this very test: that they can be started is checked, not that they end well; other tests and CI do that.
DRY = {"make": "make --dry-run", ".venv/bin/pytest": ".venv/bin/pytest --collect-only --quiet"}

_COMMIT = "git init -q . && git add . && git -c user.name=t -c user.email=t@example.com commit -q -m 'as it was'"


def commands(text: str) -> Iterator[tuple[str, int]]:
    """Each command of a page's text with the exit code that the page says it has."""
    for block in BLOCK.findall(text):
        for line in block.splitlines():
            if line.startswith("$ "):
                expected = re.search(r"# exit code (\d+)", line)
                yield line[2:], int(expected[1]) if expected else 0


def script(text: str) -> str:
    """A page's text as one bash script that stops at the first command that ends otherwise than it should."""
    lines = ["set -u"]
    for command, expected in commands(text):
        program, _, rest = command.partition(" ")
        lines += [f"{DRY.get(program, program)} {rest}", "code=$?"]
        shown = command.replace("'", "'\\''")
        lines.append(
            f"""[ $code -eq {expected} ] || {{ echo "ended with $code, wanted {expected}:" '{shown}'; exit 1; }}"""
        )
    return "\n".join(lines)


@pytest.mark.slow
@pytest.mark.terraform
@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_the_page_does_what_the_page_says(page: str, project: Path) -> None:
    subprocess.run(["bash", "-ec", _COMMIT], cwd=project, check=True, capture_output=True)
    for name in ("Makefile", "tests", "README.md"):
        (project / name).symlink_to(ROOT / name)
    # Guides assume what the README did first.
    environment = {**os.environ, "PATH": f"{project / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    command = ["bash", "-c", script((ROOT / page).read_text())]
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"


@pytest.mark.parametrize(
    ("line", "ends"), [("$ false", 1), ("$ false # exit code 1", 0), ("$ true", 0), ("$ true # exit code 2", 1)]
)
def test_a_page_that_lies_is_found_out(line: str, ends: int) -> None:
    text = script(f"```console\n{line}\n```\n")
    assert subprocess.run(["bash", "-c", text], capture_output=True).returncode == ends


def test_the_readme_is_among_them() -> None:
    assert "README.md" in PAGES
    assert len(list(commands((ROOT / "README.md").read_text()))) >= 10
