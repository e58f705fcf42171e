"""`shipway-terraform`: Terraform for `cdktf deploy`, which in protected environments applies only what was reviewed.

cdktf never applies a saved plan: it synthesizes again and runs a fresh `terraform apply`. It does honour
TERRAFORM_BINARY_NAME, so with this program in its place an apply in a protected environment becomes: plan, hold the
plan's effects against those of the plan set in SHIPWAY_PLAN_SET, apply that very plan. Everything else is passed on.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from shipway.errors import ShipwayError, visible
from shipway.outside.terraform import Terraform, find_terraform

if TYPE_CHECKING:
    from shipway.deploy.data_setup import SetupRunner

__all__ = ["main"]

_CHANGING = ("apply", "destroy")
_REFUSED = 4


def main() -> None:
    """Be Terraform, or refuse."""
    try:
        raise SystemExit(_run(sys.argv[1:], Path.cwd()))
    except ShipwayError as error:
        print(visible(str(error)), file=sys.stderr)  # noqa: T201 - this program is not click's
        raise SystemExit(_REFUSED) from None


def _run(arguments: list[str], folder: Path) -> int:
    program = find_terraform(os.environ)
    verb = next((word for word in arguments if not word.startswith("-")), "")
    if verb not in _CHANGING or not _is_protected(folder):
        os.execv(program, [program, *arguments])  # noqa: S606 - this process becomes Terraform
    if verb == "destroy" or "-destroy" in arguments:
        raise ShipwayError(f"{folder.name} is protected and is not destroyed by way of cdktf", "see `shipway destroy`")
    return _apply_reviewed(program, folder)


def _is_protected(folder: Path) -> bool:
    from datetime import UTC, datetime

    from shipway.guard.ground import ground_of
    from shipway.models.load import load
    from shipway.project import find_root

    return ground_of(load(find_root(folder)), datetime.now(UTC).date()).protected(folder.name)


def _apply_reviewed(program: str, folder: Path) -> int:
    from shipway.cli._plan_sets import effects_of
    from shipway.deploy.data_setup import refuse_before_setup
    from shipway.project import find_root

    root = find_root(folder)
    reviewed = _reviewed(root, folder.name)
    terraform = Terraform(os.environ, program)
    with TemporaryDirectory() as place:
        saved = terraform.plan(folder, Path(place) / "tfplan")
        more = set(effects_of(root, folder, terraform.show(folder, saved.file))) - reviewed
        if more:
            message = f"{folder.name}: the plan does {len(more)} thing{'s' * (len(more) != 1)} that nobody reviewed"
            raise ShipwayError(message, "plan and review again: shipway plan")
        refuse_before_setup(folder.parents[1], [folder.name], _setups(root, program))
        return subprocess.run([program, "apply", "-input=false", str(saved.file)], cwd=folder, check=False).returncode


def _setups(root: Path, program: str) -> SetupRunner:
    """Who knows of the setup job's runs: the sandbox where Terraform is its shim, else the workspace."""
    from shipway.outside.data_setup import WorkspaceSetups
    from shipway.sandbox.data_setup import SandboxSetups
    from shipway.sandbox.layout import Home

    return SandboxSetups(root) if Path(program) == Home(root).shim else WorkspaceSetups()


def _reviewed(root: Path, stack: str) -> set[str]:
    """The effects that the plan set in the environment holds for this stack; raises ShipwayError where it has none."""
    from datetime import UTC, datetime

    from shipway.cli._plan_sets import find
    from shipway.planset.verify import Refused, approved_digest, of_itself, open_plan_set

    named = os.environ.get("SHIPWAY_PLAN_SET", "")
    if not named:
        raise ShipwayError(
            f"{stack} is in a protected environment, and SHIPWAY_PLAN_SET names no plan set",
            "make one with `shipway plan`, have it reviewed, and name its digest there; or use `shipway apply`",
        )
    try:
        opened = open_plan_set(find(root, named))
    except Refused as error:
        raise ShipwayError(f"the plan set is refused: {error}", "plan again: shipway plan") from error
    approved = os.environ.get("SHIPWAY_APPROVED")
    wanted = approved_digest(approved) if approved else ""
    for against in of_itself(opened, datetime.now(UTC), wanted):
        raise ShipwayError(f"the plan set is refused: {against.message}", against.hint)
    part = next((part for part in opened.manifest.stacks if part.stack == stack), None)
    if part is None:
        raise ShipwayError(f"the plan set has no plan of {stack}", f"shipway plan {stack}")
    return set(part.effects)
