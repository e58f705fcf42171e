"""Plans made here and now by the real Terraform: the review's numbers are those that Terraform prints."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from shipway.plan.counts import count
from shipway.plan.read import read_plan
from shipway.plan.review import review

pytestmark = [pytest.mark.terraform, pytest.mark.slow]

BLOCK = st.fixed_dictionaries(
    {},
    optional={
        "input": st.sampled_from(["a", "b", ["x", "y"], {"k": 1}]),
        "triggers_replace": st.sampled_from([["1"], ["2"]]),
        "lifecycle": st.sampled_from([{"create_before_destroy": True}, {"ignore_changes": ["input"]}]),
    },
)
STACK = st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), BLOCK, max_size=4)


def terraform(folder: Path, *arguments: str) -> str:
    settings_file = folder / "cli.tfrc"
    settings_file.write_text("")
    environment = {**os.environ, "TF_CLI_CONFIG_FILE": str(settings_file), "CHECKPOINT_DISABLE": "1"}
    command = [shutil.which("terraform") or "tofu", f"-chdir={folder}", *arguments]
    return subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout


def write(folder: Path, stack: dict[str, Any], extra: dict[str, Any] | None = None) -> None:
    document = {"resource": {"terraform_data": stack}} if stack else {}
    (folder / "main.tf.json").write_text(json.dumps({**document, **(extra or {})}))


def replan(folder: Path, before: dict[str, Any], after: dict[str, Any], extra: dict[str, Any]) -> tuple[str, bytes]:
    for state in folder.glob("terraform.tfstate*"):
        state.unlink()
    write(folder, before)
    terraform(folder, "init", "-input=false")
    terraform(folder, "apply", "-input=false", "-auto-approve")
    write(folder, after, extra)
    text = terraform(folder, "plan", "-input=false", "-no-color", "-out=tfplan")
    return text, terraform(folder, "show", "-json", "tfplan").encode()


@settings(
    max_examples=25,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(before=STACK, after=STACK, move=st.booleans(), forget=st.booleans())
def test_the_numbers_agree_with_terraforms_text(
    tmp_path: Path, before: dict[str, Any], after: dict[str, Any], move: bool, forget: bool
) -> None:
    gone, new = sorted(before.keys() - after.keys()), sorted(after.keys() - before.keys())
    extra: dict[str, Any] = {}
    if forget and gone:
        extra["removed"] = [{"from": f"terraform_data.{gone.pop()}", "lifecycle": {"destroy": False}}]
    if move and gone and new:
        extra["moved"] = [{"from": f"terraform_data.{gone[0]}", "to": f"terraform_data.{new[0]}"}]
    text, plan = replan(tmp_path, before, after, extra)
    said = {word: int(number) for number, word in re.findall(r"(\d+) to (add|change|destroy)", text)}
    read = read_plan(plan, "prod-x")
    counts = count(read.changes)
    assert (counts.add, counts.change, counts.destroy) == tuple(
        said.get(word, 0) for word in ("add", "change", "destroy")
    )
    assert (counts.moves, counts.forgets) == (len(extra.get("moved", ())), len(extra.get("removed", ())))
    assert not review([read]).gaps


def test_a_targeted_plan_cannot_be_judged(tmp_path: Path) -> None:
    write(tmp_path, {"a": {"input": "a"}, "b": {"input": "b"}})
    terraform(tmp_path, "init", "-input=false")
    terraform(tmp_path, "plan", "-target=terraform_data.a", "-out=tfplan")
    plan = read_plan(terraform(tmp_path, "show", "-json", "tfplan").encode(), "prod-x")
    assert "not complete" in plan.gaps[0].message


def test_an_object_replaced_because_it_is_tainted_says_why(tmp_path: Path) -> None:
    write(tmp_path, {"a": {"input": "a"}})
    terraform(tmp_path, "init", "-input=false")
    terraform(tmp_path, "apply", "-auto-approve")
    terraform(tmp_path, "taint", "terraform_data.a")
    terraform(tmp_path, "plan", "-out=tfplan")
    (row,) = review([read_plan(terraform(tmp_path, "show", "-json", "tfplan").encode(), "prod-x")]).changes
    assert "tainted" in row.why
