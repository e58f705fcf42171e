"""A stack with nothing in it: same state, same provider, no resource. Its plan destroys all that its state has.

Terraform's own `-destroy` stops at the first `prevent_destroy` and shows no plan, and it needs the stack's declaration,
which a stack that is declared no more has not. This plan can be shown, judged by the rules on plans (which do not need
the lifecycle to know what is protected) and applied as it was shown.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shipway.errors import ShipwayError
from shipway.models.state import state_key

__all__ = ["emptied", "of_sibling", "put_in_place", "read_stack_file"]

# What says where the state is and how the provider signs in.
_KEPT = ("//", "terraform", "provider", "variable", "locals")


def emptied(stack: Mapping[str, Any]) -> dict[str, Any]:
    """The stack of a cdk.tf.json without anything that Terraform would make or look up."""
    return {part: stack[part] for part in _KEPT if part in stack}


def of_sibling(sibling: Mapping[str, Any], name: str, stack: str) -> dict[str, Any]:
    """An emptied `stack` that no document declares, from that of `name`, another of its environment.

    They share workspace and state backend and differ in the state's key. Raises ShipwayError where that cannot be told.
    """
    backend = {
        kind: {key: state_key(stack) if value == state_key(name) else value for key, value in settings.items()}
        for kind, settings in sibling.get("terraform", {}).get("backend", {}).items()
    }
    if not backend or backend == sibling["terraform"]["backend"]:
        raise ShipwayError(f"{name} does not say where the state of {stack} is", "run `shipway synth`")
    kept = emptied(sibling)
    return {
        **{part: kept[part] for part in kept if part != "//"},
        "terraform": {**kept["terraform"], "backend": backend},
    }


def read_stack_file(folder: Path) -> dict[str, Any]:
    """The cdk.tf.json of a stack's folder; raises ShipwayError."""
    try:
        document: dict[str, Any] = json.loads((folder / "cdk.tf.json").read_bytes())
    except (OSError, ValueError) as error:
        raise ShipwayError(f"{folder} holds no synthesized stack: {error}", "run `shipway synth`") from error
    return document


def put_in_place(out: Path, stack: str, document: Mapping[str, Any]) -> Path:
    """Write an emptied stack into `out`, a folder per stack as synthesis has it; the folder."""
    folder = out / "stacks" / stack
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".draft.{os.getpid()}"
    draft.write_text(json.dumps(document, indent=2))
    draft.replace(folder / "cdk.tf.json")
    return folder
