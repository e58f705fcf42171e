"""What the tree promises: DESIGN's folders, files one can read in a sitting, and a command line that starts fast."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted(
    path
    for folder in ("shipway", "stacks", "constructs", "policies", "benchmarks")
    for path in (ROOT / folder).rglob("*.py")
)
IDS = [str(path.relative_to(ROOT)) for path in SOURCES]


def test_the_tree_is_the_one_that_was_designed() -> None:
    for name in (
        *("main.py", "cdktf.json", "pyproject.toml", "Makefile", "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"),
        *("CURSED_KNOWLEDGE.md", "environments", "bundles", "releases", "constructs/landing_zone"),
        *("constructs/workloads", "stacks", "policies", "schemas", "shipway/models", "shipway/scan", "shipway/plan"),
        *("shipway/sandbox", "shipway/outside", "shipway/cli", "docs/adr", "tests/unit", "tests/policies"),
        *("tests/inventories", "tests/addresses", "tests/acceptance", "benchmarks", ".ci/run", ".github/workflows"),
    ):
        assert (ROOT / name).exists(), name


def test_nothing_hides_the_library_called_constructs() -> None:
    assert not (ROOT / "constructs" / "__init__.py").exists()
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_main_is_short() -> None:
    assert len((ROOT / "main.py").read_text().splitlines()) < 20


@pytest.mark.parametrize("path", SOURCES, ids=IDS)
def test_a_file_can_be_read_in_a_sitting_and_says_what_it_is_for(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 350
    assert ast.get_docstring(ast.parse(text)), "the module does not say what it is for"


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from shipway.cli import cli\n"
        "cli(['--help'], standalone_mode=False)\n"
        "heavy = {'cdktf', 'jsii', 'mlflow', 'checkov', 'databricks', 'h2', 'pydantic', 'yaml'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


def test_nothing_names_a_machine_or_a_registry() -> None:
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    machines = rb"/(?:root|home/[a-z]+|work/(?:main|shared|steering|\.library))/"
    bad = re.compile(machines + rb"|pypi\.org|registry\.npmjs|files\.pythonhosted")
    named = [
        name
        for name in files.split("\0")
        if name and name != "tests/test_architecture.py" and bad.search((ROOT / name).read_bytes())
    ]
    assert named == []


def test_every_page_that_a_document_links_to_exists() -> None:
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}"
