"""The plans that `shipway review` is given: JSON is read as it is, a saved plan by way of Terraform."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from shipway.errors import MissingTool, ShipwayError
from shipway.outside.terraform import Terraform
from shipway.plan.load import SHOW, UnreadablePlan
from shipway.plan.model import Gap, Plan
from shipway.plan.read import read_plan, read_plan_file, stack_name
from shipway.plan.synth import construct_paths
from shipway.planset.model import MANIFEST

__all__ = ["paths_of", "read_plans"]

_ZIP = b"PK\x03\x04"
# What Terraform draws around its errors.
_FRAME = str.maketrans("", "", "╷│╵")


def read_plans(files: Sequence[Path], synth: Path | None) -> tuple[list[Plan], list[Gap]]:
    """The plans in these files, and a gap for each that cannot be read: the others are still worth reading.

    `synth` is the synthesized folder that they were made from. Raises ShipwayError where a file cannot be opened.
    """
    plans, gaps = [], []
    for file in files:
        try:
            plans.append(_read(file, synth))
        except UnreadablePlan as error:
            gaps.append(Gap(stack_name(file), error.message, error.hint))
    return plans, gaps


def paths_of(synth: Path | None, stack: str) -> dict[str, str]:
    """Construct paths by address of a synthesized stack; none without a folder."""
    return construct_paths(synth / "stacks" / stack) if synth else {}


def _read(file: Path, synth: Path | None) -> Plan:
    if file.is_dir():
        raise _no_plan(file)
    stack = stack_name(file)
    paths = paths_of(synth, stack)
    if not _is_saved(file):
        return read_plan_file(file, paths=paths)
    # Where Terraform finds the providers that the plan was made with: it cannot show a plan without them.
    folder = synth / "stacks" / stack if synth else file.absolute().parent
    return read_plan(_shown(file, folder), stack, paths, where=str(file))


def _no_plan(folder: Path) -> ShipwayError:
    """What a folder is, and what to give instead of it."""
    names = sorted(path.name for path in folder.glob("*") if path.suffix in (".json", ".tfplan", ".tf"))
    found = [name for name in names if not name.endswith((".tf", ".tf.json"))]
    if (folder / MANIFEST).is_file():
        return ShipwayError(f"{folder}: a plan set, wanted a plan", f"its review is in it: {folder / 'review.md'}")
    if (folder / "stacks").is_dir():
        hint = "compare two of them with --before and --after, or this project with an earlier revision with --base"
        return ShipwayError(f"{folder}: a synthesized folder, wanted a plan", hint)
    if not found and names:
        hint = "there: terraform plan -out prod-x.tfplan; then give that file, its name being the stack's"
        return ShipwayError(f"{folder}: a Terraform configuration, wanted a plan", hint)
    if found:
        some = f"{found[0]} and {len(found) - 1} more" if len(found) > 1 else found[0]
        return ShipwayError(f"{folder}: a folder, wanted plans", f"give the files in it, one a stack: {some}")
    return ShipwayError(f"{folder}: a folder without plans, wanted a plan", SHOW)


def _is_saved(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            return opened.read(len(_ZIP)) == _ZIP
    except OSError:
        return False  # who reads it says why it cannot be read


def _shown(file: Path, folder: Path) -> bytes:
    try:
        return Terraform(os.environ).show(folder, file.absolute())
    except MissingTool as error:
        raise UnreadablePlan(f"{file}: a saved plan, and {error.message} to show it", SHOW) from error
    except ShipwayError as error:
        said = " ".join(error.message.translate(_FRAME).split())
        raise UnreadablePlan(
            f"{file}: a saved plan that cannot be shown in {folder}: {said}",
            f"it needs the version and the providers that made the plan: run `terraform init` there, or {SHOW} where "
            "it was made (of the sandbox: under `shipway sandbox exec --`)",
        ) from error
