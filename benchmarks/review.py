"""A review of very many changes, beside the text that Terraform itself makes of the same saved plan."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.peers import FOLDER, environment
from benchmarks.suite import Suite, Variant

__all__ = ["suites"]

_SHIPWAY = str(Path(sys.executable).parent / "shipway")
_QUIET = ("-input=false", "-no-color")
_ANSWERS = (0, 2, 3, 4, 5)


def suites(changes: int, rounds: int) -> Iterator[Suite]:
    """One plan that creates, changes, replaces and destroys; nothing where there is no Terraform."""
    if shutil.which("terraform") is None:
        return
    folder = FOLDER / f"review-{changes}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _plan(folder, changes)
    show, review = ("terraform", "show", "-no-color", "tfplan"), (_SHIPWAY, "review", "prod-x.json")
    yield Suite(
        f"review-{changes}",
        f"Review of {changes:,} changes",
        (
            Variant("terraform show, as text", show, folder, environment()),
            Variant("terraform show -json", ("terraform", "show", "-json", "tfplan"), folder, environment()),
            Variant("shipway review, as Markdown", _as(review, "markdown"), folder, environment(), succeeds=_ANSWERS),
            Variant("shipway review, as JSON", _as(review, "json"), folder, environment(), succeeds=_ANSWERS),
        ),
        rounds,
        "The review reads the plan's JSON, which `terraform show -json` has to write first: add that line to it.",
    )


def _as(command: tuple[str, ...], form: str) -> tuple[str, ...]:
    return (*command, "--format", form, "--out", f"review.{form}")


def _plan(folder: Path, changes: int) -> None:
    """Save a plan of that many changes, of Terraform's builtin resource, from a state that is written, not applied."""
    before, after = {}, {}
    for number in range(changes):
        name, kind = f"r{number}", number % 4
        if kind != 0:
            before[name] = _block(number, "old")
        if kind != 1:
            # 0 is created, 1 destroyed, 2 changed in place, 3 replaced.
            after[name] = _block(number, "new" if kind != 3 else "old") | (
                {"triggers_replace": "new"} if kind == 3 else {}
            )
    state = {"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "bench", "outputs": {}}
    resources = [_in_state(name, block["input"]) for name, block in before.items()]
    (folder / "terraform.tfstate").write_text(json.dumps({**state, "resources": resources}), encoding="utf-8")
    (folder / "main.tf.json").write_text(json.dumps({"resource": {"terraform_data": after}}), encoding="utf-8")
    _call(folder, "init", *_QUIET)
    _call(folder, "plan", *_QUIET, "-refresh=false", "-out=tfplan")
    with (folder / "prod-x.json").open("wb") as out:
        subprocess.run(("terraform", "show", "-json", "tfplan"), cwd=folder, env=environment(), check=True, stdout=out)


def _block(number: int, said: str) -> dict[str, Any]:
    grants = [{"principal": f"team-{team}", "privileges": ["SELECT", "USE_SCHEMA"]} for team in range(4)]
    return {"input": {"name": f"schema_{number}", "comment": f"{said} comment", "grants": grants}}


def _in_state(name: str, value: Any) -> dict[str, Any]:
    kinds = [
        "object",
        {
            "comment": "string",
            "grants": ["tuple", [["object", {"principal": "string", "privileges": ["tuple", ["string"] * 2]}]] * 4],
            "name": "string",
        },
    ]
    typed = {"value": value, "type": kinds}
    own = {"id": f"id-{name}", "input": typed, "output": typed, "triggers_replace": None}
    provider = 'provider["terraform.io/builtin/terraform"]'
    instance = {"schema_version": 0, "attributes": own, "sensitive_attributes": []}
    return {
        "mode": "managed",
        "type": "terraform_data",
        "name": name,
        "provider": provider,
        "instances": [instance],
    }


def _call(folder: Path, *command: str) -> None:
    subprocess.run(("terraform", *command), cwd=folder, env=environment(), check=True, stdout=subprocess.DEVNULL)
