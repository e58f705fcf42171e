"""Projects to measure on: this one with one environment and any number of bundles, in .shipway/benchmarks."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from string import ascii_lowercase
from typing import Any

import yaml

from benchmarks.peers import FOLDER, ROOT, environment

__all__ = ["Project", "add_schemas", "make", "synthesize"]

_CODE = ("stacks", "constructs", "shipway", "policies")
_FILES = ("main.py", "cdktf.json", "requirements.lock", "pyproject.toml")
_MINUTES = ("30 5", "31 5")


@dataclass(frozen=True, slots=True)
class Project:
    """A project and one bundle of it that changes back and forth."""

    root: Path
    bundle: Path

    def change(self) -> None:
        """Move the one bundle's schedule by a minute, or back."""
        text = self.bundle.read_text(encoding="utf-8")
        now, other = _MINUTES if _MINUTES[0] in text else reversed(_MINUTES)
        self.bundle.write_text(text.replace(now, other), encoding="utf-8")


def make(bundles: int) -> Project:
    """A project with that many bundles, each released in dev; what an earlier run left is replaced."""
    root = FOLDER / f"project-{bundles}"
    shutil.rmtree(root, ignore_errors=True)
    for name in _CODE:
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in _FILES:
        shutil.copy(ROOT / name, root / name)
    for name in ("environments", "bundles", "releases/dev"):
        (root / name).mkdir(parents=True)
    for name, reduce in (("account.yaml", _account), ("dev.yaml", _dev)):
        document = yaml.safe_load((ROOT / "environments" / name).read_text(encoding="utf-8"))
        reduce(document)
        text = yaml.safe_dump(document, sort_keys=False)
        (root / "environments" / name).write_text(text, encoding="utf-8")
    (root / ".venv").symlink_to(ROOT / ".venv")
    for number in range(bundles):
        _add_bundle(root, f"case-{number:04}")
    return Project(root, root / "bundles" / f"case-{bundles // 2:04}" / "bundle.yaml")


def _account(document: dict[str, Any]) -> None:
    """Without what names other environments or the example's own bundle."""
    for name in ("teams", "governed_tags"):
        document.pop(name, None)


def _dev(document: dict[str, Any]) -> None:
    """Without policies, which need governed tags, and without what names other environments."""
    document.pop("library_allowlist", None)
    for catalog in document["catalogs"].values():
        for name in ("policies", "contains_personal_data"):
            catalog.pop(name, None)
        catalog["schemas"].pop("governance", None)
        for schema in catalog["schemas"].values():
            schema.pop("tables", None)


def add_schemas(project: Project, schemas: int, grants: int) -> None:
    """Give the catalog in dev that many schemas more, each granted to that many groups, 26 at most."""
    # Short names on one line: a document may have a million bytes, and a thousand schemas with 20 grants fill it.
    groups = [f"halyard-{letter}" for letter in ascii_lowercase[:grants]]
    account, dev = (project.root / "environments" / name for name in ("account.yaml", "dev.yaml"))
    _insert(account, "\ngroups:\n", "".join(f"  {group}: Measured with\n" for group in groups))
    granted = ", ".join(f"{{principal: {group}, privileges: [SELECT]}}" for group in groups)
    added = (f"      s{number:03}: {{comment: M, grants: [{granted}]}}\n" for number in range(schemas))
    _insert(dev, "\n    schemas:\n", "".join(added))


def synthesize(project: Project) -> None:
    """Bring the project's output up to date, and fill its caches."""
    command = [str(Path(sys.executable).parent / "shipway"), "synth"]
    subprocess.run(command, cwd=project.root, env=environment(), check=True, stdout=subprocess.DEVNULL)


def _insert(document: Path, after: str, text: str) -> None:
    before, found, rest = document.read_text(encoding="utf-8").partition(after)
    if not found:
        sys.exit(f"{document.name} has no line {after.strip()!r} to add to")
    document.write_text(before + found + text + rest, encoding="utf-8")


def _add_bundle(root: Path, name: str) -> None:
    bundle = (ROOT / "bundles" / "claims-triage" / "bundle.yaml").read_text(encoding="utf-8")
    folder = root / "bundles" / name
    folder.mkdir(parents=True)
    # A registered model belongs to one use case; the schema may be shared.
    own = bundle.replace("claims_triage", name.replace("-", "_"))
    (folder / "bundle.yaml").write_text(own, encoding="utf-8")
    shutil.copy(ROOT / "releases" / "dev" / "claims-triage.yaml", root / "releases" / "dev" / f"{name}.yaml")
